"""What keeps a likely reading from being acted on: words that turn another, borrow its sound, or
put it into somebody else's mouth. Pure.

The weights of the reader know how texts usually go; these rules know what must never be got wrong.
A text that is held back goes to a person, with the reading beside it. Patterns are for the reader's
own spelling (normalise.py).
"""

import re
import unicodedata
from collections.abc import Mapping

from engage.understanding.language.normalise import Words
from engage.understanding.vocabulary import Intent

_HARMLESS = re.compile(
    r"\b(?:no (?:worries|worry|problem|bother|trouble|stress|drama|excuses|need to \w+|need|change)|not a (?:problem|bother)|no(?:t)? (?:too )?bad|cant wait|"
    r"wouldnt miss|wont (?:miss|forget|be late|let you down)|dont worry|dim problem|dim probs|dim bother|no later than|why not)\b"
)
_NEGATIONS = frozenset(
    [
        "no",
        "not",
        "dont",
        "cant",
        "wont",
        "never",
        "aint",
        "isnt",
        "wouldnt",
        "couldnt",
        "shouldnt",
        "didnt",
        "doesnt",
        "havent",
        "hasnt",
        "nah",
        "na",
        "nac",
        "nag",
        "unable",
        "cannot",
        "neither",
        "nor",
        "nowt",
        "ddim",
        "dim",
        "methu",
        "nid",
        "naddo",
        "hell",
        "thumbsdown",
        "unfortunately",
        "afraid",
        "instead",
    ]
)
_REPORTED = frozenset(["says", "said", "say", "tell", "told", "asks", "asked", "reckons"])
_CONDITIONAL = frozenset(
    [
        "if",
        "unless",
        "might",
        "maybe",
        "may",
        "perhaps",
        "possibly",
        "probably",
        "prob",
        "hopefully",
        "hoping",
        "hope",
        "try",
        "tryna",
        "trying",
        "depends",
        "depending",
        "dunno",
        "unsure",
        "supposed",
        "should",
        "os",
        "efallai",
        "falle",
        "ella",
        "gobeithio",
        "trio",
    ]
)
_STOP_BUT = re.compile(
    r"\b(?:(?:dont|never|cant|wont|didnt|not) (?:\w+ )?stop|stop (?:by|at|off|in|over|for|worrying|laughing)|(?:bus|tram|train|metro|last|next|my|the) stop|stopped)\b"
)
_ASKS_ABOUT_TEXTS = r"(?:did|have|has|didnt) (?:you|they|any1|anyone) (?:not )?(?:get|got|see|seen|receive|received|have|had) (?:my|the|a|any|that)\b"
_HELD: Mapping[Intent, re.Pattern[str]] = {
    Intent.OPT_OUT: re.compile(rf"{_STOP_BUT.pattern}|\b{_ASKS_ABOUT_TEXTS}"),
    Intent.WRONG_NUMBER: re.compile(
        r"^(?:hello |hi |sorry )?(?:who|whos) (?:(?:is|are) )?(?:this|that|it|you)(?: please)?$|\b(?:my (?:new|right|other|proper|correct)(?: mobile| phone)? (?:number|1|one)|gave (?:you )?(?:the|a) (?:wrong|rong))\b"
    ),
    Intent.CALL_ME: re.compile(
        r"\b(?:(?:dont|no need to|never|stop|not) (?:call|ring|phone|calling|ringing|phoning)|call me (?:crazy|mad|old|daft))\b"
    ),
    Intent.RUNNING_LATE: re.compile(
        r"\b(?:(?:wont|not|never|dont|cant) (?:\w+ )?(?:be )?late|better late)\b"
    ),
    Intent.DECLINE: re.compile(r"\b(?:cant wait|wouldnt miss)\b|^(?:cancel|end|quit)$"),
    Intent.RESCHEDULE: re.compile(
        r"^(?:cancel|end|quit)$|\b(?:dont|no need to) (?:change|move|cancel|rearrange)\b"
    ),
    Intent.SLOT_CHOICE: re.compile(r"\b(?:or|not|no|neither|either|nid|neu)\b"),
    Intent.ARRIVED: re.compile(
        r"^(?:(?:im|hes) )?inside(?: now)?$|\b(?:not|nearly|almost|dont|cant)\b"
    ),
}
_YES_WORDS = """
yes ok okay thumbsup thumbs there here come coming cumin attend attending attendance confirm confirmed confirming confirms see seeing meet fine grand
sound sure definitely absolutely course certainly deffo problem worries worry bother prob probs trouble works suits suit good great perfect lovely cool
sorted brill brilliant smashing spot safe bet right alright aight gladly looking forward still accept accepted agreed agree noted diary calendar alarm
booked wouldnt promise roger aye bang ready turn show can will
byddaf bydda bydd dof gallaf galla medraf medra iawn ie ia yno wela gwelaf welai gwela siwr dod cytuno cadarnhau ydw gwnaf wnaf wna champion tidy
bendigedig perffaith fyddai fydda ddoi ddo dwad
"""
_AFFIRMS = frozenset(_YES_WORDS.split())
"""A yes that holds none of these may well be one, but a human reads it: "il be at work" is said
with the same sureness as "il be there".
"""
_ELSEWHERE = re.compile(
    r"\b(?:(?:be|im|still|stuck) (?:\w+ )?(?:at|in|on|with|out of|down) (?:my |the |me |a |our )?(?:work|school|college|court|hospital|bed|town|shift|holiday|mums?|mams?|dads?|nans?|kids?|site|placement|funeral|wedding|cells?|custody|jail|prison|spirit)|"
    r"be (?:\w+ )?(?:working|asleep|sleeping|away|abroad|busy|elsewhere|gone)|(?:gonna|il|will|have to|gotta) (?:\w+ )?(?:miss|skip|swerve|dodge|forget|bail|pass on)|forget it|4get|"
    r"give it a (?:miss|swerve)|jog on|do 1|no chance|as if|not likely|(?:my|me) (?:arse|hole|backside))\b"
)
_ONLY_IN_WELSH = frozenset({"do", "oes", "do i", "ai", "a"})
"""An answer in Welsh, another word in English."""


def vetoed(intent: Intent, said: Words, language: str) -> bool:
    """Whether a text that probably means `intent` has to be looked at by a person first."""
    pattern = _HELD.get(intent)
    if pattern is not None and pattern.search(said.line):
        return True
    if intent is not Intent.CONFIRM:
        return False
    if said.line in _ONLY_IN_WELSH and language != "cy":
        return True
    words = set(_HARMLESS.sub(" ", said.line).split())
    return (
        said.asks
        or not set(said.words) & _AFFIRMS
        or bool(_ELSEWHERE.search(said.line))
        or bool(words & (_NEGATIONS | _REPORTED | _CONDITIONAL))
        or any(_is_unknown_sign(word) for word in words)
    )


def _is_unknown_sign(word: str) -> bool:
    """A sign that is not known to be friendly may turn what the words say."""
    return word == "sadface" or any(unicodedata.category(one)[0] == "S" for one in word)


_FIGURES = re.compile(
    r"\b(?:dying (?:for|to)|dead (?:tired|on|good|chuffed|happy|busy|nice|funny|sure|easy|early|late)|"
    r"(?:cut|cutting|cuts) (?:\w+ )?(?:hair|grass|hedge|nails|lawn|fringe|cake|price|corners)|"
    r"(?:killing|kill|kills|killed) (?:time|it|off)|(?:this|the) \w+ (?:is|was) killing me|(?:feet|back|head|knees|legs|tooth) (?:is|are|was|were )?killing me|"
    r"kill for a|murder a|(?:im|i am) dead (?:lol|haha|😂|💀)|nearly died|died laughing|(?:phone|battery|car|laptop|tablet) (?:just |has |is )?(?:died|dead|dying)|"
    r"shoot me|shoot off|(?:take|took|taking|taken) (?:my|me|his|her|their) (?:meds|tablets|medication|pills) (?:now|this|as|ok|every|at|today|tonight|morning)|"
    r"(?:had enough|sick|tired) of (?:this|the|that) (?:weather|rain|cold|heat|traffic|bus|queue|telly|phone|game)|"
    r"(?:marw|marw eisiau) (?:am|o chwerthin)|lladd amser)\b"
)


def without_figures(line: str) -> str | None:
    """`line` without the figures of speech that sound like danger; None where there is none in it."""
    plain = _FIGURES.sub(" ", line)
    return None if plain == line else " ".join(plain.split())
