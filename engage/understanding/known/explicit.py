"""Knows the plain words that end texts or deny a number, wherever they stand in a text. Pure.

The classifier may not end texts by itself. It may if the text also says so in plain words and
nothing in it limits them ("not at work", "so many", "till Monday").
"""

import re
from collections.abc import Mapping

from engage.understanding.vocabulary import Intent

ALSO_FROM = 0.9
"""The classifier's probability that is needed beside the plain words."""

_TEXTS = r"(?:text|texting|texted|messaging|messaged|reminders?|contact|contacting|notifications?)"
_ENDS = (
    rf"\b(?:stop|quit|cease|no more|nomore|end|finish) (?:\w+ ){{0,3}}?{_TEXTS}\b",
    r"\b(?:stop|quit) (?:sending|contacting|bothering|pestering|hassling|harassing) (?:me|us|them|"
    r"this|these|it|anything|stuff)\b",
    rf"\b(?:dont|do not|never|didnt|wouldnt|no longer) (?:\w+ ){{0,3}}?(?:want|wanna|need|like|"
    rf"wish|receive|get|agree|ask for|consent) (?:\w+ ){{0,4}}?{_TEXTS}\b",
    r"\b(?:dont|do not|never|please dont) (?:\w+ )?(?:text|message|contact|send) (?:me|us|this|"
    r"them|anything|owt|any|to)\b",
    r"\b(?:unsubscribe|opt(?:ing)? out|opted out|take me off (?:your|the|this|ur)|taken off "
    r"(?:your|the|this)|remove me|"
    r"(?:remove|delete|lose|scrub|erase) (?:my|this|me) ?(?:number|phone|details)?|block(?:ing)? "
    r"(?:you|this|the number)|off (?:your|the|this) (?:list|system|text))\b",
    r"\b(?:turn|switch|knock|call|take) (?:(?:it|them|this|these|the|your|my|that) )(?:\w+ "
    r")?off\b|\bpack (?:it|them|these) in\b|"
    r"\b(?:cancel|finish|end|kill|bin|scrap) (?:the|these|them|all|your|my) (?:text|reminders?)\b",
    r"\b(?:no need|dont need|rather not|prefer not|would rather you didnt|not interested in) "
    r"(?:\w+ ){0,4}?(?:text|texting|texts|messages|reminders?|reminding|receive|get)\b",
    r"\b(?:come off|off) (?:this|the|your) list\b|"
    r"\bno more (?:of )?(?:these|them|this|reminders)\b|\bleave me alone with\b|"
    r"\bstop (?:these|them)\b",
    r"\b(?:peidiwch|paid|stopiwch|stopia|peidio|dim mwy|dim rhagor|dwi ddim eisiau|dw i ddim "
    r"isio|sai moyn|ddim isio|ddim eisiau)\b.{0,30}\b(?:tecst\w*|decst\w*|neges\w*|anfon|yrru|"
    r"gyrru|cysylltu|gysylltu|text)\b",
)
_DENIES = (
    r"\b(?:wrong|rong|incorrect) (?:number|person|phone|guy|girl|man|woman|bloke|lad|fella|"
    r"lady|no|num|mobile)\b",
    r"\b(?:dont|do not|never) (?:know|heard of) (?:any|who|a|an|no|him|her|them|this)?\b",
    r"\b(?:no ?one|nobody|no 1|no such person|theres no|there is no|not any)\b.{0,24}\b(?:called|"
    r"named|by that name|of that name|that name|here|has this)\b",
    r"\b(?:isnt|aint|not|no longer) (?:\w+ )?(?:his|her|their|hers|theirs|your guy|who you|the "
    r"person|the 1)\b",
    r"\b(?:doesnt|dont|does not) (?:have|use|own|live|work) (?:\w+ )?(?:this|here|at this)\b",
    r"\b(?:had|bought|got|given|have|use) (?:this|the|my|a new) (?:number|phone|sim|1)\b",
    r"\b(?:im|i am|this is|its|it is|that) (?:not|aint|isnt) (?:him|her|them|me|he|she|your|you|"
    r"the)\b|\bnot (?:him|her|me)\b|\b(?:aint|isnt) (?:me|him|her)\b",
    r"\b(?:someone|somebody|some1) else(?:s|d)?\b|\bwhoever (?:its|it is|you|this)\b|"
    r"\b(?:number|phone|sim) (?:used to|was|now belongs|before|b4)\b|\b(?:mistake|old) number\b|"
    r"\bwho had (?:the|this) (?:sim|number|phone)\b|\bno appointments? with you\b|"
    r"\b(?:aint|isnt|not) \w+s (?:phone|number|mobile)\b|\bnever been in trouble\b",
    r"\b(?:zly numer|dim fi|nid fi)\b",
    r"\brhif (?:anghywir|rong)\b|\b(?:dim|neb|nid)\b.{0,20}\b(?:yma|o r enw|or enw)\b|"
    r"\bperson anghywir\b",
)
_LIMITS = re.compile(
    r"\b(?:at (?:work|night|school|college|dinner|tea|\d+)|so (?:many|much|often|early|late)|"
    r"too (?:many|much|often|early|late)|before \d*|after \d*|til|till|until|about|except|unless|"
    r"only|just the|the (?:mon|tue|wed|thu|fri|sat|sun|gym|group|check|weekly|daily)|mornings?|"
    r"in (?:english|welsh|cymraeg|saesneg)|twice|again and again|while|when|for now|for a (?:bit|"
    r"while|week)|today|tonight|this week|every|if|gave|my (?:new|right|other)|used to|her "
    r"number|his number|my mums?|am y|mor|cyn|tan|bob|heddiw|heno|yn saesneg|yn gymraeg)\b"
)
_ONLY_SOME = re.compile(
    r"\b(?:at (?:work|night|school|college|\d+)|so (?:early|late)|too (?:early|late)|in the "
    r"(?:morning|evening|night)|before \d+|after \d+|about the \w+|in (?:english|welsh)|yn y "
    r"gwaith|"
    r"yn saesneg|mor gynnar)\b"
)
_PLAIN: Mapping[Intent, re.Pattern[str]] = {
    Intent.OPT_OUT: re.compile("|".join(f"(?:{one})" for one in _ENDS)),
    Intent.WRONG_NUMBER: re.compile("|".join(f"(?:{one})" for one in _DENIES)),
}


def is_limited(line: str) -> bool:
    """Whether something in a normalised line limits it: a time, a place, some texts only."""
    return bool(_ONLY_SOME.search(line))


def says(intent: Intent, line: str) -> bool:
    """Whether a normalised line says in plain and unlimited words that texts should end, or that
    the number is not theirs. False for any other meaning.
    """
    plain = _PLAIN.get(intent)
    return plain is not None and bool(plain.search(line)) and not _LIMITS.search(line)
