"""Reads how a person will travel to an appointment: "on the bus", "my mums dropping me". Pure.

It expects normalised text. A plan that is in doubt or has failed ("cant get the bus") is none.
"""

import re

from engage.understanding.vocabulary import Travel

_KIN = (
    r"(?:mum|mam|mom|dad|nan|nana|gran|grandad|brother|bro|sister|sis|son|daughter|partner|"
    r"girlfriend|boyfriend|gf|bf|wife|husband|missus|mate|friend|pal|cousin|uncle|auntie|aunt|"
    r"neighbour|key ?worker|support worker|worker|fella|bloke|lad|kid|boss|carer|step ?dad)s?"
)
_WHO = rf"(?:(?:my|me|our|the|a|some|another|her|his) )?(?:\w+ )?{_KIN}|(?:he|she|they|someone)"
_GO = (
    r"(?:(?:im|il|ill|i|id|will|gonna|going to|be|am|just|prob|probably|gna|should) )*"
    r"(?:(?:get|getting|gettin|catch|catching|take|taking|come|coming|comin|go|going|goin|"
    r"use|using|hop|hopping|jump|jumping|travel|travelling|be|there|down|in|up|back|over|dod|mynd|"
    r"cael|dwin|byddain|fyddain|am|yn|n) )*"
)
_THE = (
    r"(?:(?:on|by|in|via|with|off|ar|y|yr|efo|the|a|an|my|me|our|usual|number|no|x?\d{1,3}|own) )*"
)
_PLACES: dict[Travel, str] = {
    Travel.BUS: rf"{_GO}{_THE}(?:bus|buses|coach|x?\d{{1,3}} bus|bws|megabus)",
    Travel.TRAIN: rf"{_GO}{_THE}(?:train|tram|metro|tube|underground|rail|tren)",
    Travel.LIFT: (
        rf"{_GO}(?:(?:got|get|getting|having|have|with|sorted|cadging|blagging|blag|ive) )*"
        rf"(?:a )?(?:lift|ride|lifft|lifts)(?: (?:off|from|with|of|there|in|down|sorted|gan|efo|"
        rf"gyda|{_WHO}))*|"
        rf"(?:{_WHO}) (?:(?:is|are|will|said|says|can|gonna|going to|be|s|hes|shes|il|theyll|"
        rf"hel|shel|"
        r"theyl|hed|shed|theyd|he|she|they|could|"
        r"he can|she can|hell|shell|theyre) )*"
        r"(?:drop|dropping|droppin|take|taking|takin|drive|driving|drivin|bring|bringing|run|"
        r"running|give|giving|fetch|fetching|pick|picking|lift|lifting) (?:me|us)"
        r"(?: (?:a|off|up|there|down|in|over|round|to|it|lift|ride|and back|so|no bother))*|"
        r"(?:mam|dad|nain|taid|ffrind|fy \w+) (?:yn|n) (?:mynd|rhoi|dreifio|gyrru) (?:a )?\w+.*"
    ),
    Travel.WALK: (
        rf"{_GO}(?:walk|walking|walkin|on foot|foot|by foot|legging|legging it|cerdded|"
        r"(?:n|yn) cerdded)(?: (?:it|there|down|in|over|from \w+|into town|its|only|about|just|"
        r"round the corner|not far|(?:\d+|five|ten|fifteen|twenty|thirty) \w+))*"
    ),
    Travel.DRIVE: (
        rf"{_GO}(?:(?:in|by|with|the|my|me) )*(?:car|van|motor|drive|driving|drivin|moped|"
        r"scooter|motorbike|gyrru|dreifio)(?: (?:myself|there|down|in|it|over))*"
    ),
    Travel.BIKE: (
        rf"{_GO}(?:(?:on|by|my|me|the|a|push) )*(?:bike|pushbike|cycle|cycling|biking|beic|"
        r"seiclo)(?: (?:it|there|down|in|over))*"
    ),
    Travel.TAXI: rf"{_GO}{_THE}(?:taxi|cab|uber|bolt|tacsi|minicab)(?: (?:there|down|in))*",
}
_TAIL = (
    r"(?: (?:there|down|in|to town|into town|and walk|and train|then walk|so|mate|thanks|please|"
    r"kiss|x+|lol|tho|though|as usual|like always|again|from work|after work|from mine|from home|"
    r"no bother|no worries|all good|all sorted|sorted|i think|bother|yes|smile|thumbsup))*"
)
_HEAD = (
    r"(?:(?:yes|ok|yea|hi|hello|prob|probably|just|well|erm|er|the|by|usual|sound|cool|or|else|"
    r"maybe a|neu) )*"
)
_WHOLE = {
    travel: re.compile(rf"{_HEAD}(?:{pattern}){_TAIL}") for travel, pattern in _PLACES.items()
}
_FAILED = re.compile(
    r"\b(?:cant|cannot|wont|no|not|never|didnt|dont|isnt|missed|miss|broke|broken|late|delayed|"
    r"off|cancelled|strike|stuck|afford|fare|stop|pass|if|unless|might|maybe|hopefully|how|when|"
    r"which|what|where|ddim|dim|methu|os|need|want|lost|owe|skint|said no|almost|nearly)\b"
)
_WITHOUT = re.compile(
    r"\b(?:(?:drop|dropping|dropped|drops) (?:me|us) off|no (?:bother|worries|problem)|off "
    r"(?:my|me|our|the|a|of|\w+s?$))\b"
)
_NAMED: dict[Travel, re.Pattern[str]] = {
    Travel.LIFT: re.compile(
        r"\b(?:lift (?:off|from|with|sorted)|(?:dropping|driving|taking|bringing|running|giving) "
        r"(?:me|us)|drop me|get(?:ting)? a lift|got a lift|lifft (?:gan|efo|gyda))\b"
    ),
    Travel.BUS: re.compile(
        r"\b(?:on|by|get|getting|catch|catching|take|taking) (?:the |a )?(?:bus|coach)\b|"
        r"\bar y bws\b"
    ),
    Travel.TRAIN: re.compile(
        r"\b(?:on|by|get|getting|catch|catching|take|taking) (?:the |a )?(?:train|tram|metro)\b|"
        r"\bar y tren\b"
    ),
    Travel.WALK: re.compile(r"\b(?:walking (?:there|down|in|it)|walk it|on foot|am gerdded)\b"),
    Travel.TAXI: re.compile(r"\b(?:by|get|getting|in a|got a|get a|getting a) (?:taxi|cab|uber)\b"),
}


def plan(line: str) -> Travel | None:
    """The way of travel, if the whole line says how the person will come and nothing else."""
    if _FAILED.search(_WITHOUT.sub(" ", line)):
        return None
    return next((travel for travel, whole in _WHOLE.items() if whole.fullmatch(line)), None)


def named(line: str) -> Travel | None:
    """The only way of travel that a line names beside a yes."""
    if _FAILED.search(_WITHOUT.sub(" ", line)):
        return None
    found = [travel for travel, pattern in _NAMED.items() if pattern.search(line)]
    return found[0] if len(found) == 1 else None
