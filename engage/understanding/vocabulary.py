"""What a reply can mean, what it may answer, and the value that reading it gives. Names and shapes
only.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Meaning:
    """What is known of a meaning wherever it is used.

    `label` is what staff pages call it. `health`: its words are shown only to users with health
    access. `replaceable`: a later text ("sorry, meant no") can replace it wholly. `stays` says what
    a worker's correction of the reading does not undo.
    """

    label: str
    health: bool = False
    replaceable: bool = False
    stays: str = ""


_NO_ROW = Meaning("")


class Intent(StrEnum):
    """What a person means by a text, strongest first: of several, the first stands for the text.

    A new meaning is a row here, a handler in engage/conversation/handlers, its phrases and its
    lines of the corpus.
    """

    meaning: Meaning

    def __new__(cls, value: str, meaning: Meaning = _NO_ROW) -> "Intent":
        """A member: its stored value and its row. `Intent("thanks")` finds one by its value."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    CRISIS = "crisis", Meaning("may be in danger", stays="the signal stays for a person to resolve")
    HARM_TO_OTHERS = (
        "harm_to_others",
        Meaning("may be a danger to somebody", stays="the signal stays for a person to resolve"),
    )
    OPT_OUT = (
        "opt_out",
        Meaning("wants no more texts", stays="texts stay stopped until START comes from the phone"),
    )
    WRONG_NUMBER = (
        "wrong_number",
        Meaning("wrong number", stays="the number stays off until a worker confirms it"),
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
    LAPSE = "lapse", Meaning("tells of a lapse", health=True)
    ABSENCE_REASON = "absence_reason", Meaning("reason for an absence")
    QUESTION = "question", Meaning("a question", replaceable=True)
    SLOT_CHOICE = "slot_choice", Meaning("a choice")
    CHECKIN_ANSWER = "checkin_answer", Meaning("check-in answer", replaceable=True)
    CONFIRM = "confirm", Meaning("will come", replaceable=True)
    OPT_IN = "opt_in", Meaning("wants texts again")
    HELP = "help", Meaning("asked for help with texts", replaceable=True)
    THANKS = "thanks", Meaning("thanks", replaceable=True)
    OTHER = "other", Meaning("not understood", replaceable=True)


class Prompt(StrEnum):
    """What the person was last asked. A reply is read in its light.

    `today` is the reminder of the last two hours, which asks "Running late?": a bare yes or no to
    it could mean either. `answered` and `spoken` stand where appointments were asked about, but a
    text of ours that asks nothing came after it: an ok is an ok to that text. After `answered` (an
    automatic answer) a bare yes still answers the question; after `spoken` (words of a worker, a
    promise to be in touch, a safety text) it could be to either. `which` asks which of several
    appointments, `number_check` whether the phone is theirs, `who` who of several writes.
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
    """Whether the reading is sure enough to act on, or a person has to look."""

    ACT = "act"
    HUMAN = "human"


class Asks(StrEnum):
    """A question that the record can answer by itself."""

    NEXT = "next"
    WEEK = "week"
    PROGRESS = "progress"
    WHO_SEES = "who_sees"
    WHEN = "when"
    WHERE = "where"
    WHO = "who"


class Cause(StrEnum):
    """What stands, or stood, in the way of coming, by the person's own word."""

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
    """News that the person tells, where it is one of the facts that something follows from."""

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
class Context:
    """What stands around a text: `before` are earlier texts of the same burst, oldest first, that
    it goes on from.
    """

    before: tuple[str, ...] = ()


@dataclass(frozen=True)
class Interpretation:
    """How one text was read.

    `intents` begins with `intent` and holds every other found, strongest first; `sure` those of
    them that may be acted on by themselves. `value` is the check-in answer (1 to 4), the number
    chosen, or the minutes late. `day` is a day that the person named (`mon` to `sun`, `today`,
    `tomorrow`): act on an appointment of another day only after asking. `time` is a time of day
    that they named, as `14:30`. `cause` is what stands in the way, `fact` the news told. `name`
    answers `who`. `confidence` is how often a reading like this one is right (0 to 1, calibrated on
    styles that the reader has not seen). `evidence` are the words, as the reader saw them, that the
    reading rests on.
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
    asks: Asks | None = None
    name: str | None = None
    evidence: tuple[str, ...] = ()
    sure: frozenset[Intent] = frozenset()

    @property
    def acts(self) -> bool:
        """Whether the system may act on this reading by itself."""
        return self.act is Act.ACT

    def surely(self, intent: Intent) -> bool:
        """Whether the text surely says this, alone or beside something stronger."""
        return intent in self.sure
