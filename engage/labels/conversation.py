"""What a conversation is called on staff pages and in its log: what was asked, and what became of a
line to learn from.
"""

from collections.abc import Mapping

from engage.conversation.corrections.model import LineState
from engage.understanding.vocabulary import Cause, Prompt

PROMPTS: Mapping[str, str] = {
    Prompt.APPOINTMENT: "whether they will come",
    Prompt.TODAY: "whether they are on their way",
    Prompt.ANSWERED: "whether they will come, and answered since",
    Prompt.SPOKEN: "whether they will come, and told something else since",
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
    LineState.WAITING: "To look at",
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
