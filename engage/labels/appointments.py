"""Labels of appointments: types, intents, outcomes, reminders."""

from collections.abc import Mapping

from engage.appointments.model import (
    AbsenceDecision,
    AppointmentType,
    IntentKind,
    OutcomeCode,
    ReminderKind,
    ReminderState,
)

TYPES: Mapping[AppointmentType, str] = {kind: kind.row.label for kind in AppointmentType}


INTENTS: Mapping[IntentKind, str] = {
    IntentKind.WILL_ATTEND: "Will come",
    IntentKind.CANNOT_ATTEND: "Cannot come",
    IntentKind.LATE: "Running late",
    IntentKind.HERE: "Says they are here",
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
