"""The words for codes in an evidence pack: complete, for a reader who has never seen the
service.
"""

from collections.abc import Mapping

from engage.appointments.kinds import AppointmentType, IntentKind, OutcomeCode, ReminderKind
from engage.compliance.kinds import Delivery, EnforcementKind
from engage.labels.appointments import REMINDERS as REMINDER_LABELS
from engage.legal.kinds import OrderEnding, OrderKind, RequirementKind
from messaging.states import MessageStatus

_TIMED = (ReminderKind.THREE_DAYS, ReminderKind.ONE_DAY, ReminderKind.TWO_HOURS)
TYPES: Mapping[str, str] = {kind: kind.row.in_pack for kind in AppointmentType}
REMINDERS: Mapping[str, str] = {
    ReminderKind.BOOKED: "Text that it is booked",
    **{kind: f"Reminder {REMINDER_LABELS[kind]}" for kind in _TIMED},
    ReminderKind.CHANGED: "Text that it is changed",
    ReminderKind.CALLED_OFF: "Text that it is off",
    ReminderKind.MISSED: "Text asking why they were not there",
    ReminderKind.MISSED_AGAIN: "Second text asking why they were not there",
}
STATUSES: Mapping[str, str] = {
    MessageStatus.QUEUED: "waiting to be sent",
    MessageStatus.SENDING: "being sent",
    MessageStatus.ACCEPTED: "sent; the network has not said whether it arrived",
    MessageStatus.SENT: "sent; the network has not said whether it arrived",
    MessageStatus.DELIVERED: "ARRIVED on the phone, according to the network",
    MessageStatus.UNDELIVERED: "DID NOT ARRIVE: the network could not deliver it",
    MessageStatus.FAILED: "DID NOT ARRIVE: it could not be sent",
    MessageStatus.REFUSED: "NOT SENT: the provider refused it",
    MessageStatus.UNKNOWN: "NOT KNOWN whether it was sent",
    MessageStatus.WITHDRAWN: "NOT SENT: called back before sending",
    MessageStatus.WITHHELD: "NOT SENT: stopped before sending",
    MessageStatus.EXPIRED: "NOT SENT: too late to send",
}
INTENTS: Mapping[str, str] = {
    IntentKind.WILL_ATTEND: "Said they would come",
    IntentKind.CANNOT_ATTEND: "Said they could not come",
    IntentKind.LATE: "Said they would be late",
    IntentKind.HERE: "Said they were there",
}
OUTCOMES: Mapping[str, str] = {
    OutcomeCode.ATTENDED_COMPLIED: "attended and complied",
    OutcomeCode.ATTENDED_FAILED_TO_COMPLY: "attended, failed to comply",
    OutcomeCode.SENT_HOME_BEHAVIOUR: "sent home because of behaviour",
    OutcomeCode.SENT_HOME_SERVICE: "sent home by the service",
    OutcomeCode.FAILED_TO_ATTEND: "failed to attend (provisional, evidence awaited)",
    OutcomeCode.UNACCEPTABLE_ABSENCE: "unacceptable absence",
    OutcomeCode.ABSENT_COURT: "acceptable absence: court or legal",
    OutcomeCode.ABSENT_WORK: "acceptable absence: work",
    OutcomeCode.ABSENT_FAMILY: "acceptable absence: family or childcare",
    OutcomeCode.ABSENT_HOLIDAY: "acceptable absence: holiday",
    OutcomeCode.ABSENT_MEDICAL: "acceptable absence: medical",
    OutcomeCode.ABSENT_RELIGIOUS: "acceptable absence: religious",
    OutcomeCode.ABSENT_REMAND: "acceptable absence: in custody",
    OutcomeCode.WORKERS_JUDGEMENT: "acceptable absence: professional judgement",
    OutcomeCode.FAILURE_ACCEPTED: "failure to attend accepted",
}
ORDERS: Mapping[str, str] = {
    OrderKind.COMMUNITY_ORDER: "Community order",
    OrderKind.SUSPENDED_SENTENCE_ORDER: "Suspended sentence order",
    OrderKind.LICENCE: "Licence",
}
ENDINGS: Mapping[str, str] = {
    OrderEnding.COMPLETED: "completed",
    OrderEnding.EXPIRED: "expired",
    OrderEnding.REVOKED: "revoked",
    OrderEnding.RECALLED: "recalled",
    OrderEnding.DIED: "they died",
}
REQUIREMENTS: Mapping[str, str] = {
    RequirementKind.RAR: "rehabilitation activity, {amount} days",
    RequirementKind.DRR: "drug rehabilitation",
    RequirementKind.UNPAID_WORK: "unpaid work, {amount} minutes",
    RequirementKind.CURFEW: "curfew",
    RequirementKind.OTHER: "another requirement",
}
DECISIONS: Mapping[str, str] = {
    EnforcementKind.WARNING: "Warning",
    EnforcementKind.REFERRAL: "Referral to court",
    EnforcementKind.LICENCE_LETTER: "Letter on licence",
    EnforcementKind.RECALL: "Recall requested",
    EnforcementKind.NONE: "No further action",
}
GIVEN: Mapping[str, str] = {Delivery.BY_HAND: "by hand", Delivery.POST: "by post"}
ABSENCE: Mapping[str, str] = {
    "accepted": "accepted",
    "not_accepted": "not accepted",
    "left": "left for another way",
}
HISTORY: Mapping[str, str] = {
    "appointment.booked": "Booked",
    "appointment.moved": "Moved to another time",
    "appointment.amended": "Details changed",
    "appointment.cancelled": "Cancelled",
}
