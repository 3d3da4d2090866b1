"""Vetoes: words that forbid acting on what the classifier found. Pure.

The classifier knows what such texts usually mean; the vetoes know what must never be got wrong. A
veto fires on a word that can turn the meaning ("not"), that only sounds like it ("bus stop"), or
that reports what somebody else said ("he says yes"). A vetoed text goes to a human, together with
the meaning that the classifier found. The patterns expect normalised text (normalise.py).
"""

import re
import unicodedata
from collections.abc import Mapping

from engage.understanding.language.normalise import NormalisedText
from engage.understanding.vocabulary import Intent

_HARMLESS_PHRASES = re.compile(
    r"\b(?:no (?:worries|worry|problem|bother|trouble|stress|drama|excuses|need to \w+|need|"
    r"change)|not a (?:problem|bother)|no(?:t)? (?:too )?bad|cant wait|"
    r"wouldnt miss|wont (?:miss|forget|be late|let you down)|dont worry|dim problem|dim probs|"
    r"dim bother|no later than|why not|(?:nowt|nothing) else on|(?:aint|havent|not|never) "
    r"(?:forgot|"
    r"forgotten)|no fear|no doubt|never said i wasnt|(?:didnt|wont|wouldnt) i$|havent got a choice|"
    r"wasnt (?:gonna|going to) come but|didnt think i could but|dont (?:thee|you) fret)\b"
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
_STOP_OF_OTHER_KIND = re.compile(
    r"\b(?:(?:dont|never|cant|wont|didnt|not) (?:\w+ )?stop|"
    r"stop (?:by|at|off|in|over|for|worrying|laughing)|"
    r"(?:bus|tram|train|metro|last|next|my|the) stop|stopped)\b"
)
_QUESTION_ABOUT_TEXTS = (
    r"(?:did|have|has|didnt) (?:you|they|any1|anyone) (?:not )?(?:get|got|see|seen|receive|"
    r"received|have|had) (?:my|the|a|any|that)\b"
)
_WILL_NOT_MISS = (
    r"\b(?:not|never|wont|wouldnt|aint|no way|no chance|cant|couldnt)\b.{0,30}\bmiss(?:ing)? "
    r"(?:it|this|that|the|my|1|another|any|out|a)\b|"
    r"\b(?:havent|have not|not|never|hvnt|aint) (?:\w+ )?(?:forgot|forgotten|forgetting|forget)\b"
)
_NOT_KNOWING = (
    r"\b(?:no (?:clue|idea)|not (?:\w+ )?(?:sure|certain)|unsure|dunno|dont know|(?:will|let) "
    r"(?:you|u) know|depends|(?:ddim|dim) (?:\w+ )?(?:siwr|syniad|yn gwybod)|"
    r"sai n gwybod|sain gwybod)\b"
)
_OPENS_AS_QUESTION = re.compile(
    r"^(?:(?:and|also|but|hi|sorry|ok|so|just|hello|mate|yes|um|er|a|ond|btw|oh) )*"
    r"(?:is|are|does|did|was|were|do (?:i|you|we|they)|can (?:i|you|we|my|someone|somebody)|"
    r"could (?:i|you|we|my)|will (?:i|you|it|there|they|he|she)|would (?:i|you|it|they)|"
    r"shall|should (?:i|we)|have (?:i|you)|has|am i|what|whats|when|whens|where|wheres|who|whos|"
    r"how|hows|which|why|ydy|ydi|yw|oes|pryd|ble|lle|sut|pam|beth|faint|ga i|gai|allai|alla i)\b"
)
_NEVER_IN_QUESTIONS = frozenset(
    {
        Intent.CONFIRM,
        Intent.DECLINE,
        Intent.ARRIVED,
        Intent.SLOT_CHOICE,
        Intent.OPT_OUT,
        Intent.WRONG_NUMBER,
    }
)
"""A text that opens as a question does not say these, with or without a question mark."""
_VETO_PATTERNS: Mapping[Intent, re.Pattern[str]] = {
    Intent.OPT_OUT: re.compile(rf"{_STOP_OF_OTHER_KIND.pattern}|\b{_QUESTION_ABOUT_TEXTS}"),
    Intent.WRONG_NUMBER: re.compile(
        r"^(?:hello |hi |sorry )?(?:who|whos) (?:(?:is|are) )?(?:this|that|it|you)(?: please)?$|"
        r"\b(?:my (?:new|right|other|proper|correct)(?: mobile| phone)? (?:number|1|one)|"
        r"gave (?:you )?(?:the|a) (?:wrong|rong))\b"
    ),
    Intent.CALL_ME: re.compile(
        r"\b(?:(?:dont|dont need to|dont have to|no need to|never|stop|not) (?:call|ring|phone|"
        r"calling|ringing|phoning)|"
        r"call me (?:crazy|mad|old|daft))\b"
    ),
    Intent.RUNNING_LATE: re.compile(
        r"\b(?:(?:wont|not|never|dont|cant) (?:\w+ )?(?:be )?late|better late)\b|"
        rf"{_WILL_NOT_MISS}"
    ),
    Intent.DECLINE: re.compile(
        rf"\b(?:cant wait|wouldnt miss)\b|^(?:cancel|end|quit)$|{_WILL_NOT_MISS}|{_NOT_KNOWING}|"
        r"\b(?:no way|no chance) (?:that )?(?:i|il|im|i am) (?:wont|cant|not|missing|miss|aint)\b"
    ),
    Intent.RESCHEDULE: re.compile(
        r"^(?:cancel|end|quit)$|\b(?:dont|no need to) (?:change|move|cancel|rearrange)\b"
    ),
    Intent.PROGRESS_HOUSING: re.compile(
        r"\b(?:lost|lose|losing|left|forgot|forgotten) (?:\w+ ){0,3}?keys?\b"
    ),
    Intent.THANKS: re.compile(r"\b(?:what for|for what|what did i|why|am be|pam|be dwi)\b"),
    Intent.SLOT_CHOICE: re.compile(r"\b(?:or|not|no|neither|either|nid|neu)\b"),
    Intent.ARRIVED: re.compile(
        r"^(?:(?:im|hes) )?inside(?: now)?$|\b(?:not|nearly|almost|dont|cant)\b"
    ),
}
_YES_WORDS = frozenset(
    [
        "yes",
        "ok",
        "okay",
        "thumbsup",
        "thumbs",
        "there",
        "here",
        "come",
        "coming",
        "cumin",
        "attend",
        "attending",
        "attendance",
        "confirm",
        "confirmed",
        "confirming",
        "confirms",
        "see",
        "seeing",
        "meet",
        "fine",
        "grand",
        "sound",
        "sure",
        "definitely",
        "absolutely",
        "course",
        "certainly",
        "deffo",
        "problem",
        "worries",
        "worry",
        "bother",
        "prob",
        "probs",
        "trouble",
        "works",
        "suits",
        "suit",
        "good",
        "great",
        "perfect",
        "lovely",
        "cool",
        "sorted",
        "brill",
        "brilliant",
        "smashing",
        "spot",
        "safe",
        "bet",
        "right",
        "alright",
        "aight",
        "gladly",
        "looking",
        "forward",
        "still",
        "accept",
        "accepted",
        "agreed",
        "agree",
        "noted",
        "diary",
        "calendar",
        "alarm",
        "booked",
        "wouldnt",
        "promise",
        "roger",
        "aye",
        "bang",
        "ready",
        "turn",
        "show",
        "can",
        "will",
        "byddaf",
        "bydda",
        "bydd",
        "dof",
        "gallaf",
        "galla",
        "medraf",
        "medra",
        "iawn",
        "ie",
        "ia",
        "yno",
        "wela",
        "gwelaf",
        "welai",
        "gwela",
        "siwr",
        "dod",
        "cytuno",
        "cadarnhau",
        "ydw",
        "gwnaf",
        "wnaf",
        "wna",
        "affirmative",
        "calm",
        "down",
        "lush",
        "oce",
        "shall",
        "champion",
        "tidy",
        "bendigedig",
        "perffaith",
        "fyddai",
        "fydda",
        "ddoi",
        "ddo",
        "dwad",
    ]
)
"""A yes without any of these goes to a human: the classifier is as sure of "il be at work" as of
"il be there".
"""
_ELSEWHERE = re.compile(
    r"\b(?:(?:be|im|still|stuck) (?:\w+ )?(?:at|in|on|with|out of|down) (?:my |the |me |a |"
    r"our )?(?:work|school|college|court|hospital|bed|town|shift|holiday|mums?|mams?|dads?|nans?|"
    r"kids?|site|placement|funeral|wedding|cells?|custody|jail|prison|spirit)|"
    r"be (?:\w+ )?(?:working|asleep|sleeping|away|abroad|busy|elsewhere|gone)|"
    r"(?:gonna|il|will|have to|gotta) (?:\w+ )?(?:miss|skip|swerve|dodge|forget|bail|pass on)|"
    r"forget it|4get|"
    r"give it a (?:miss|swerve)|jog on|do 1|no chance|as if|not likely|"
    r"(?:my|me) (?:arse|hole|backside))\b"
)
_ASKS_WHETHER = re.compile(
    r"^(?:(?:hi|so|and|but|just|ok|yes|sorry|thanks) )*"
    r"(?:is (?:that|it|this|my|the|there)|im i|are (?:we|you)|(?:do|did|have) i|"
    r"has (?:it|that|my))\b"
)
"""The order of words of a question: "is that booked" is no yes, with or without its mark."""
_NEEDS_FIRST = re.compile(
    r"\b(?:need|want|wanna|waiting|can you|could you|will you|send|sort|find|got to|have to|"
    r"angen)\b"
    r".*\b(?:so (?:that )?(?:i|il) can|to (?:be able to )?(?:get|come)|before i can|then i can|"
    r"i mi "
    r"gael)\b"
)
"""They can come only if something happens first: "need a lift so i can come"."""
_YES_ONLY_IN_WELSH = frozenset({"do", "oes", "do i", "ai", "a"})
"""A yes in Welsh, but another word in English."""


def is_vetoed(intent: Intent, text: NormalisedText, language: str) -> bool:
    """Whether a human must read a text that probably means `intent`."""
    pattern = _VETO_PATTERNS.get(intent)
    if pattern is not None and pattern.search(text.line):
        return True
    if intent in _NEVER_IN_QUESTIONS and _OPENS_AS_QUESTION.search(text.line):
        return True
    if intent is not Intent.CONFIRM:
        return False
    if text.line in _YES_ONLY_IN_WELSH and language != "cy":
        return True
    words = set(_HARMLESS_PHRASES.sub(" ", text.line).split())
    return (
        text.has_question_mark
        or not set(text.words) & _YES_WORDS
        or bool(_ELSEWHERE.search(text.line))
        or bool(_ASKS_WHETHER.search(text.line))
        or bool(_NEEDS_FIRST.search(text.line))
        or bool(words & (_NEGATIONS | _REPORTED | _CONDITIONAL))
        or any(_is_unknown_sign(word) for word in words)
    )


_FRIENDLY = frozenset("💯✅☑✔💪🫡🤝👊🏻🏼🏽🏾🏿")


def _is_unknown_sign(word: str) -> bool:
    """Whether a sign may contradict the words: any sign that is not known to be friendly."""
    return word == "sadface" or any(
        unicodedata.category(sign)[0] == "S" and sign not in _FRIENDLY for sign in word
    )


_FIGURES_OF_SPEECH = re.compile(
    r"\b(?:dying (?:for|to)|dead (?:tired|on|good|chuffed|happy|busy|nice|funny|sure|easy|early|"
    r"late)|"
    r"(?:cut|cutting|cuts) (?:\w+ )?(?:hair|grass|hedge|nails|lawn|fringe|cake|price|corners)|"
    r"(?:killing|kill|kills|killed) (?:time|it|off)|(?:this|the) \w+ (?:is|was) killing me|"
    r"(?:feet|back|head|knees|legs|tooth) (?:is|are|was|were )?killing me|"
    r"kill for a|murder a|(?:im|i am) dead (?:lol|haha|😂|💀)|nearly died|died laughing|"
    r"(?:phone|battery|car|laptop|tablet) (?:just |has |is )?(?:died|dead|dying)|"
    r"shoot me|shoot off|(?:take|took|taking|taken) (?:my|me|his|her|their) (?:meds|tablets|"
    r"medication|pills) (?:now|this|as|ok|every|at|today|tonight|morning)|"
    r"(?:had enough|sick|tired) of (?:this|the|that) (?:weather|rain|cold|heat|traffic|bus|queue|"
    r"telly|phone|game)|"
    r"(?:marw|marw eisiau) (?:am|o chwerthin)|lladd amser)\b"
)


def without_figures_of_speech(line: str) -> str | None:
    """`line` without figures of speech that sound like danger; None if it has none."""
    literal = _FIGURES_OF_SPEECH.sub(" ", line)
    return None if literal == line else " ".join(literal.split())
