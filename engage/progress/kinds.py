"""The closed sets of this package: kinds of news, facts and states by name. No tables, no rules."""

from enum import StrEnum


class ReportKind(StrEnum):
    """What the news is about."""

    HOUSING = "housing"
    COURSE = "course"
    GROUP = "group"
    WORK = "work"
    HEALTH = "health"
    LAPSE = "lapse"


class ReportFact(StrEnum):
    """The news itself, where it is one of those that something follows from."""

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
    """What staff made of it: nobody has looked into it, somebody made sure, or somebody found
    otherwise.
    """

    SELF_REPORTED = "self_reported"
    VERIFIED = "verified"
    DISPUTED = "disputed"
