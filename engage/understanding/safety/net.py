"""The net under the search for danger: texts that are sad, angry or final and were not understood.
Pure.

It never says that a person is in danger, only that a worker should read the text within the hour.
A line scores the weights of the rows that it matches, and of how likely the classifier thinks
danger is. The patterns expect normalised text.
"""

import re

WORRYING_FROM = 2
"""The score from which a text is worrying."""
LIKELY_FROM, FAIRLY_LIKELY_FROM = 0.25, 0.1
"""The probabilities of danger that weigh 2 and 1. Both are far below what counts as danger."""

_ROWS: tuple[tuple[str, int, str], ...] = (
    (
        "sad",
        2,
        r"\bcant (?:cope|stop crying|face)\b|\bcrying\b|\bheartbroken\b|\bfeel (?:so )?(?:empty|"
        r"numb|dead inside|worthless|useless|hopeless|lost|broken|low)\b|\bhate (?:my life|myself|"
        r"this life|everything)\b|\b(?:so|all|completely) alone\b|\bno ?(?:one|body) (?:cares|"
        r"left|there for me|gives a)\b|\blost everything\b|\bfalling apart\b|\bin bits\b|"
        r"\bnothing left\b|\brock bottom\b",
    ),
    (
        "sad",
        2,
        r"\bcrio\b|\bllefain\b|\btorri fy nghalon\b|\bteimlon? (?:yn )?(?:isel|wag|unig|"
        r"ofnadwy)\b|\bcasau (?:fy )?(?:mywyd|bywyd|hun)\b|\bneb yn (?:malio|poeni|becso)\b|"
        r"\bcolli popeth\b|\bmor (?:unig|isel|drist)\b|\bar ben fy hun\b|\bmethu (?:copio|ymdopi|"
        r"godde)\b|\btorcalonnus\b",
    ),
    (
        "angry",
        2,
        r"\b(?:fuck|fck|fk|screw|sod|stuff) (?:off|you|u|this|the lot|it all|yous|your)\b|"
        r"\b(?:had|ive had) (?:it|enough)\b|\bsick (?:of|to death)\b|\bdone with (?:you|this|all|"
        r"everything|everyone|it)\b|\byou (?:lot )?(?:dont care|never cared|couldnt care)\b|"
        r"\bleave me (?:alone|be)\b|\bgonna (?:lose it|snap|kick off|explode)\b|\byou(?:re| are|"
        r"r)? (?:all )?(?:the same|to blame|ruined)\b",
    ),
    (
        "angry",
        2,
        r"\b(?:cer|cerwch|dos) i(?:r)? (?:grafu|diawl|uffern)\b|\bffwcio?\b|\bwedi cael (?:llond "
        r"bol|digon)\b|\bgadewch lonydd\b|\bgad(?:wch|ewch)? (?:fi|lonydd)\b|\bdych chi ddim yn "
        r"(?:malio|becso)\b|\bpoeni dim\b|\bdiawliaid\b",
    ),
    (
        "final",
        2,
        r"\b(?:whats|what is|no|see no) (?:the )?point\b|\bits (?:all )?over\b|\btoo late (?:now|"
        r"for me)\b|\bi give up\b|\bgiving up\b|\bgave up\b|\bdoesnt matter (?:anymore|any more|"
        r"now|nomore)\b|\bnothing matters\b|\bforget (?:about )?me\b|\bsorry for everything\b|"
        r"\b(?:thanks|thank you) for everything\b|\blook after (?:my|the|him|her|them)\b|\byou "
        r"wont (?:see|hear from) me\b|\blast time\b|\bremember me\b|\bgoodbye\b|\bdont bother "
        r"(?:anymore|with me|now)\b|\bthe end\b",
    ),
    (
        "final",
        2,
        r"\bbeth ydi r pwynt\b|\bbeth yw r pwynt\b|\bs?dim pwynt\b|\bbe di r pwynt\b|\brhy hwyr "
        r"(?:rwan|nawr|i fi|bellach)\b|\bmae (?:o|e|hi) drosodd\b|\brhoi(?:r)? (?:r |y )?gorau\b|"
        r"\bffarwel\b|\bhwyl fawr am byth\b|\bsori am bopeth\b|\bdiolch am bopeth\b|"
        r"\banghofi(?:wch|a) (?:fi|amdana)\b|\bwelwch chi ddim ohona\b",
    ),
    (
        "sad",
        2,
        r"\b(?:not|isnt|aint|barely|hardly|cant) (?:\w+ )?coping\b|\bstruggling to cope\b|"
        r"\beverything (?:ive |i )(?:\w+ ){1,2}(?:turns|goes|falls|breaks|gets|ends|dies|went)\b|"
        r"\b(?:turns?|turned|gone) to (?:ash|ashes|dust)\b|\bnothing (?:ever )?(?:goes right|works "
        r"out)\b|\b(?:ruin|ruined|wreck|wrecked|destroy\w*|spoil\w*) everything\b|\bgone dark\b|"
        r"\bno (?:hope|light|way back|way out)\b|\bwaste of (?:space|skin|a life|oxygen)\b|"
        r"\b(?:ddim|"
        r"methu) (?:yn )?(?:copio|ymdopi)\b|\bpopeth (?:wedi )?(?:mynd|troi) (?:yn |n )?(?:chwith|"
        r"lludw|ddrwg)\b|\bddim gobaith\b|\bdim gobaith\b",
    ),
    (
        "final",
        2,
        r"\b(?:thats|that is) (?:me|us|it|all) (?:done|finished|through|over)(?: (?:then|now|with|"
        r"for good))?$|\bim (?:all |well |just |completely )?done(?: (?:now|trying|fighting|with "
        r"it|with "
        r"everything))?$|\bcant (?:carry|take|hold|bear|stand|fight|hack|keep|do|manage) (?:\w+ "
        r"){0,3}"
        r"(?:any (?:more|further|longer)|anymore|no more|nomore|much longer)\b|\b(?:past|beyond) "
        r"(?:caring|saving|help|fixing)\b|\btoo far (?:gone|now)\b|\bgone too far\b|\bend of (?:my|"
        r"me|the) (?:rope|tether|road)$|\bno coming back\b|\bcome back from\b|\btell (?:the |my |"
        r"me )?"
        r"(?:bairns|kids|weans|children|mum|mam|dad|lads?|son|daughter) (?:i|im|that i)\b|\b(?:i|"
        r"ive) "
        r"(?:tried|did my best|done my best)$|\bleave it there\b",
    ),
    (
        "final",
        2,
        r"\bpopeth ar ben\b|\bar ben arn\w+\b|\bmethu (?:cario|dal|cymryd|cadw) (?:\w+ )?(?:mlaen|"
        r"ymlaen|ati|mwy|rhagor)\b|\bdyna (?:fi|ni|hi|fo|fe) (?:wedi )?(?:gorffen|drosodd|ar ben|"
        r"wedyn)\b|\bwedi trio (?:ngorau|fy ngorau)\b|\bdim (?:mwy|rhagor) (?:ar ol|i roi)\b",
    ),
    (
        "low",
        1,
        r"\b(?:sad|down|alone|lonely|tired|exhausted|drained|struggling|scared|lost|broken|"
        r"worthless|useless|hopeless|miserable|gutted|grieving|died|funeral|cant sleep|☹|sadface|"
        r"isel|unig|trist|drist|wedi blino|flinedig|straffaglu)\b|☹",
    ),
    (
        "cross",
        1,
        r"\b(?:hate|angry|fuming|raging|disgusting|joke|bollocks|bullshit|liars?|fuckin\w*|fucked|"
        r"crap|casau|blin|flin|cachu|ffycin)\b",
    ),
    ("gone", 1, r"\b(?:gone|bye|never|anymore|no more|always|forever|byth|mwyach|bellach)\b"),
)
_COMPILED = tuple((weight, re.compile(pattern)) for _, weight, pattern in _ROWS)
_HOPELESS = tuple(re.compile(pattern) for name, _, pattern in _ROWS if name in ("sad", "final"))


def score(line: str, danger: float) -> int:
    """How worrying a normalised line is; 0 is not at all. `danger` is the probability of danger."""
    likely = 2 if danger >= LIKELY_FROM else 1 if danger >= FAIRLY_LIKELY_FROM else 0
    return likely + sum(weight for weight, pattern in _COMPILED if pattern.search(line))


def is_worrying(line: str, danger: float) -> bool:
    """Whether a worker should read a line that was not understood within the hour."""
    return score(line, danger) >= WORRYING_FROM


def sounds_hopeless(line: str) -> bool:
    """Whether a normalised line has sad or final words."""
    return any(pattern.search(line) for pattern in _HOPELESS)
