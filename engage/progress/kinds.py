"""The enums of progress: kinds, facts and states of self-reports. No tables, no rules."""

from enum import StrEnum


class ReportKind(StrEnum):
    """What a self-report is about."""

    HOUSING = "housing"
    COURSE = "course"
    GROUP = "group"
    WORK = "work"
    HEALTH = "health"
    LAPSE = "lapse"


class ReportFact(StrEnum):
    """The fact that a self-report states, if it is one of those that have an effect."""

    GOT_HOME = "got_home"
    LOST_HOME = "lost_home"
    GOT_WORK = "got_work"
    LOST_WORK = "lost_work"
    STARTED_COURSE = "started_course"
    FINISHED_COURSE = "finished_course"
    LEFT_COURSE = "left_course"
    ATTENDED_GROUP = "attended_group"
    CLEAN = "clean"
    STARTED_TREATMENT = "started_treatment"


class ReportState(StrEnum):
    """Whether staff have verified or disputed a self-report."""

    SELF_REPORTED = "self_reported"
    VERIFIED = "verified"
    DISPUTED = "disputed"
