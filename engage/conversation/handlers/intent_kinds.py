"""The meanings of a text that an appointment records as an intent."""

from engage.appointments.kinds import IntentKind
from engage.understanding.vocabulary import Cause, Intent, Interpretation

KIND_OF = {
    Intent.CONFIRM: IntentKind.WILL_ATTEND,
    Intent.DECLINE: IntentKind.CANNOT_ATTEND,
    Intent.RUNNING_LATE: IntentKind.LATE,
    Intent.ARRIVED: IntentKind.HERE,
}
INTENT_OF = {kind: intent for intent, kind in KIND_OF.items()}
WORDS = {
    IntentKind.WILL_ATTEND: "will attend",
    IntentKind.CANNOT_ATTEND: "cannot attend",
    IntentKind.LATE: "running late",
    IntentKind.HERE: "is here",
}


def minutes_for(kind: IntentKind, interpretation: Interpretation) -> int | None:
    """The minutes to record with an intent."""
    return interpretation.value if kind is IntentKind.LATE else None


def cause_for(kind: IntentKind, interpretation: Interpretation) -> Cause | None:
    """The cause to record with an intent."""
    has_cause = kind in (IntentKind.CANNOT_ATTEND, IntentKind.LATE)
    return interpretation.cause if has_cause else None
