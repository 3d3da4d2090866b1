"""The kinds and states of appointments, as enums. No tables, no rules."""

from dataclasses import dataclass
from enum import StrEnum

from engage.texts import MeetingWay


@dataclass(frozen=True)
class TypeRow:
    """What Engage needs to know about a type of appointment.

    `label` is its name on staff pages, `in_pack` in an evidence pack, `in_letter_en` and
    `in_letter_cy` in a letter. `way` decides the words of texts about it. `one_worker`: one worker
    can be free for it; a group, a course and a court have their own times.
    """

    label: str
    in_pack: str
    in_letter_en: str
    in_letter_cy: str
    way: MeetingWay = MeetingWay.IN_PERSON
    one_worker: bool = False


_NO_ROW = TypeRow("", "", "", "")


class AppointmentType(StrEnum):
    """The types of appointment, one row each. A new row needs a migration."""

    row: TypeRow

    def __new__(cls, value: str, row: TypeRow = _NO_ROW) -> "AppointmentType":
        """Make a member. `AppointmentType("phone")` finds a member by its stored value."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.row = row
        return member

    OFFICE = (
        "office",
        TypeRow(
            "Office",
            "office",
            "an appointment at the office",
            "apwyntiad yn y swyddfa",
            one_worker=True,
        ),
    )
    HOME_VISIT = (
        "home_visit",
        TypeRow(
            "Home visit",
            "home visit",
            "a visit at your home",
            "ymweliad â'ch cartref",
            MeetingWay.HOME,
            one_worker=True,
        ),
    )
    PHONE = (
        "phone",
        TypeRow(
            "Phone",
            "by phone",
            "an appointment by phone",
            "apwyntiad dros y ffôn",
            MeetingWay.PHONE,
            one_worker=True,
        ),
    )
    VIDEO = (
        "video",
        TypeRow(
            "Video",
            "by video",
            "an appointment by video",
            "apwyntiad drwy fideo",
            MeetingWay.VIDEO,
            one_worker=True,
        ),
    )
    GROUP = "group", TypeRow("Group", "group session", "a group session", "sesiwn grŵp")
    COURSE = "course", TypeRow("Course", "course", "a course", "cwrs")
    DRUG_TEST = (
        "drug_test",
        TypeRow(
            "Drug test",
            "drug test",
            "an appointment that your order asks for",
            "apwyntiad y mae eich gorchymyn yn gofyn amdano",
            one_worker=True,
        ),
    )
    COURT = "court", TypeRow("Court", "court", "an appointment at court", "apwyntiad yn y llys")


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
