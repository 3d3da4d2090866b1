"""Texts that are known as a whole: who writes, a slip of STOP, a name that is denied, and a refusal
of only some texts. Pure.

Each row is a pattern over the whole normalised text, so that a longer text is never caught by it.
"""

import re
from dataclasses import dataclass, replace

from engage.understanding.keywords import is_stop_slip
from engage.understanding.known import travel
from engage.understanding.speaker.who import NAME, denies_name
from engage.understanding.vocabulary import (
    Act,
    Basis,
    Intent,
    Interpretation,
    Prompt,
    QuestionTopic,
    Travel,
)

_POLITE = (
    r"(?:sorry|please|hi|hello|mate|pal|love|bro|bruv|fam|hun|lol|haha|kiss|x+|ok|and|but|excuse "
    r"me|yo|erm|er|um|hmm|oi|helo|sori|plis|then|though|tho|again|like|actually|just)"
)
_WHO = (
    r"who (?:is |the hell is |the fuck is |tf is |exactly is )?(?:this|dis|that|it|you)"
    r"(?: (?:is it|is this|please|texting(?: me)?|from|messaging(?: me)?|though|is))*",
    r"(?:whos|whose) (?:this|dis|that|it|texting(?: me)?|there|number(?: is this)?)(?: from)?",
    r"who (?:are|is) (?:you|this|that|these|it)(?: (?:people|lot|guys|from|texting me|with))*",
    r"who (?:am i|i am|im) (?:talking|speaking|texting|chatting) (?:to|with)",
    r"who (?:sent|is sending|keeps sending|sends) (?:this|these|that|me this|me these)(?: text)?",
    r"who (?:is )?(?:keeps )?(?:texting|messaging|contacting)(?: me)?(?: all the time)?",
    r"(?:i )?(?:dont|do not) (?:know|recognise|recognize|no) (?:who (?:this|dis|you) (?:is|are)|"
    r"who you are|this number|the number|your number|u|you)(?: who (?:is this|are you|this))?",
    r"(?:do|did) i know you",
    r"new (?:phone|number|sim)(?: \w+)? who (?:is )?(?:this|dis|that|you)",
    r"(?:just )?got (?:a )?new (?:phone|number) who (?:is )?(?:this|dis|you)",
    r"(?:is|was) (?:this|dis|that|it) (?:\w+ ){0,3}?(?:probation|the probation|a scam|scam|legit|"
    r"real|genuine|spam|a wind up|a joke|a bot|automated|a robot|my (?:worker|probation(?: "
    r"officer)?|po|pp|om|offender manager|key ?worker|support worker)|the (?:council|dwp|"
    r"job ?centre|police|court)|for (?:my|the) appointment|about (?:my|the) appointment|"
    r"about probation|from probation|you pat)(?: or (?:what|not|something|summat|a scam))*",
    rf"(?:is|was) (?:this|that) (?:{NAME}|pat)",
    r"what (?:is )?this (?:number|text)(?: (?:for|about))?",
    r"(?:what|whats) (?:is )?this (?:about|regarding|for|all about|to do with)",
    r"(?:where|how) (?:did|have) you (?:get|got) (?:my|this) number(?: from)?",
    r"how (?:do|did) (?:you|u) (?:have|know) my (?:number|name)",
    r"why (?:are|r) you (?:texting|messaging|contacting|txting) me",
    r"why (?:do|did) (?:you|i) (?:keep )?(?:text|texting|get|getting|message|messaging) "
    r"(?:me|these|this)(?: text)?",
    r"pwy (?:yw|ydy|ydi|di|sydd|sy|syn|uffern) ?(?:hwn|hon|hyn|yma|na|yna|hwnna|chi|ti|tecstio)?"
    r"(?: (?:yma|fi|os gwelwch yn dda|ydy|yn tecstio|sy))*",
    r"pwy (?:dach|ydach|ydych|wyt|dych) (?:chi|ti)",
    r"(?:ai|yw|ydy|ydi|di) (?:hwn|hyn|hon) (?:\w+ )?(?:probation|prawf|gan|oddi wrth|o) ?\w*",
    r"pam (?:dach|ydach|ydych|wyt|dych) (?:chi|ti) ?(?:n|yn)? (?:tecstio|decstio|anfon|gyrru)"
    r"(?: (?:fi|ata i|negeseuon))*",
    r"(?:ffon|rhif) newydd pwy (?:sy|sydd|di|yw|ydy)\b.*",
    r"(?:dwi|dw i|rwy|sain|dwin|sa i) ?(?:n|ddim|yn)? (?:ddim )?(?:yn |n )?(?:gwybod|nabod) "
    r"(?:pwy (?:yw|ydy|di|sydd|sy) .*|y rhif ?(?:hwn|ma|yma)?)",
)
_LIMITED = (
    r"(?:dont|do not|stop|please dont|cant you not|can you (?:not|stop)|quit|no) (?:\w+ ){0,2}?"
    r"(?:text|texting|sending|messaging|message|ringing|reminding|text me|send)\b.*\b(?:at work|"
    r"at night|so early|this early|before \d+|after \d+|at \d+ ?(?:am|pm)?|in the morning|"
    r"in (?:english|welsh|cymraeg|saesneg)|so (?:many|much|often|late)|every (?:day|hour|morning|"
    r"week|\d+ \w+)|till|until|til|about|the (?:mon|tue|wed|thu|fri|sat|sun|gym|group|check)|"
    r"on (?:a )?(?:mon|tue|wed|thu|fri|sat|sun|weekends?|this phone|here)|when|while|for now|"
    r"today|tonight|for a (?:bit|while|week)|twice|the same|i know|all the time)\b.*",
    r"stop (?:reminding me|messing (?:me )?(?:about|around)|nagging|worrying|being|taking|asking|"
    r"changing|moving|it (?:with|lol))\b.*",
    r"stop the (?:mon|tue|wed|thu|fri|sat|sun|weekly|daily|morning|gym|group|check ?ins?)\b.*",
    r"(?:leave me alone|leave me be|let me be|give me peace|get lost) (?:today|for now|for today|"
    r"til|till|until|tonight|now im|im|its|i am|this|while)\b.*",
    r"(?:peidiwch|paid|peidiwch a|stopiwch|stopia) (?:\w+ ){0,3}?(?:am y|ar ddydd|yn y gwaith|"
    r"mor|cyn|yn saesneg|yn gymraeg|tan|bob|heddiw|heno)\b.*",
)


_UNDECIDED = (
    r"(?:i )?(?:have |got |ive )?(?:absolutely )?(?:no|not a|havent a|aint got a) (?:clue|idea|"
    r"scooby)(?: (?:yet|tbh|right now|at the moment|at the min))*",
    r"(?:im |i am )?(?:not|aint|never) (?:\w+ )?(?:sure|certain|decided)(?: (?:yet|tbh|right now|"
    r"at the moment|about it|if i can(?: (?:come|make it|get there|do it))?|what im doing|"
    r"if il (?:be there|make it)))*",
    r"(?:im )?unsure(?: (?:yet|atm|tbh))*",
    r"(?:i )?(?:dunno|dont know|couldnt tell you|couldnt say)(?: (?:yet|tbh|really|if i can(?: "
    r"(?:come|make it|get there))?|if il (?:be there|make it)))*",
    r"(?:it |that )?(?:all )?depends(?: (?:on|if|when) .*)?",
    r"(?:maybe|perhaps|might|possibly|we shall see|we(?:ll| will) see|see how (?:it goes|i feel))"
    r"(?: (?:not|so|yet))*",
    r"(?:dwi|dw i|dwim|dwin|rwy|sa i|sai|sain) ?(?:m|n|ddim|yn)? ?(?:ddim )?(?:yn |n )?(?:siwr|"
    r"gwybod)(?: (?:eto|iawn))*",
    r"(?:ddim|dim) (?:yn )?(?:siwr|syniad|yn gwybod)(?: (?:eto|gen i|da fi|gyda fi))*",
    r"(?:dim|sgen i ddim|does gen i ddim|sdim) (?:syniad|clem|cliw)(?: (?:gen i|da fi|eto))*",
    r"(?:efallai|falle|ella|mae n dibynnu|maen dibynnu|dibynnu)(?: .{0,20})?",
)


@dataclass(frozen=True)
class _Row:
    """A pattern over the whole line, and what such a text means."""

    pattern: re.Pattern[str]
    intent: Intent
    act: Act
    topic: QuestionTopic | None = None
    undecided: bool = False


def _whole(patterns: tuple[str, ...]) -> re.Pattern[str]:
    joined = "|".join(f"(?:{one})" for one in patterns)
    return re.compile(rf"(?:{_POLITE} )*(?:{joined})(?: {_POLITE})*(?: (?:{joined}))?")


_ROWS = (
    _Row(_whole(_WHO), Intent.QUESTION, Act.ACT, QuestionTopic.WHO_WRITES),
    _Row(_whole(_LIMITED), Intent.OTHER, Act.HUMAN),
    _Row(_whole(_UNDECIDED), Intent.OTHER, Act.HUMAN, undecided=True),
)
_CONFIDENCE = 0.97
_BEFORE_THE_DAY = frozenset({Prompt.APPOINTMENT, Prompt.ANSWERED, Prompt.SPOKEN})
"""After one of these a plan to travel says that they will come. On the day it may mean "late"."""


def read(text: str, line: str, prompt: Prompt) -> Interpretation | None:
    """What the whole text is known to mean; None if it is none of these. `line` is the normalised
    text.
    """
    if prompt in _BEFORE_THE_DAY and "?" not in text and (how := travel.plan(line)) is not None:
        return _known(Intent.CONFIRM, Act.ACT, line, how=how)
    if is_stop_slip(text):
        return _known(Intent.OPT_OUT, Act.ACT, line)
    if denies_name(text, line):
        return _known(Intent.WRONG_NUMBER, Act.HUMAN, line, asks_back=True)
    for row in _ROWS:
        if row.pattern.fullmatch(line):
            return replace(
                _known(row.intent, row.act, line, topic=row.topic), undecided=row.undecided
            )
    return None


def _known(
    intent: Intent,
    act: Act,
    line: str,
    *,
    topic: QuestionTopic | None = None,
    how: Travel | None = None,
    asks_back: bool = False,
) -> Interpretation:
    return Interpretation(
        intent,
        _CONFIDENCE,
        act,
        (intent,),
        topic=topic,
        travel=how,
        evidence=(line[:80],),
        sure=frozenset({intent}) if act is Act.ACT else frozenset(),
        basis=Basis.RULE,
        asks_back=asks_back,
    )
