"""The details of a meaning, for those meanings that have them. Pure."""

import re
from collections.abc import Iterable

from engage.understanding import extract, extract_times
from engage.understanding.known import travel
from engage.understanding.language.normalise import normalise
from engage.understanding.vocabulary import Cause, Fact, Intent, QuestionTopic, Travel

_WITH_TIME = frozenset({Intent.RESCHEDULE, Intent.CALL_ME, Intent.SLOT_CHOICE, Intent.DECLINE})
_WITH_CAUSE = frozenset(
    {Intent.DECLINE, Intent.RESCHEDULE, Intent.ABSENCE_REASON, Intent.RUNNING_LATE}
)
_NO_REASON = re.compile(
    r"\b(?:can (?:you|u|i|come|make)|could (?:you|u|i)|il be there|im coming|will come|now i can|"
    r"sorted|after all|instead|ring|call|stop)\b"
)
_FACTS = {
    Intent.PROGRESS_HOUSING: extract.HOUSING,
    Intent.PROGRESS_WORK: extract.WORK,
    Intent.PROGRESS_COURSE: extract.COURSE,
    Intent.PROGRESS_GROUP: extract.GROUP,
    Intent.PROGRESS_HEALTH: extract.HEALTH,
}


def value_of(intent: Intent, line: str) -> int | None:
    """The minutes late or the check-in answer in a normalised line."""
    if intent is Intent.RUNNING_LATE:
        return extract_times.minutes_late(line)
    return extract.check_in_value(line) if intent is Intent.CHECKIN_ANSWER else None


def time_of(intent: Intent, text: str) -> str | None:
    """The time of day named in a text, as it came."""
    return extract_times.time_named(text) if intent in _WITH_TIME else None


def cause_of(intent: Intent, line: str) -> Cause | None:
    """What stops the person from attending, in a normalised line."""
    return extract.cause(line) if intent in _WITH_CAUSE else None


def reason(text: str) -> Cause | None:
    """What stops the person from attending, in a text that gives a reason and nothing else: it
    neither asks nor says that they can come after all.
    """
    normalised = normalise(text)
    if normalised.has_question_mark or _NO_REASON.search(normalised.line):
        return None
    return extract.cause(normalised.line)


def fact_of(intent: Intent, line: str) -> Fact | None:
    """The news in a normalised line."""
    return extract.fact(line, _FACTS[intent]) if intent in _FACTS else None


def first_fact(intents: Iterable[Intent], line: str) -> Fact | None:
    """The news of the first of these meanings that has any."""
    facts = (fact_of(intent, line) for intent in intents)
    return next((fact for fact in facts if fact is not None), None)


def topic_of(intent: Intent, line: str) -> QuestionTopic | None:
    """What a question in a normalised line asks for."""
    return extract.question_topic(line) if intent is Intent.QUESTION else None


def travel_of(intent: Intent, line: str) -> Travel | None:
    """How the person will come, in a normalised line that says yes."""
    return travel.named(line) if intent is Intent.CONFIRM else None
