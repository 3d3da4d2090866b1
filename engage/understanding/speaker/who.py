"""Reads who wrote a text: the person, a relative, a worker, a stranger or a machine. Pure.

It expects the text as typed and the same normalised. In doubt the person wrote it, because most
texts are theirs; a text that speaks of somebody as "he" or "she" and says that they will or will
not come was written by somebody else.
"""

import re
from collections.abc import Sequence
from functools import cache

from engage.understanding.anonymise.common_names import COMMON
from engage.understanding.auto_replies import is_auto_reply
from engage.understanding.language.normalise import normalise
from engage.understanding.vocabulary import Speaker

_NOT_A_NAME = frozenset(
    [
        "may",
        "will",
        "mark",
        "art",
        "bill",
        "grace",
        "faith",
        "hope",
        "joy",
        "rose",
        "dawn",
        "summer",
        "sky",
        "june",
        "april",
        "frank",
        "rich",
        "ray",
        "pat",
        "sue",
        "jay",
        "bob",
        "dean",
        "drew",
        "gene",
        "guy",
        "jack",
        "rob",
        "sandy",
        "van",
        "victor",
        "iris",
        "ivy",
    ]
)
NAME = rf"(?:{'|'.join(sorted(COMMON - _NOT_A_NAME, key=len, reverse=True))})"
_OPENING = (
    r"(?:(?:hi|hello|hey|sorry|morning|afternoon|evening|good|there|love|yes|no|ok|just|and|but|"
    r"dear|all|please|helo|sori|bore da|prynhawn da|shwmae) )*"
)
_HERE = r"(?:this is|its|it is|im|i am|thats|you have got|youve got|you got|this be|only|just)"
_KIN = (
    r"(?:mum|mam|mom|ma|mother|mummy|dad|da|father|step ?mum|step ?mam|step ?dad|nan|nana|nanna|"
    r"gran|granny|grandma|grandmother|grandad|grandfather|taid|nain|mamgu|tadcu|sister|sis|"
    r"brother|bro|bruv|son|daughter|wife|husband|hubby|partner|missus|mrs|girlfriend|gf|"
    r"boyfriend|bf|fella|fiance|fiancee|bloke|bird|aunt|auntie|aunty|uncle|cousin|carer|"
    r"foster (?:mum|carer|mam)|ex|mate|friend|pal|neighbour|housemate|flatmate|landlady|landlord|"
    r"other half|misses|old man|old dear|guardian|in law|mother in law|sister in law)"
)
_STAFF = (
    r"(?:support worker|key ?worker|social worker|care worker|care coordinator|housing officer|"
    r"hostel (?:staff|worker|manager)|staff|warden|nurse|cpn|doctor|gp|advocate|mentor|"
    r"caseworker|case worker|case manager|project worker|outreach worker|drugs worker|solicitor|"
    r"manager|boss|supervisor|teacher|tutor|interpreter|night worker|receptionist|worker)"
)
_WHOSE = r"(?:his|her|their|hers|theirs|the|(?!yes|is|this|was|has|its|as|us|does|always)\w+s)"
_THIRD = r"(?:he|she|hes|shes|hell|shell|hed|shed)"
_ATTENDS = (
    r"(?:cant|cannot|wont|isnt|is not|wasnt|couldnt|not|is|will|be|has|got|going|gonna|coming|"
    r"still|just|at|in|on|poorly|ill|sick|working|unwell|asleep|running|late|here|there|doesnt|"
    r"didnt|had|forgot|needs|says|said|asked|wants|missed)"
)
_COMES = (
    r"(?:come|coming|cum|make it|attend|attending|be there|there|be late|late|work|working|ill|"
    r"poorly|sick|bad|hospital|a and e|in bed|shift|appointment|meeting|way|bus|train|"
    r"able|forgot|missed|miss|today|tomorrow|mon|tue|wed|thu|fri|sat|sun|time|rearrange|"
    r"reschedule|another day|here|outside|waiting|phone)"
)
_RELATIVE = (
    rf"^{_OPENING}{_HERE} {_WHOSE} (?:\w+ ){{0,2}}?{_KIN}\b",
    rf"^{_OPENING}{_WHOSE} {_KIN} (?:here|speaking|texting|writing|on (?:his|her) phone)\b",
    rf"^{_OPENING}{_HERE} {NAME} (?:his|her|their|{NAME}s) (?:\w+ )?{_KIN}\b",
    rf"^{_OPENING}{_HERE} (?:the )?{_KIN} of \w+",
    rf"\b(?:texting|writing|replying|speaking|answering|messaging) (?:\w+ )?(?:for|on behalf of|"
    rf"instead of) (?:him|her|them|my {_KIN}|\w+ (?:as|cos|because))\b",
    r"\b(?:asked|told|wants|wanted|said|got) me to (?:tell|text|let|say|message) (?:you|u)\b.*\b"
    r"(?:he|she|his|her|hes|shes)\b",
    rf"\b{_THIRD} {_ATTENDS}\b.* (?:his|her|their) (?:\w+ )?{_KIN}$",
    rf"\bon (?:his|her|their) behalf\b|\bon behalf of (?:my |his |her )?(?:{_KIN}|him|her)\b",
    rf"^{_OPENING}my (?:\w+ )?{_KIN} (?:\w+ )?(?:cant|wont|isnt able|is unable|will|is) "
    rf"(?:\w+ )?(?:come|coming|cum|make it|attend|attending|be there|be late)\b"
    r"(?! (?:and|n|to) (?:pick|get|drop|give|take|watch|mind|have))",
    rf"\bim (?:his|her|their) (?:\w+ )?{_KIN}\b",
    r"\b(?:ei|i) (?:fam|dad|thad|wraig|gwr|chwaer|brawd|bartner|mam|nain|taid|mamgu|merch|mab) "
    r"(?:o|e|hi|ef)?\b.*\b(?:yma|ydw|dwi|sydd|sy|yn siarad)\b",
    r"^(?:helo |sori )?(?:fi |dwin |dw in )?(?:mam|dad|chwaer|brawd|gwraig|gwr|partner|nain) "
    r"\w+ (?:yma|sydd yma|sy yma|ydw i|dw i)\b",
    r"\bmam (?:o|hi|e|iddo|iddi) (?:yma|sy yma|sydd yma|dwi|ydw)\b",
)
_WORKER = (
    rf"^{_OPENING}{_HERE} (?:{_WHOSE} |from )(?:\w+ ){{0,2}}?{_STAFF}\b(?! (?:said|says|told|"
    r"wont|will|wants|cant|doesnt|didnt|isnt|has|is|keeps|needs))",
    rf"^{_OPENING}{_HERE} {NAME} (?:{_WHOSE} |from |at |the )(?:\w+ ){{0,2}}?(?:{_STAFF}|hostel|"
    r"project|ward|surgery|hospital|office|college|unit|team)\b",
    rf"^{_OPENING}{_HERE} (?:the )?(?:\w+ )?(?:hostel|approved premises|ward|surgery|refuge)\b(?! "
    r"(?:is|was|door|thing|where|that))",
    rf"^{_OPENING}{_WHOSE} (?:\w+ )?{_STAFF} (?:here|speaking|texting)\b",
    rf"\bim (?:his|her|their) (?:\w+ )?{_STAFF}\b",
    r"^(?:helo )?(?:gweithiwr cefnogi|gweithiwr cymorth|gweithiwr cymdeithasol|staff)\b.*\byma\b",
)
_SAYS_NAME = r"[A-Z][a-z'’]{1,14}"
_STRANGER = (
    r"\bwrong (?:number|person|phone|guy|girl|man|woman|bloke|lad|fella)\b(?! (?:day|time))",
    r"\b(?:dont|do not|never) know (?:any(?:one|body)? |any1 |who |a |an |no )?"
    r"(?:called |named |by that name|with that name)",
    r"\b(?:there is|theres|there) no (?:one|body|1) (?:called|named|here called|by that name|"
    r"here by that name|of that name)\b",
    r"\b(?:no ?one|nobody|no 1) (?:called|named|by that name|of that name|here called)\b",
    r"\bnot (?:his|her|their|hers) (?:phone|number|mobile) (?:anymore|any more|now)?",
    r"\b(?:isnt|aint) (?:his|her|their) (?:phone|number|mobile)\b",
    r"\b(?:just |only )?(?:got|bought|been given|had) (?:this|a new|my) (?:number|sim|phone) "
    r"(?:\w+ ){0,4}(?:dont know|not|who|never)",
    r"\brhif (?:anghywir|rong)\b|\b(?:dim|neb) o'?r enw (?:hwnnw|yna|hwnna)\b|"
    r"\bddim yn nabod (?:neb|unrhyw un)\b",
)
_SPEAKS_OF_THEM = re.compile(rf"^{_OPENING}{_THIRD} {_ATTENDS}\b.*\b{_COMES}\b")
_SPEAKS_OF_SELF = re.compile(r"\b(?:i|im|il|ive|id|me|my|mine|we|our|us|myself)\b")
_ANY_RELATIVE = re.compile("|".join(f"(?:{one})" for one in _RELATIVE))
_ANY_WORKER = re.compile("|".join(f"(?:{one})" for one in _WORKER))
_ANY_STRANGER = re.compile("|".join(f"(?:{one})" for one in _STRANGER))


@cache
def _denial_of(name: str) -> re.Pattern[str]:
    """What denies a name, given as a pattern."""
    return re.compile(
        rf"^{_OPENING}(?:(?:im|i am|this is|its|it is|thats) )?(?:not|isnt|aint) (?:the |an? )?"
        rf"{name}s?(?: (?:phone|number|here|mate|pal|love|anymore|any more|sorry|x+|kiss))*$|"
        rf"^{_OPENING}(?:there is |theres )?(?:no|not any|never been a|neb or enw|dim) {name} "
        rf"(?:here|at this number|on this number|lives here|at this address|yma)\b|"
        rf"^{_OPENING}{name} (?:doesnt|dont|does not) (?:live here|have this|use this|own this)|"
        rf"^{_OPENING}(?:i )?dont know (?:any|a|no) {name}\b|^{_OPENING}who(?:s| is)? {name}$|"
        rf"^{_OPENING}(?:nid|dim) {name} (?:ydw i|dw i|di hwn|yw hwn|sydd yma|sy yma)\b"
    )


@cache
def _denial_of_owner(name: str) -> re.Pattern[str]:
    """What denies the name of somebody who has the phone, given as a pattern."""
    return re.compile(
        rf"\b{name}\b.*\b(?:never heard of|dont know (?:him|her|them)|(?:am|im|are) not (?:him|her|"
        rf"them)|isnt (?:me|my name)|aint (?:me|my name)|not my name|(?:no longer|doesnt) (?:live|"
        rf"has|have|use|uses))\b|\b(?:isnt|not|aint|nid|dim) (?:\w+ )?{name}s? (?:phone|number|"
        rf"mobile|ffon|rhif|sy yma|sydd yma|sy ma|ydw i|yes i|di)\b|"
        rf"\b(?:nid|dim) (?:rhif|ffon) {name}\b"
    )


_DENIES_CAPITAL_NAME = re.compile(
    rf"^\W*(?:[Ss]orry,? )?(?:(?:[Ii]'?’?m|[Tt]his is|[Ii]t'?’?s|[Ii]ts) )?[Nn]ot {_SAYS_NAME}"
    rf"(?:,? (?:mate|pal|love|sorry|x+))*\W*$|"
    rf"^\W*(?:[Ss]orry,? )?[Nn]o {_SAYS_NAME} (?:here|at this number)\b"
)
_CAPITAL_WORDS = frozenset(
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "today",
        "tomorrow",
        "yet",
        "sure",
        "now",
        "really",
        "again",
        "ok",
        "coming",
        "going",
        "good",
        "well",
        "bad",
        "able",
        "here",
        "there",
        "me",
        "him",
        "her",
        "true",
        "fair",
        "funny",
        "this",
        "that",
        "interested",
        "allowed",
        "happening",
        "christmas",
        "easter",
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "problem",
        "thanks",
        "way",
        "idea",
        "clue",
        "one",
        "chance",
        "worries",
    ]
)


def denies_name(text: str, line: str, names: Sequence[str] = ()) -> bool:
    """Whether the text says that its writer is not the one whose name we used: `Not Eric`, `No Tina
    here`. `line` is the normalised text, `names` the first names of those who have the phone.
    """
    if _denial_of(NAME).search(line):
        return True
    for name in names:
        own = re.escape(" ".join(normalise(name).words))
        if own and (_denial_of(own).search(line) or _denial_of_owner(own).search(line)):
            return True
    match = _DENIES_CAPITAL_NAME.search(text)
    if match is None:
        return False
    capital = [word.strip("'’.,!").casefold() for word in re.findall(_SAYS_NAME, match.group())]
    named = [word for word in capital if word not in ("not", "no", "sorry", "this", "it", "its")]
    return bool(named) and _CAPITAL_WORDS.isdisjoint(named)


def names_in(line: str, names: Sequence[str]) -> bool:
    """Whether a normalised line has one of these first names."""
    words = set(line.split())
    known = {word for name in names for word in normalise(name).words}
    return not words.isdisjoint(known | {f"{word}s" for word in known})


def speaker_of(text: str, line: str, names: Sequence[str] = ()) -> Speaker:
    """Who wrote a text without anything that it quotes. `line` is the normalised text, `names` the
    first names of those who have the phone.
    """
    if is_auto_reply(text):
        return Speaker.MACHINE
    if _ANY_WORKER.search(line):
        return Speaker.WORKER
    if _ANY_RELATIVE.search(line) or (
        _SPEAKS_OF_THEM.search(line) and not _SPEAKS_OF_SELF.search(line)
    ):
        return Speaker.RELATIVE
    if _ANY_STRANGER.search(line) or denies_name(text, line, names):
        return Speaker.STRANGER
    return Speaker.PERSON
