"""Knows a yes that is said with a no: "im not gonna miss it", "no way i wont be there". Pure.

Each row is a pattern over the whole normalised text.
"""

import re

_TAIL = (
    r"(?: (?:this time|this 1|again|either|now|mate|pal|lol|haha|promise|pat|anyway|yet|tho|though|"
    r"for (?:the world|anything|nothing|owt)|dont worry|no worries|kiss|smile|x+|il be there|be "
    r"there|im coming|see (?:you|ya)(?: \w+){0,2}|honest|sori|sorry|thumbsup|i swear|trust me))*"
)
_MISS = r"(?:miss|missing|missin|forget|forgetting|skip|skipping)"
_IT = r"(?:it|this|this 1|that|that 1|you|out|the (?:appointment|meeting|session|group)|1|one)"
_ROWS = (
    rf"(?:no |na )?(?:(?:im|i am|il|i|we) )?(?:(?:def|definitely|really) )?(?:not|never|aint|wont|"
    rf"wouldnt)(?: (?:be|gonna|going to|even|ever|thinking of|planning on|planning to))* {_MISS} "
    rf"{_IT}",
    rf"(?:no|not a) (?:way|chance|danger|fear)(?: (?:am|will|would|id|im|il|that|i|on earth))* "
    rf"(?:{_MISS}|not (?:coming|going)|wont (?:come|be there|make it)|aint coming|not be there)"
    rf"(?: {_IT})?",
    r"(?:no|not a) (?:way|chance) (?:that )?(?:i|il|im) (?:wont|aint|am not|not)(?: (?:gonna|going "
    r"to|be))*(?: (?:there|coming|come|turn up|show up|make it))+",
    r"(?:i )?(?:have |ive )?never missed (?:1|one|it|an appointment|a session|any)?(?: ?(?:yet|so "
    r"far|before|ever))?(?: (?:and|n))?(?: (?:im|i am))?(?: (?:not|aint)(?: (?:gonna|going to))? "
    r"(?:start|starting)(?: now)?)?",
    r"(?:im |i )?(?:aint|not|wont|never|wouldnt|would never)(?: (?:gonna|going to|be))* "
    r"let(?:ting)? (?:you|him|her|any1|anyone|myself|ya|the team|nobody) down",
    r"(?:jokes|joking|only joking|just joking|jk|kidding|only kidding|just kidding|messing|only "
    r"messing)(?: (?:im|il|i am|i will|gonna))* (?:coming|be there|come|there)",
    r"(?:dwi|dw i|rwy|fydda i|fyddai|wnai|na i)(?: ?n)? ddim(?: (?:am|im|yn|mynd i|n))* (?:ei )?"
    r"(?:g?olli|colli|anghofio|fethu)(?: (?:hwn|hyn|hi|fo|o|e|allan|1|un))*",
)
_TAKES_BACK = re.compile(
    r"(?:(?:actually|wait|no|na|nah|yes|oh|sorry|scrap that|ignore that|forget that|hang on|its ok|"
    r"all good|sorted|good news) )*(?:(?!.*\b(?:need|want|cant|havent|waiting)\b.* so )(?:\w+ "
    r"){0,5}(?:offered|got|sorted|better|found|swapped|cancelled|let me)(?: \w+){0,5} (?:so|"
    r"and) )?(?:now )?(?:i|il) can (?:still |"
    r"now )?(?:come|make it|do it|get there|be there)(?: (?:now|after all|today|tomorrow|then|mate|"
    r"thanks|on (?:mon|tue|wed|thu|fri|sat|sun)))*|"
    r"(?:(?:na|o na|sori|sorry|wel) )*(?:dwi|dw i|rwy|dwin|mi)(?: ?n| yn)? (?:gallu|medru) dod"
    r"(?: (?:wedir cwbl|wedi r cwbl|rwan|nawr|fory|heddiw|wedyn))*"
)
"""A yes that takes back a no: "wait no i can come", "mate got me a lift so i can come now"."""
_OPENING = r"(?:(?:oh|aw|hi|hiya|yes|yep|ok|sorry|nah|na|no|dont worry|course|haha|lol) )*"
_WHOLE = tuple(re.compile(rf"{_OPENING}(?:{row}){_TAIL}") for row in _ROWS)
_DOUBT = re.compile(
    r"\b(?:if|unless|but|might|maybe|dont think|dont know|says|said|when|what|how|os|ond|ella)\b"
)


def says_coming(line: str) -> bool:
    """Whether the whole normalised line says with a no that the person will come."""
    if _DOUBT.search(line):
        return False
    return bool(_TAKES_BACK.fullmatch(line)) or any(whole.fullmatch(line) for whole in _WHOLE)
