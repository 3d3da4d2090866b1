"""The vocabulary of understanding: what a text can mean, what it may answer, and the result of
interpreting it. Types only, no logic.
"""

from dataclasses import dataclass
from enum import StrEnum

from engage.understanding.language.means import Means
from engage.understanding.safety.kinds import DangerKind


class Certainty(StrEnum):
    """What Engage needs before it acts on a meaning by itself, from the strictest to the loosest.

    The values are the words of docs/understanding.md.
    """

    PERSON = "a person"
    """Engage only raises it. A member of staff decides."""
    PHRASE_OR_ANSWER = "a known phrase over the whole text, or asked once and answered"
    SURE = "sure enough"


@dataclass(frozen=True)
class Meaning:
    """What Engage needs to know about a meaning.

    `label` is its name on staff pages. `effect` says what the meaning may set off, and `needs` how
    certain it must be. `health`: its words are shown only to users with health access.
    `replaceable`: a later text ("sorry, meant no") can replace it completely. `not_undone` says,
    for the thread, what stays in force when a worker corrects the meaning. `phrase`: a text with
    only this phrase and small talk has the meaning, after any question but a check-in.
    """

    label: str
    effect: str = "nothing"
    needs: Certainty = Certainty.SURE
    health: bool = False
    replaceable: bool = False
    not_undone: str = ""
    phrase: Means | None = None


_NO_MEANING = Meaning("")
_STRICT = Certainty.PHRASE_OR_ANSWER
_NEWS = "the news is recorded, and a signal if it is a loss"


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

    CRISIS = (
        "crisis",
        Meaning(
            "may be in danger",
            "safety advice, and an urgent signal",
            Certainty.PERSON,
            not_undone="a worker must resolve the signal",
        ),
    )
    HARM_TO_OTHERS = (
        "harm_to_others",
        Meaning(
            "may be a danger to somebody",
            "an urgent signal",
            Certainty.PERSON,
            not_undone="a worker must resolve the signal",
        ),
    )
    OPT_OUT = (
        "opt_out",
        Meaning(
            "wants no more texts",
            "the end of all texts to the number",
            _STRICT,
            not_undone="texts stay stopped until the phone sends START",
        ),
    )
    WRONG_NUMBER = (
        "wrong_number",
        Meaning(
            "wrong number",
            "the number is suspended",
            _STRICT,
            not_undone="the number stays suspended until a worker verifies it",
        ),
    )
    CALL_ME = "call_me", Meaning("asks for a call", "a signal to ring")
    RESCHEDULE = (
        "reschedule",
        Meaning("wants another time", "an offer of times, or a signal to find one"),
    )
    DECLINE = (
        "decline",
        Meaning("cannot come", "the answer is recorded, and a signal", replaceable=True),
    )
    RUNNING_LATE = (
        "running_late",
        Meaning("running late", "the answer is recorded, and a notice", replaceable=True),
    )
    ARRIVED = (
        "arrived",
        Meaning("is here", "a claim of arrival is recorded", replaceable=True),
    )
    PROGRESS_HOUSING = "progress_housing", Meaning("news about housing", _NEWS)
    PROGRESS_COURSE = "progress_course", Meaning("news about a course", _NEWS)
    PROGRESS_GROUP = "progress_group", Meaning("news about a group", _NEWS)
    PROGRESS_WORK = "progress_work", Meaning("news about work", _NEWS)
    PROGRESS_HEALTH = "progress_health", Meaning("news about health", _NEWS, health=True)
    LAPSE = (
        "lapse",
        Meaning("reports a lapse", "support, and a signal to help", health=True),
    )
    ABSENCE_REASON = (
        "absence_reason",
        Meaning("reason for an absence", "the reason is recorded, and a proposal to the worker"),
    )
    QUESTION = (
        "question",
        Meaning("a question", "an answer from the record", replaceable=True),
    )
    SLOT_CHOICE = "slot_choice", Meaning("a choice", "the time chosen is booked")
    CHECKIN_ANSWER = (
        "checkin_answer",
        Meaning("check-in answer", "the answer is recorded", replaceable=True),
    )
    CONFIRM = "confirm", Meaning("will come", "the answer is recorded", replaceable=True)
    OPT_IN = "opt_in", Meaning("wants texts again", "texts to the number start again")
    HELP = (
        "help",
        Meaning(
            "asked for help with texts",
            "an answer that explains them",
            replaceable=True,
            phrase=Means.HELP,
        ),
    )
    THANKS = "thanks", Meaning("thanks", replaceable=True)
    OTHER = "other", Meaning("not understood", needs=Certainty.PERSON, replaceable=True)


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


class Speaker(StrEnum):
    """Who wrote a text, apart from what it means. Only what the person says is recorded as said by
    them.
    """

    PERSON = "person"
    RELATIVE = "relative"
    WORKER = "worker"
    STRANGER = "stranger"
    MACHINE = "machine"
    REACTION = "reaction"
    """A phone reports a tap on a text of ours, such as `Liked “…”`."""
    QUOTE = "quote"
    """Our own words, quoted, forwarded or copied back, and nothing else."""

    @property
    def is_another_person(self) -> bool:
        """Whether somebody other than the person wrote the text."""
        return self in (Speaker.RELATIVE, Speaker.WORKER, Speaker.STRANGER)


class Reaction(StrEnum):
    """What a tap on a text of ours expresses."""

    LIKES = "likes"
    """A like, a heart or a thumbs up: on an open question it may be meant as a yes."""
    DISLIKES = "dislikes"
    """A dislike or a question mark: on an open question it may be meant as a no, or as a doubt."""
    OTHER = "other"
    """Laughter, emphasis, another sign, or a reaction that was taken back."""


class Basis(StrEnum):
    """What an interpretation rests on, so that each fault shows whose it was."""

    RULE = "rule"
    MODEL = "model"


class QuestionTopic(StrEnum):
    """What a question asks for, if the record can answer it or the hub keeps an answer to it. The
    `label` is what staff read.

    To add a topic, add a row here, patterns in questions/, and what answers it in
    engage/conversation/questions.
    """

    label: str

    def __new__(cls, value: str, label: str = "") -> "QuestionTopic":
        """Make a member. `QuestionTopic("when")` finds a member by its stored value."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    NEXT = "next", "what is booked next"
    WEEK = "week", "what is booked this week"
    PROGRESS = "progress", "their progress"
    WHO_SEES = "who_sees", "who reads the texts"
    WHEN = "when", "when it is"
    WHERE = "where", "where it is"
    WHO = "who", "who it is with"
    IS_BOOKED = "is_booked", "whether it is booked"
    HOLIDAY = "holiday", "bank holidays"
    MISSED = "missed", "whether they missed one"
    LEFT = "left", "how much is left"
    DIRECTIONS = "directions", "how to get there"
    CHILD = "child", "bringing a child"
    BRING = "bring", "what to bring"
    PARKING = "parking", "parking"
    ON_RECORD = "on_record", "whether this goes on record"
    COMPANION = "companion", "bringing somebody"
    DOG = "dog", "bringing a dog"
    IF_LATE = "if_late", "being late"
    COST = "cost", "what it costs"
    FARE = "fare", "help with fares"
    WHO_WRITES = "who_writes", "who writes"


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


class Travel(StrEnum):
    """How the person will get to an appointment, as they say it themselves."""

    BUS = "bus"
    TRAIN = "train"
    LIFT = "lift"
    WALK = "walk"
    DRIVE = "drive"
    BIKE = "bike"
    TAXI = "taxi"


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
    as `14:30`. `cause` is what stops them from attending, `fact` their news, `travel` how they will
    come, `topic` what their question asks for, `other_topics` what else it asks for; `asks_more`:
    the text says more, which no topic covers. `name` is the answer to `who`. `confidence` is how
    often such an interpretation is right (0 to 1, calibrated on styles of writing that the
    classifier was not trained on). `evidence` are the words, normalised, that it rests on.
    `speaker` is who wrote the text, and `basis` says whether rules or the classifier decided.
    `asks_back`: Engage may not act on the meaning, but may ask the person once whether it is meant.
    `undecided`: the person says that they do not know yet. `reaction` is the tap on a text of ours
    that a phone reported. `dangers` are the kinds of danger that it reports, most urgent first.
    `in_hospital`: it says that they are or were in hospital. `worrying`: it was not understood, and
    is sad, angry or final.
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
    travel: Travel | None = None
    topic: QuestionTopic | None = None
    other_topics: tuple[QuestionTopic, ...] = ()
    asks_more: bool = False
    name: str | None = None
    evidence: tuple[str, ...] = ()
    sure: frozenset[Intent] = frozenset()
    speaker: Speaker = Speaker.PERSON
    basis: Basis = Basis.MODEL
    asks_back: bool = False
    undecided: bool = False
    reaction: Reaction | None = None
    dangers: tuple[DangerKind, ...] = ()
    in_hospital: bool = False
    worrying: bool = False

    @property
    def danger(self) -> DangerKind | None:
        """The most urgent danger that the text reports, if any."""
        return self.dangers[0] if self.dangers else None

    @property
    def acts(self) -> bool:
        """Whether Engage may act on this interpretation without a human."""
        return self.act is Act.ACT

    def surely(self, intent: Intent) -> bool:
        """Whether the text surely means this, alone or beside something stronger."""
        return intent in self.sure
