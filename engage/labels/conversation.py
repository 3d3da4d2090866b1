"""Labels of conversations on staff pages and in their log: what was asked, what it was read as,
and the state of a corpus line.
"""

from collections.abc import Mapping

from engage.conversation.corrections.model import LineState
from engage.understanding.vocabulary import Basis, Cause, Intent, Prompt, Speaker, Travel

PROMPTS: Mapping[str, str] = {
    Prompt.APPOINTMENT: "whether they will come",
    Prompt.TODAY: "whether they are on their way",
    Prompt.ANSWERED: "whether they will come, and answered since",
    Prompt.SPOKEN: "whether they will come, and have since said something else",
    Prompt.CHECKIN: "how they are",
    Prompt.ABSENCE: "why they did not come",
    Prompt.REBOOK: "which of some free times",
    Prompt.WHICH: "which appointment they mean",
    Prompt.NUMBER_CHECK: "whether the phone is theirs",
    Prompt.WHO: "who is writing",
    Prompt.NONE: "nothing",
}
CORPUS_PROMPTS: Mapping[str, str] = {
    "appointment": "whether they will come",
    "checkin": "how they are",
    "absence": "why they did not come",
    "rebook": "a choice of numbers",
    "none": "nothing",
}
LINE_STATES: Mapping[LineState, str] = {
    LineState.WAITING: "To review",
    LineState.ACCEPTED: "Accepted",
    LineState.DECLINED: "Declined",
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


TRAVEL: Mapping[str, str] = {
    Travel.BUS: "by bus",
    Travel.TRAIN: "by train or tram",
    Travel.LIFT: "with a lift",
    Travel.WALK: "on foot",
    Travel.DRIVE: "by car",
    Travel.BIKE: "by bike",
    Travel.TAXI: "by taxi",
}


SPEAKERS: Mapping[str, str] = {
    Speaker.PERSON: "the person",
    Speaker.RELATIVE: "a relative or friend",
    Speaker.WORKER: "somebody who works with them",
    Speaker.STRANGER: "somebody else",
    Speaker.MACHINE: "a machine",
    Speaker.REACTION: "a reaction of the phone",
    Speaker.QUOTE: "our own words",
}


READINGS: Mapping[str, str] = {intent.value: intent.meaning.label for intent in Intent}

BASES: Mapping[str, str] = {Basis.RULE: "Rules", Basis.MODEL: "Classifier"}
COUNTED_MEANINGS: Mapping[str, str] = {**READINGS, "health": "about health"}
"""What texts are counted under. All meanings about health are one for readers without health
access.
"""
COMPARED: Mapping[str, str] = {
    "all": "All texts",
    Basis.RULE: "Texts read by rules",
    Basis.MODEL: "Texts read by the classifier",
    **{key: f"Texts read as “{words}”" for key, words in COUNTED_MEANINGS.items()},
}
"""Whose corrections are compared with those of earlier months."""
