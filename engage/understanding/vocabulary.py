"""The vocabulary of understanding: what a text can mean, what it may answer, and the result of
interpreting it. Types only, no logic.
"""

from dataclasses import dataclass
from enum import StrEnum


class Means(StrEnum):
    """What a known phrase means. What follows from it depends on the prompt (decisions.py)."""

    YES = "yes"
    WILL = "will"
    SEE_YOU = "see_you"
    ACK = "ack"
    NO = "no"
    WONT = "wont"
    NONE_OF_THEM = "none_of_them"
    MOVE = "move"
    LATE = "late"
    SOON = "soon"
    MINUTES = "minutes"
    HERE = "here"
    CALL = "call"
    STOP = "stop"
    STOP_TEXTS = "stop_texts"
    START = "start"
    START_TEXTS = "start_texts"
    HELP = "help"
    NEXT = "next"
    WRONG = "wrong"
    MINE = "mine"
    THANKS = "thanks"
    GOT = "got"
    POLITE = "polite"
    NUMBER = "number"
    SCALE = "scale"
    FEELS = "feels"
    WHENEVER = "whenever"
    DAY = "day"
    BOTH = "both"


@dataclass(frozen=True)
class Meaning:
    """What Engage needs to know about a meaning.

    `label` is its name on staff pages. `health`: its words are shown only to users with health
    access. `replaceable`: a later text ("sorry, meant no") can replace it completely.
    `not_undone` says, for the thread, what stays in force when a worker corrects the meaning.
    `phrase`: a text with only this phrase and small talk has the meaning, after any question but a
    check-in.
    """

    label: str
    health: bool = False
    replaceable: bool = False
    not_undone: str = ""
    phrase: Means | None = None


_NO_MEANING = Meaning("")


class Intent(StrEnum):
    """What a person can mean by a text, strongest first: if a text has several meanings, the
    strongest one stands for it.

    To add a meaning, add a row here, a handler in engage/conversation/handlers, phrases in
    language/ and lines in corpus/.
    """

    meaning: Meaning

    def __new__(cls, value: str, meaning: Meaning = _NO_MEANING) -> "Intent":
        """Make a member. `Intent("thanks")` finds a member by its stored value."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    CRISIS = "crisis", Meaning("may be in danger", not_undone="a worker must resolve the signal")
    HARM_TO_OTHERS = (
        "harm_to_others",
        Meaning("may be a danger to somebody", not_undone="a worker must resolve the signal"),
    )
    OPT_OUT = (
        "opt_out",
        Meaning("wants no more texts", not_undone="texts stay stopped until the phone sends START"),
    )
    WRONG_NUMBER = (
        "wrong_number",
        Meaning("wrong number", not_undone="the number stays suspended until a worker verifies it"),
    )
    CALL_ME = "call_me", Meaning("asks for a call")
    RESCHEDULE = "reschedule", Meaning("wants another time")
    DECLINE = "decline", Meaning("cannot come", replaceable=True)
    RUNNING_LATE = "running_late", Meaning("running late", replaceable=True)
    ARRIVED = "arrived", Meaning("is here", replaceable=True)
    PROGRESS_HOUSING = "progress_housing", Meaning("news about housing")
    PROGRESS_COURSE = "progress_course", Meaning("news about a course")
    PROGRESS_GROUP = "progress_group", Meaning("news about a group")
    PROGRESS_WORK = "progress_work", Meaning("news about work")
    PROGRESS_HEALTH = "progress_health", Meaning("news about health", health=True)
    LAPSE = "lapse", Meaning("reports a lapse", health=True)
    ABSENCE_REASON = "absence_reason", Meaning("reason for an absence")
    QUESTION = "question", Meaning("a question", replaceable=True)
    SLOT_CHOICE = "slot_choice", Meaning("a choice")
    CHECKIN_ANSWER = "checkin_answer", Meaning("check-in answer", replaceable=True)
    CONFIRM = "confirm", Meaning("will come", replaceable=True)
    OPT_IN = "opt_in", Meaning("wants texts again")
    HELP = "help", Meaning("asked for help with texts", replaceable=True, phrase=Means.HELP)
    THANKS = "thanks", Meaning("thanks", replaceable=True)
    OTHER = "other", Meaning("not understood", replaceable=True)


class Prompt(StrEnum):
    """What the person was last asked. It decides how a short reply is interpreted.

    `today` is the reminder two hours before, which asks "Running late?": a bare yes or no to it
    could mean either. `answered` and `spoken` follow a question about appointments after which we
    sent a text that asks nothing: an ok then answers that text. After `answered` (an automatic
    answer) a bare yes still answers the question; after `spoken` (a worker's words, a promise to be
    in touch, safety advice) it could answer either. `which` asks which of several appointments,
    `number_check` whether the phone is theirs, and `who` which of several people is writing.
    """

    APPOINTMENT = "appointment"
    TODAY = "today"
    ANSWERED = "answered"
    SPOKEN = "spoken"
    CHECKIN = "checkin"
    ABSENCE = "absence"
    REBOOK = "rebook"
    WHICH = "which"
    NUMBER_CHECK = "number_check"
    WHO = "who"
    NONE = "none"


class Act(StrEnum):
    """Whether an interpretation is sure enough to act on, or a human must read the text."""

    ACT = "act"
    HUMAN = "human"


class QuestionTopic(StrEnum):
    """What a question asks for, if the record can answer it."""

    NEXT = "next"
    WEEK = "week"
    PROGRESS = "progress"
    WHO_SEES = "who_sees"
    WHEN = "when"
    WHERE = "where"
    WHO = "who"


class Cause(StrEnum):
    """What stops, or stopped, the person from attending, as they say it themselves."""

    TRANSPORT = "transport"
    MONEY = "money"
    WORK = "work"
    CHILDCARE = "childcare"
    ILLNESS = "illness"
    FAMILY = "family"
    BEREAVEMENT = "bereavement"
    COURT = "court"
    CUSTODY = "custody"
    RELIGION = "religion"
    HOLIDAY = "holiday"
    PHONE = "phone"
    FORGOT = "forgot"
    OVERSLEPT = "overslept"


class Fact(StrEnum):
    """A fact in the person's news that Engage or their offender manager can act on."""

    GOT_HOME = "got_home"
    LOST_HOME = "lost_home"
    GOT_WORK = "got_work"
    LOST_WORK = "lost_work"
    STARTED_COURSE = "started_course"
    FINISHED_COURSE = "finished_course"
    LEFT_COURSE = "left_course"
    ATTENDED_GROUP = "attended_group"
    CLEAN = "clean"
    STARTED_TREATMENT = "started_treatment"


@dataclass(frozen=True)
class Interpretation:
    """What one text means.

    `intents` starts with `intent` and lists every other meaning found, strongest first; `sure` are
    those that may be acted on alone. `value` is the check-in answer (1 to 4), the number chosen, or
    the minutes late. `day` is a day that the person named (`mon` to `sun`, `today`, `tomorrow`):
    act on an appointment on another day only after asking. `time` is a time of day that they named,
    as `14:30`. `cause` is what stops them from attending, `fact` their news, `topic` what their
    question asks for, `name` the answer to `who`. `confidence` is how often such an interpretation
    is right (0 to 1, calibrated on styles of writing that the classifier was not trained on).
    `evidence` are the words, normalised, that it rests on.
    """

    intent: Intent
    confidence: float
    act: Act
    intents: tuple[Intent, ...]
    value: int | None = None
    day: str | None = None
    time: str | None = None
    cause: Cause | None = None
    fact: Fact | None = None
    topic: QuestionTopic | None = None
    name: str | None = None
    evidence: tuple[str, ...] = ()
    sure: frozenset[Intent] = frozenset()

    @property
    def acts(self) -> bool:
        """Whether Engage may act on this interpretation without a human."""
        return self.act is Act.ACT

    def surely(self, intent: Intent) -> bool:
        """Whether the text surely means this, alone or beside something stronger."""
        return intent in self.sure
