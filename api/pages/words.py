"""What codes and moments are called on staff pages. Plain words, the same everywhere; unknown is called unknown."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Flask

from api.pages import conversation_words
from engage.agencies.model import AgencyKind, Role
from engage.appointments.model import (
    AbsenceDecision,
    AppointmentType,
    IntentKind,
    OutcomeCode,
    ReminderKind,
    ReminderState,
)
from engage.people.model import ContactStatus, CustodyStatus, Language, LegalStatus, NumberState
from engage.progress.kinds import ReportFact, ReportKind, ReportState
from engage.signals import Severity
from engage.understanding.vocabulary import Cause
from messaging.outbox import Lane
from messaging.states import MessageStatus

ROLES: Mapping[Role, str] = {
    Role.OFFENDER_MANAGER: "Offender manager",
    Role.SUPPORT_WORKER: "Support worker",
    Role.COORDINATOR: "Coordinator",
    Role.SUPERVISOR: "Supervisor",
    Role.ADMINISTRATOR: "Administrator",
    Role.AUDITOR: "Auditor",
}
AGENCY_KINDS: Mapping[AgencyKind, str] = {
    kind: kind.value.replace("_", " ").capitalize() for kind in AgencyKind
}
TYPES: Mapping[AppointmentType, str] = {
    AppointmentType.OFFICE: "Office",
    AppointmentType.HOME_VISIT: "Home visit",
    AppointmentType.PHONE: "Phone",
    AppointmentType.VIDEO: "Video",
    AppointmentType.GROUP: "Group",
    AppointmentType.COURSE: "Course",
    AppointmentType.DRUG_TEST: "Drug test",
    AppointmentType.COURT: "Court",
}
INTENTS: Mapping[IntentKind, str] = {
    IntentKind.WILL_ATTEND: "Will come",
    IntentKind.CANNOT_ATTEND: "Cannot come",
    IntentKind.LATE: "Running late",
    IntentKind.HERE: "Says they are here",
}
CAUSES: Mapping[str, str] = {
    Cause.TRANSPORT: "getting there",
    Cause.MONEY: "money",
    Cause.WORK: "work",
    Cause.CHILDCARE: "childcare",
    Cause.ILLNESS: "illness",
    Cause.FAMILY: "family",
    Cause.BEREAVEMENT: "a death",
    Cause.COURT: "court",
    Cause.CUSTODY: "held by police or in prison",
    Cause.RELIGION: "religion",
    Cause.HOLIDAY: "holiday",
    Cause.PHONE: "their phone",
    Cause.FORGOT: "forgot",
    Cause.OVERSLEPT: "overslept",
}
DECISIONS: Mapping[AbsenceDecision, str] = {
    AbsenceDecision.ACCEPTED: "Accepted",
    AbsenceDecision.NOT_ACCEPTED: "Not accepted",
    AbsenceDecision.LEFT: "Left as it is",
}
REMINDERS: Mapping[ReminderKind, str] = {
    ReminderKind.BOOKED: "When booked",
    ReminderKind.THREE_DAYS: "3 days before",
    ReminderKind.ONE_DAY: "1 day before",
    ReminderKind.TWO_HOURS: "2 hours before",
    ReminderKind.CHANGED: "Time changed",
    ReminderKind.CALLED_OFF: "Called off",
    ReminderKind.MISSED: "Not seen: are you OK?",
    ReminderKind.MISSED_AGAIN: "Not seen: 2 days left to say why",
}
REMINDER_STATES: Mapping[ReminderState, str] = {
    ReminderState.PLANNED: "To be sent",
    ReminderState.SENT: "Text written",
    ReminderState.SKIPPED: "Not sent",
    ReminderState.VOID: "No longer needed",
}
STATUSES: Mapping[MessageStatus, str] = {
    MessageStatus.QUEUED: "Waiting to go",
    MessageStatus.SENDING: "Going now",
    MessageStatus.ACCEPTED: "Handed to the network",
    MessageStatus.SENT: "Sent, delivery not confirmed",
    MessageStatus.DELIVERED: "Delivered",
    MessageStatus.UNDELIVERED: "Not delivered",
    MessageStatus.FAILED: "Failed",
    MessageStatus.REFUSED: "Refused by the network",
    MessageStatus.UNKNOWN: "Unknown whether it went",
    MessageStatus.WITHDRAWN: "Called back before it went",
    MessageStatus.WITHHELD: "Stopped before it went",
    MessageStatus.EXPIRED: "Too late to be of use",
}
STATUS_COLOURS: Mapping[MessageStatus, str] = {
    MessageStatus.QUEUED: "grey",
    MessageStatus.SENDING: "blue",
    MessageStatus.ACCEPTED: "blue",
    MessageStatus.SENT: "blue",
    MessageStatus.DELIVERED: "green",
    MessageStatus.UNDELIVERED: "red",
    MessageStatus.FAILED: "red",
    MessageStatus.REFUSED: "red",
    MessageStatus.UNKNOWN: "yellow",
    MessageStatus.WITHDRAWN: "grey",
    MessageStatus.WITHHELD: "grey",
    MessageStatus.EXPIRED: "grey",
}
OUTCOMES: Mapping[OutcomeCode, str] = {
    OutcomeCode.ATTENDED_COMPLIED: "Attended and complied",
    OutcomeCode.ATTENDED_FAILED_TO_COMPLY: "Attended, failed to comply",
    OutcomeCode.SENT_HOME_BEHAVIOUR: "Sent home for behaviour",
    OutcomeCode.SENT_HOME_SERVICE: "Sent home by the service",
    OutcomeCode.FAILED_TO_ATTEND: "Failed to attend (evidence awaited)",
    OutcomeCode.UNACCEPTABLE_ABSENCE: "Unacceptable absence",
    OutcomeCode.ABSENT_COURT: "Acceptable absence: court",
    OutcomeCode.ABSENT_WORK: "Acceptable absence: work",
    OutcomeCode.ABSENT_FAMILY: "Acceptable absence: family",
    OutcomeCode.ABSENT_HOLIDAY: "Acceptable absence: holiday",
    OutcomeCode.ABSENT_MEDICAL: "Acceptable absence: medical",
    OutcomeCode.ABSENT_RELIGIOUS: "Acceptable absence: religious",
    OutcomeCode.ABSENT_REMAND: "Acceptable absence: remand",
    OutcomeCode.WORKERS_JUDGEMENT: "Acceptable: worker’s judgement",
    OutcomeCode.FAILURE_ACCEPTED: "Failure accepted",
}
OUTCOME_COLOURS: Mapping[OutcomeCode, str] = {
    OutcomeCode.ATTENDED_COMPLIED: "green",
    OutcomeCode.FAILED_TO_ATTEND: "yellow",
    OutcomeCode.UNACCEPTABLE_ABSENCE: "red",
    OutcomeCode.ATTENDED_FAILED_TO_COMPLY: "red",
    OutcomeCode.SENT_HOME_BEHAVIOUR: "red",
}
LANGUAGES: Mapping[Language, str] = {Language.ENGLISH: "English", Language.WELSH: "Welsh (Cymraeg)"}
LEGAL: Mapping[LegalStatus, str] = {
    LegalStatus.STATUTORY: "Statutory (order or licence)",
    LegalStatus.NON_STATUTORY: "Non-statutory (voluntary)",
    LegalStatus.UNKNOWN: "Not known",
}
CUSTODY: Mapping[CustodyStatus, str] = {
    CustodyStatus.COMMUNITY: "In the community",
    CustodyStatus.CUSTODY: "In custody",
    CustodyStatus.REMAND: "Remanded in custody",
    CustodyStatus.WARRANT: "On warrant",
    CustodyStatus.UNLAWFULLY_AT_LARGE: "Unlawfully at large",
}
CONTACT: Mapping[ContactStatus, str] = {
    ContactStatus.OPEN: "Open",
    ContactStatus.SUSPENDED: "Suspended",
    ContactStatus.CLOSED: "Case closed",
    ContactStatus.DEAD: "Died",
}
NUMBERS: Mapping[NumberState, str] = {
    NumberState.UNVERIFIED: "Not yet confirmed as theirs",
    NumberState.CHECKING: "Asked whose it is, no answer yet",
    NumberState.VERIFIED: "Confirmed as theirs",
    NumberState.SUSPENDED: "Suspended",
    NumberState.UNUSABLE: "Cannot be texted",
    NumberState.RETIRED: "Replaced",
}
SEVERITIES: Mapping[Severity, str] = {
    Severity.URGENT: "Urgent",
    Severity.HIGH: "High",
    Severity.MEDIUM: "Medium",
    Severity.LOW: "Low",
}
SEVERITY_COLOURS: Mapping[Severity, str] = {
    Severity.URGENT: "red",
    Severity.HIGH: "orange",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "grey",
}
PURPOSES: Mapping[str, str] = {
    "reminder": "Reminder",
    "reply": "Answer",
    "number_check": "Number check",
    "staff": "From staff",
    "check_in": "Check-in",
    "action": "About the plan",
    "praise": "Praise",
    "worker_changed": "Another worker",
    "notice": "Notice",
}
PROVIDERS: Mapping[str, str] = {"twilio": "Twilio", "notify": "GOV.UK Notify"}
LANES: Mapping[Lane, str] = {
    Lane.SAFETY: "Safety",
    Lane.CODE: "One-time codes",
    Lane.REPLY: "Answers and texts from staff",
    Lane.REMINDER: "Reminders",
    Lane.BULK: "Bulk",
}
CHECK_IN_ANSWERS: Mapping[int, str] = {1: "Good", 2: "OK", 3: "Not great", 4: "Needs help"}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
READINGS: Mapping[str, str] = {
    "confirm": "will come",
    "decline": "cannot come",
    "reschedule": "wants another time",
    "running_late": "running late",
    "arrived": "is here",
    "call_me": "asks for a call",
    "opt_out": "wants no more texts",
    "opt_in": "wants texts again",
    "help": "asked for help with texts",
    "wrong_number": "wrong number",
    "crisis": "may be in danger",
    "harm_to_others": "may be a danger to somebody",
    "absence_reason": "reason for an absence",
    "slot_choice": "a choice",
    "question": "a question",
    "thanks": "thanks",
    "lapse": "tells of a lapse",
    "progress_housing": "news about housing",
    "progress_course": "news about a course",
    "progress_group": "news about a group",
    "progress_work": "news about work",
    "progress_health": "news about health",
    "checkin_answer": "check-in answer",
    "other": "not understood",
}
REPORT_KINDS: Mapping[ReportKind, str] = {
    ReportKind.HOUSING: "Housing",
    ReportKind.COURSE: "Course or training",
    ReportKind.GROUP: "Group",
    ReportKind.WORK: "Work",
    ReportKind.HEALTH: "Health",
    ReportKind.LAPSE: "Lapse",
}
REPORT_FACTS: Mapping[ReportFact, str] = {
    ReportFact.GOT_HOME: "has a home",
    ReportFact.LOST_HOME: "lost, or is losing, their home",
    ReportFact.GOT_WORK: "has work",
    ReportFact.LOST_WORK: "lost their work",
    ReportFact.STARTED_COURSE: "started a course",
    ReportFact.FINISHED_COURSE: "finished a course",
    ReportFact.LEFT_COURSE: "left a course",
    ReportFact.ATTENDED_GROUP: "went to a group",
    ReportFact.CLEAN: "staying clean",
    ReportFact.STARTED_TREATMENT: "started treatment",
}
REPORT_STATES: Mapping[ReportState, str] = {
    ReportState.SELF_REPORTED: "Their own word",
    ReportState.VERIFIED: "Made sure of",
    ReportState.DISPUTED: "Disputed",
}
MARKS: Mapping[str, str] = {
    "number.added": "Phone number added",
    "number.changed": "Phone number changed",
    "number.verified": "Phone number confirmed as theirs",
    "number.suspended": "Phone number suspended",
    "number.sharing_agreed": "Sharing of the phone number agreed",
    "number.claimed": "Earlier texts from this number were found to be theirs",
    "texts.approved": "Texts approved",
    "texts.approval_ended": "Approval of texts taken back",
    "texts.paused": "Texts that nobody asked for wait until a worker has spoken with them",
    "texts.resumed": "Texts may go on",
    "rebooking.allowed": "May pick another time by text",
    "rebooking.ended": "May no longer pick another time by text",
    "person.changed": "Details changed",
    "person.transferred": "Given to another offender manager",
    "person.died": "Their death was recorded",
    "conversation.taken_over": "A worker took the conversation over",
    "conversation.handed_back": "Conversation handed back",
    "conversation.timed_out": "Conversation came back by itself",
}
CHANGED_FIELDS: Mapping[str, str] = {
    "first_name": "first name",
    "last_name": "last name",
    "preferred_name": "preferred name",
    "language": "language",
    "legal_status": "legal status",
    "custody_status": "custody",
    "contact_status": "contact",
    "restricted": "restricted record",
    "restricted_texts_allowed": "texts on a restricted record",
    "two_hour_reminder": "2-hour reminders",
    "held": "held for a case",
    "text_from_hour": "hours for texts",
    "text_until_hour": "hours for texts",
}


_UNITS: tuple[tuple[float, int, str], ...] = (
    (3600, 60, "minute"),
    (48 * 3600, 3600, "hour"),
    (float("inf"), 86400, "day"),
)


def clock_time(moment: datetime, zone: ZoneInfo) -> str:
    """The wall clock in the style of GOV.UK: `9am`, `1:30pm`, `midday`, `midnight`."""
    local = moment.astimezone(zone)
    if (local.hour, local.minute) in ((0, 0), (12, 0)):
        return "midnight" if local.hour == 0 else "midday"
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"


def day(moment: date, zone: ZoneInfo | None = None) -> str:
    """`Mon 22 March`, with the year only where it is asked for by `day_and_year`."""
    local = moment.astimezone(zone).date() if isinstance(moment, datetime) else moment
    return f"{local:%a} {local.day} {local:%B}"


def day_and_year(moment: date, zone: ZoneInfo | None = None) -> str:
    """`22 March 2027`."""
    local = moment.astimezone(zone).date() if isinstance(moment, datetime) else moment
    return f"{local.day} {local:%B %Y}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """`Mon 22 March, 9:30am`."""
    return f"{day(at, zone)}, {clock_time(at, zone)}"


def apart(at: datetime, now: datetime) -> str:
    """How far two moments are apart: `15 minutes`, `3 hours`, `2 days`."""
    seconds = abs((at - now).total_seconds())
    if seconds < 60:
        return "less than a minute"
    unit, name = next((unit, name) for limit, unit, name in _UNITS if seconds < limit)
    count = int(seconds // unit)
    return f"{count} {name}{'' if count == 1 else 's'}"


def phone(number: str | None) -> str:
    """A UK mobile number as people write it: `07700 900101`."""
    if number is None:
        return ""
    return f"0{number[3:7]} {number[7:]}" if number.startswith("+44") and len(number) == 13 else number


def shift_day(of: date, days: int) -> date:
    """Some days later, or earlier."""
    return of + timedelta(days=days)


def field_name(name: str) -> str:
    """What a column of a person is called when it is said to have changed."""
    return CHANGED_FIELDS.get(name, name.replace("_", " "))


def install(app: Flask) -> None:
    """Give the templates these words."""
    tables = {
        "ROLES": ROLES,
        "TYPES": TYPES,
        "INTENTS": INTENTS,
        "CAUSES": CAUSES,
        "DECISIONS": DECISIONS,
        "REMINDERS": REMINDERS,
        "REMINDER_STATES": REMINDER_STATES,
        "STATUSES": STATUSES,
        "STATUS_COLOURS": STATUS_COLOURS,
        "OUTCOMES": OUTCOMES,
        "OUTCOME_COLOURS": OUTCOME_COLOURS,
        "LANGUAGES": LANGUAGES,
        "LEGAL": LEGAL,
        "CUSTODY": CUSTODY,
        "CONTACT": CONTACT,
        "NUMBERS": NUMBERS,
        "SEVERITIES": SEVERITIES,
        "SEVERITY_COLOURS": SEVERITY_COLOURS,
        "PURPOSES": PURPOSES,
        "READINGS": READINGS,
        "CHECK_IN_ANSWERS": CHECK_IN_ANSWERS,
        "WEEKDAYS": WEEKDAYS,
        **conversation_words.TABLES,
        "PROVIDERS": PROVIDERS,
        "LANES": LANES,
        "MARKS": MARKS,
        "REPORT_KINDS": REPORT_KINDS,
        "REPORT_FACTS": REPORT_FACTS,
        "REPORT_STATES": REPORT_STATES,
    }
    app.jinja_env.globals.update(tables)
    for saying in (clock_time, day, day_and_year, moment, apart, phone, field_name, shift_day):
        app.jinja_env.filters[saying.__name__] = saying
