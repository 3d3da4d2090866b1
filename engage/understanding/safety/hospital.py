"""Finds a person who says that they are, or were, in hospital. Pure.

Hospital by itself is no danger: it is why they cannot come, or did not. Hospital with harm (a
knife, tablets, a beating) is danger. The patterns expect normalised text.
"""

import re

_WARD = r"(?:hospital|hosp|hospitol|ospital|a and e|ae|casualty|ysbyty|sbyty|ward)"
_IN = r"(?:in|at|on|up|yn|mewn|n|ir|ar) (?:the |an |a |yr |y )?(?:\w+ )?"
_NAMED = (
    r"(?:general|infirmary|royal|heath|maelor|freeman|qe|uhw|[a-z]{2}i|bronglais|glangwili|"
    r"morriston|singleton|gwynedd|glan clwyd)"
)
"""A hospital as people call it (the General, the RVI). It may be a pub or a place too."""
_MEDICAL = (
    r"(?:tests|op|operation|surgery|drip|ward|scan|x ?ray|pneumonia|infection|chest|heart|appendix|"
    r"asthma|fractur\w+|broken|kidneys?|liver|lungs?|antibiotics|obs|observation|profion|"
    r"llawdriniaeth|niwmonia|haint)"
)
_WHEN = (
    r"(?:last|this|on|since|with|for|yesterday|today|tonight|overnight|mon|tue|wed|thu|fri|sat|sun|"
    r"ers|neithiwr|ddoe|heddiw)"
)
_SAYS_SO = re.compile(
    "|".join(
        (
            r"\b(?:im|am|i was|was|been|still|back|stuck|ended up|spent \w+|kept|keeping me|"
            r"got took|taken|took me|rushed me|admitted|dwi|rwyf|wyf|fi|on i|o n i|oeddwn|bues|"
            rf"fues|wedi bod|dal) (?:\w+ ){{0,2}}?(?:to |into |{_IN}){_WARD}\b",
            r"^(?:(?:no|na|sorry|sori|cant|methu dod|wont make it|cant make it|cant come) )*"
            rf"(?:{_IN})?{_WARD}\b",
            r"\bkeeping me in\b|\bon a (?:ward|drip)\b",
            r"\btext(?:ing)? (?:\w+ )?from (?:the )?(?:hospital|a and e)\b",
            r"\b(?:they|theyve|doctors?|docs?|nurses?|consultant|surgeon) (?:\w+ ){0,2}?(?:kept|"
            r"keep) (?:me|us) (?:in|overnight)\b",
            r"(?:^|\b(?:i|im|was|got|been|ive|sorry|cant come|cant make it|just) )(?:been |got |"
            rf"was |getting )?admitted (?:me )?(?:to (?:the )?{_NAMED}|{_WHEN})\b",
            r"(?:^|\b(?:im|am|still|been|was|stuck|sorry|cant come|dwi|fi|sori) )(?:in|yn) (?:the "
            r"|"
            rf"y |yr )?{_NAMED}\b(?=.{{0,80}}\b{_MEDICAL}\b)",
            r"\bin (?:overnight )?for (?:tests|observation|obs|an op|surgery)\b",
            r"\b(?:cadw|gadw) (?:fi|i) (?:i )?(?:mewn|fewn|dros nos)\b",
        )
    )
)
_PAST = re.compile(
    r"\b(?:was|been|ended up|spent|kept|got took|taken|took|rushed|on i|o n i|oeddwn|bues|fues|"
    r"wedi bod)\b"
)
_NOT_OWN_STAY = re.compile(
    r"\b(?:with (?:my|our|me|the|his|her)(?! (?:back|leg|arm|foot|knee|hip|chest|heart|head|hand|"
    r"stomach|belly|tooth|eye|eyes|ribs?|asthma|lungs?|kidneys?|neck|ankle|wrist|shoulder|appendix|"
    r"diabetes|epilepsy|copd))|(?:my|our|me|his|her) (?:mum|mam|dad|nan|gran|grandad|wife|husband|"
    r"son|daughter|kids?|lad|girl|baby|brother|sister|mate|friend|partner|missus|girlfriend)|"
    r"visit\w*|work(?:s|ed|ing)?|shift|job|swydd|appointment|appt|apwyntiad|scan|efo|gyda|mam|nain|"
    r"(?:hospital|ysbyty) (?:say|says|said|told|rang|called|want|wants|think|reckon)|"
    r"taid|tad|porter|cleaning|car ?park|bus|stop|letter|if|os|next|bill|radio|telly|teli|not|ddim|"
    r"for an? \w+ test|cells|custody|detention|nick|station|office|school|bloods|"
    r"which|where|near|by the|past the)\b"
)
_COMING = re.compile(
    r"\b(?:but|ond|il|still come|be there|out (?:now|today|tomorrow|tonight)|home now|discharged|"
    r"allan (?:heddiw|fory|rwan|nawr)|yes|yep|ie)\b"
)
_HARM = re.compile(
    r"\b(?:stab\w*|kni\w+|cut|cuts|slashed|wrists?|tablets?|pills?|meds|od|overdos\w*|beat|beaten|"
    r"battered|hit|punch\w*|kick\w*|jumped|attack\w*|assault\w*|blood|bleed\w*|shot|gun|chinged|"
    r"head (?:wound|injury|stapled|split)|stitch\w*|stapled|coma|collapsed|found me|rope|hang\w*|"
    r"pump\w*|unconscious|suicid\w*|myself|meself|tried|attempt|bridge|drown\w*|hurt|raped|hammer|"
    r"hole|bitten|bites|burnt|burned|drill\w*|jaw|cant move|put me|police|cops|voices|"
    r"sectioned|symud|nharo|nghuro|nghico|nghicio|guro|trywan\w*|stabbo|dabledi|lladd|hun|gymryd|"
    r"gymyd|stwff|anadlu|breathe?|calon|nghalon)\b"
)


def without_hospital(line: str) -> str | None:
    """`line` without the words that say that they are in hospital; None if it has none, or if it
    tells of harm too.
    """
    if not _SAYS_SO.search(line) or _HARM.search(line):
        return None
    return " ".join(_SAYS_SO.sub(" ", line).split())


def is_in_hospital(line: str) -> bool:
    """Whether a line plainly says that they are or were in hospital, tells of no harm, and says
    nothing else about coming.
    """
    return (
        without_hospital(line) is not None
        and not _NOT_OWN_STAY.search(line)
        and not _COMING.search(line)
    )


def is_over(line: str) -> bool:
    """Whether a line about a stay in hospital speaks of the past."""
    return bool(_PAST.search(line))
