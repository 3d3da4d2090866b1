"""The kinds and states of appointments, as enums. No tables, no rules."""

from enum import StrEnum


class AppointmentType(StrEnum):
    """The types of appointment."""

    OFFICE = "office"
    HOME_VISIT = "home_visit"
    PHONE = "phone"
    VIDEO = "video"
    GROUP = "group"
    COURSE = "course"
    DRUG_TEST = "drug_test"
    COURT = "court"


class AppointmentState(StrEnum):
    """Whether the appointment is booked or cancelled."""

    BOOKED = "booked"
    CANCELLED = "cancelled"


class ReminderKind(StrEnum):
    """Why a text about an appointment is sent (rule 3; rule 5 for the two about a missed one)."""

    BOOKED = "booked"
    THREE_DAYS = "three_days"
    ONE_DAY = "one_day"
    TWO_HOURS = "two_hours"
    CHANGED = "changed"
    CALLED_OFF = "called_off"
    MISSED = "missed"
    MISSED_AGAIN = "missed_again"


class ReminderState(StrEnum):
    """The state of a reminder: planned, then exactly one of the others. Void means cancelled."""

    PLANNED = "planned"
    SENT = "sent"
    SKIPPED = "skipped"
    VOID = "void"


class IntentKind(StrEnum):
    """What the person said that they will do. Never an outcome."""

    WILL_ATTEND = "will_attend"
    CANNOT_ATTEND = "cannot_attend"
    LATE = "late"
    HERE = "here"


class AbsenceDecision(StrEnum):
    """A worker's decision about a reason for an absence: the proposed outcome accepted, the reason
    not accepted, or left without an outcome.
    """

    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    LEFT = "left"


class OutcomeCode(StrEnum):
    """What happened, recorded by a worker: the codes of the national case record."""

    ATTENDED_COMPLIED = "ATTC"
    ATTENDED_FAILED_TO_COMPLY = "AFTC"
    SENT_HOME_BEHAVIOUR = "ATSH"
    SENT_HOME_SERVICE = "ATSS"
    FAILED_TO_ATTEND = "AFTA"
    UNACCEPTABLE_ABSENCE = "UAAB"
    ABSENT_COURT = "AACL"
    ABSENT_WORK = "AAEM"
    ABSENT_FAMILY = "AAFC"
    ABSENT_HOLIDAY = "AAHO"
    ABSENT_MEDICAL = "AAME"
    ABSENT_RELIGIOUS = "AARE"
    ABSENT_REMAND = "AARC"
    WORKERS_JUDGEMENT = "CO05"
    FAILURE_ACCEPTED = "CO10"
