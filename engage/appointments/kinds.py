"""The closed sets of this package: kinds and states by name. No tables, no rules."""

from enum import StrEnum


class AppointmentType(StrEnum):
    """The kinds of appointment (SCOPE.md, appointments)."""

    OFFICE = "office"
    HOME_VISIT = "home_visit"
    PHONE = "phone"
    VIDEO = "video"
    GROUP = "group"
    COURSE = "course"
    DRUG_TEST = "drug_test"
    COURT = "court"


class AppointmentState(StrEnum):
    """Whether the appointment stands."""

    BOOKED = "booked"
    CANCELLED = "cancelled"


class ReminderKind(StrEnum):
    """Why a text about an appointment goes out (RULES.md 3 and, for the two about one that was
    missed, 5).
    """

    BOOKED = "booked"
    THREE_DAYS = "three_days"
    ONE_DAY = "one_day"
    TWO_HOURS = "two_hours"
    CHANGED = "changed"
    CALLED_OFF = "called_off"
    MISSED = "missed"
    MISSED_AGAIN = "missed_again"


class ReminderState(StrEnum):
    """A reminder's life: planned, then exactly one of the others."""

    PLANNED = "planned"
    SENT = "sent"
    SKIPPED = "skipped"
    VOID = "void"


class IntentKind(StrEnum):
    """What the person said they will do. Never an outcome."""

    WILL_ATTEND = "will_attend"
    CANNOT_ATTEND = "cannot_attend"
    LATE = "late"
    HERE = "here"


class AbsenceDecision(StrEnum):
    """What a worker made of a reason for an absence: accepted as it was proposed, not accepted, or
    left for another way.
    """

    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    LEFT = "left"


class OutcomeCode(StrEnum):
    """What happened, recorded by a worker: the codes of the national case record (GLOSSARY.md)."""

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
