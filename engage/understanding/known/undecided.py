"""Knows that somebody does not know yet: "no clue", "50/50", "if i can get a lift". Pure.

Each row is a pattern over the whole normalised text. It is never a yes and never a no.
"""

import re

_VERY = r"(?:(?:honestly|genuinely|really|still|just|actually|at the moment|atm|tbh|right now) )*"
_CLOSE = (
    r"(?: (?:yet|tbh|right now|at the moment|at the min|atm|really|about it|about (?:mon|tue|"
    r"wed|thu|"
    r"fri|sat|sun)|so|eto|iawn|gen i|da fi|gyda fi|mate|honestly))*"
)
_WHETHER = (
    r"(?: (?:if|whether|when) (?:im|il|i|id|ive|my|me|work|they|the|we|he|she)\b.{0,40}| what im "
    r"doing(?: \w+)?)?"
)
_ROWS = (
    rf"(?:i )?{_VERY}(?:have |got |ive |ive got )?(?:absolutely )?(?:no|not a|havent a|aint got a|"
    rf"havent got a) (?:clue|idea|scooby)",
    rf"(?:im |i am )?{_VERY}(?:not|aint|never) (?:\w+ )?(?:sure|certain|decided)",
    rf"(?:im )?{_VERY}(?:unsure|undecided|in 2 minds|in two minds|torn)",
    rf"(?:i )?{_VERY}(?:dunno|dont know|do not know|idk|couldnt tell you|couldnt say|cant say|cant "
    rf"tell you)",
    r"(?:it |that )?(?:all )?depends(?: (?:on|if|when) .{1,60})?",
    r"(?:(?:i|il|we|id) )?(?:(?:will|gonna|going to|just) )*(?:have to )?(?:wait and )?see(?: how "
    r"(?:it goes|i feel|i am|things are|im feeling|the day goes))?",
    r"(?:maybe|perhaps|possibly|might|may|could|poss)(?: (?:not|so|be|be able to|come|do|be there|"
    r"can|make it))*",
    r"(?:we shall see|(?:we|il)(?:ll| will)? ?see|see how (?:it goes|i feel))",
    r"50 ?/? ?50",
    r"(?:yes|ok) (?:and|or) (?:no|na)|(?:yes|ok) na|(?:no|na) yes|yes no|ie a na|ie na",
    r"(?:(?:yes|ok|maybe|il come|il be there|be there|can come|come|prob|probably|should be ok) )*"
    r"(?:but )?(?:only )?(?:if|unless|as long as|provided|depending on|os|oni bai) "
    r"(?!(?:that|thats|its|you|not|poss|possible|need|i have|ive got|any|they|anything|there|so|"
    r"i said|i dont)\b).{3,50}",
    r"(?:dwi|dw i|dwim|dwin|rwy|sa i|sai|sain|fi) ?(?:m|n|ddim|yn)? ?(?:ddim )?(?:yn |n )?(?:siwr|"
    r"gwybod|gwbod|gwybo)",
    r"(?:ddim|dim|m|heb) (?:yn )?(?:siwr|syniad|gwybod|gwbod|penderfynu)",
    r"(?:dim|sgen i ddim|does gen i ddim|sdim) (?:syniad|clem|cliw)",
    r"(?:efallai|falle|hwyrach|ella|mae n dibynnu|maen dibynnu|dibynnu)(?: .{0,30})?",
)
_OPENING = (
    r"(?:(?:sorry|hi|hello|mate|ok|and|but|erm|er|um|hmm|oh|ooh|helo|sori|well|wel|o|lol|haha|"
    r"morning|tbh) )*"
)
_END = (
    r"(?: (?:sorry|sori|soz|mate|pal|please|plis|lol|haha|kiss|x+|thanks|bab|hun|la|lad|though))*"
)
_WHOLE = tuple(re.compile(rf"{_OPENING}(?:{row}){_WHETHER}{_CLOSE}{_END}") for row in _ROWS)


def is_undecided(line: str) -> bool:
    """Whether the whole normalised line says that the person does not know, or names a
    condition.
    """
    return any(whole.fullmatch(line) for whole in _WHOLE)
