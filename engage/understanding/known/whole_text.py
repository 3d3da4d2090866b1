"""Texts that are known as a whole: who writes, a slip of STOP, a name that is denied, a refusal of
only some texts, a plan to travel, and not knowing yet. Pure.

Each row is a pattern over the whole normalised text, so that a longer text is never caught by it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engage.understanding.keywords import is_stop_slip
from engage.understanding.known import coming, travel, undecided
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

_HOW_TO_STOP = (
    r"how (?:do|can|would) (?:i|you|we) (?:stop|end|cancel|turn off|get rid of|opt out of|get "
    r"out of)"
    r"(?: (?:these|the|your|all|getting|this|them))*(?: (?:text|texts|messages|reminders|it))*",
    r"(?:what|wot) do i (?:text|send|reply|do|press) to (?:stop|end|cancel)(?: (?:these|the|them|"
    r"text|texts|it|this))*",
    r"sut (?:dwi|dwin|dw i|ydw i|maen)(?: ?n| yn| in)? (?:stopio|gorffen|atal)(?: (?:r|y|yr|rhain|"
    r"hyn|eich))*(?: ?(?:tecsts|tecstiau|negeseuon|text))?",
)
"""Asks how to end texts. It is told, and nothing ends."""
_OUR_TEXTS = (
    r"(?:text|texts|texting(?: me)?|messages|message|messaging(?: me)?|reminders?|you lot|ur lot)"
)
_MAY_END = (
    r"(?:just )?(?:bugger|piss|fuck|sod|naff|jog|clear|buzz|hop|eff|do|trot|get) (?:off|on|1|lost|"
    r"one|out of it)(?: (?:will (?:you|ya)|you|mate|then|all of you|the lot of you|now|please))*",
    r"(?:just )?go away(?: (?:will (?:you|ya)|you|mate|then|now|please))*",
    r"(?:im |i am |just )?(?:really )?not interested(?: (?:thanks|mate|anymore|any more|at all|in "
    r"(?:this|these|it|your text|any of (?:it|this))))*",
    rf"(?:im |i am |so )*(?:sick|tired|fed up|bored|done|finished) (?:of|with|to death of) "
    rf"(?:all )?"
    rf"(?:(?:of )?(?:these|this|the|your|you|them) )?(?:\w+ )?{_OUR_TEXTS}",
    r"(?:take|get) me off(?: (?:it|this|here|there|please))*",
    r"(?:just )?(?:leave|let) me (?:alone|be)(?: (?:please|will (?:you|ya)|now|mate))*",
    rf"(?:i )?dont (?:want|wanna|need) (?:any (?:of )?|no )?(?:these|this|the|your|more)? "
    rf"?(?:\w+ )?"
    rf"{_OUR_TEXTS}(?: (?:anymore|any more|thanks|no more|mate))*",
    r"(?:gad|gadwch|gadewch|gadael|gada)(?: fi)?(?: yn)? lonydd(?: i (?:fi|mi))?(?: (?:plis|wnei "
    r"di|newch chi|os gwelwch yn dda))*",
    r"(?:does gen i|sgen i|s?dim|dim)(?: ddim| da fi| gen i)* diddordeb(?: (?:gen i|da fi|"
    r"thanks))*",
    r"(?:dos|cer|cerwch|ewch) (?:o ma|i ffwrdd|o ma wir|i grafu)(?: (?:wir|plis))*",
    r"(?:dwi |fi )?(?:wedi cael )?(?:llond bol|digon) (?:o|ar|efo|or|ar y|o r) (?:y |r |eich )?"
    r"(?:negeseuon|tecsts|text|tecstio|rhain|hyn)(?: (?:ma|yma|hyn))*",
)
"""Rude or tired words that may mean an end of texts. The person is asked."""
_WHO_ANYWHERE = re.compile(
    r"\bwho(?:s| is|se)? (?:this|dis|texting|messaging|that texting)\b|\bwho (?:are|r|is) you\b|"
    r"\bwho am i (?:talking|speaking|texting)\b|"
    r"\bwho(?:s| is) (?!it|in|on|at|coming|the|my|next|there|asking)\w+(?: when (?:hes|shes|"
    r"theyre) at "
    r"home)?(?:$| is (?:this|it|that)\b)|"
    r"\b(?:which|what) (?:service|company|office|organisation|team|place|charity|agency) (?:is|"
    r"are) (?:this|you|that|it)\b|"
    r"\bis (?:it|this) (?:you lot|some sort|a wind up|a joke)\b|"
    r"\bis (?:it|this) from (?:the )?(?:council|probation|police|court|centre|job ?centre|dwp)\b|"
    r"\bprove (?:its|it is|it|that its|who|you are|your|youre) (?:really )?(?:you|who|legit|"
    r"real)\b|"
    r"\bhow (?:do|can) i (?:know|tell|trust)(?: (?:if|that))? (?:this|its|it|that|you|youre|"
    r"who)\b|"
    r"\b(?:till|until|unless|before) i know who\b|"
    r"\b(?:this|it|that|text|number|message|looks?|sounds?|seems?|looking) (?:\w+ ){0,3}?"
    r"(?:dodgy|scam|scammy|phishing|spam|fake|legit|genuine)\b|"
    r"\bis (?:this|it|that) (?:for )?(?:real|legit|genuine|fake|spam|a scam)\b|"
    r"\b(?:fake|scam|spam) or (?:real|legit|genuine|what|not)\b|"
    r"\b(?:o|or|ai) (?:le|ble) (?:mae?|ma|daw|mae r|ma r) (?:hwn|hyn|neges|tecst)\b|"
    r"\bpwy (?:sy|sydd|syn|yw|ydy|di|sy n|dach|ydach|wyt) ?(?:n )?(?:tecstio|anfon|hwn|hyn|chi|ti|"
    r"yn)\b|\bs[gc]am\b.*\b(?:hwn|hyn|ydi|ydy|yw|di)\b|"
    r"\b(?:ydi|ydy|yw|ai|di) (?:hwn|hyn) (?:n |yn )?(?:sgam|dwyll|ddilys|go iawn|real|wir)\b|"
    r"\bsut (?:dwi|dwin|dw i|ydw i|mae|maen)(?: ?n| in)? (?:gwybod|gwbod|sicr)\b.*\b(?:wir|iawn|"
    r"pwy|"
    r"real|chi|hwn)\b"
)
"""Asks who writes, beside other words that Engage does not act on."""


@dataclass(frozen=True)
class _Row:
    """A pattern over the whole line, and what such a text means."""

    pattern: re.Pattern[str]
    intent: Intent
    act: Act
    topic: QuestionTopic | None = None
    asks_back: bool = False


def _whole(patterns: tuple[str, ...]) -> re.Pattern[str]:
    joined = "|".join(f"(?:{one})" for one in patterns)
    return re.compile(rf"(?:{_POLITE} )*(?:{joined})(?: {_POLITE})*(?: (?:{joined}))?")


_ROWS = (
    _Row(_whole(_WHO), Intent.QUESTION, Act.ACT, QuestionTopic.WHO_WRITES),
    _Row(_whole(_LIMITED), Intent.OTHER, Act.HUMAN),
    _Row(_whole(_HOW_TO_STOP), Intent.HELP, Act.ACT),
    _Row(_whole(_MAY_END), Intent.OPT_OUT, Act.HUMAN, asks_back=True),
)
_CONFIDENCE = 0.97
_SHORT = 8
"""Words. A text of so few that asks who writes does little else."""
_ANSWERS = re.compile(
    r"\b(?:yes|no|ok|come|coming|there|cant|wont|late|thanks|call|ring|wrong|ie|iawn|dod|methu|"
    r"na)\b"
)
_ABOUT_COMING = frozenset({Prompt.APPOINTMENT, Prompt.TODAY, Prompt.ANSWERED, Prompt.SPOKEN})
"""After one of these a plan to travel says that they will come."""
_CHECK_IN_END = re.compile(
    r"(?:\w\s*[.,;:!…\n–—-]\s*|\b(?:so|felly|say|id say|call it|a) )([1-4])\s*(?:x+|\W)*$",
    re.IGNORECASE,
)
"""A number of the scale that ends a text: "tired but ok so 2", "could be worse. 2"."""


def read(text: str, line: str, prompt: Prompt, names: Sequence[str] = ()) -> Interpretation | None:
    """What the whole text is known to mean; None if it is none of these. `line` is the normalised
    text, `names` the first names of those who have the phone.
    """
    if is_stop_slip(text):
        return _known(Intent.OPT_OUT, Act.ACT, line)
    if denies_name(text, line, names):
        return _known(Intent.WRONG_NUMBER, Act.HUMAN, line, asks_back=True)
    if prompt is Prompt.CHECKIN:
        return _check_in_answer(text, line)
    return _coming(text, line, prompt) or _by_row(line)


def _coming(text: str, line: str, prompt: Prompt) -> Interpretation | None:
    """A plan to travel, or a yes that is said with a no."""
    if prompt not in _ABOUT_COMING or "?" in text:
        return None
    how = travel.plan(line)
    if how is None and not coming.says_coming(line):
        return None
    return _known(Intent.CONFIRM, Act.ACT, line, how=how)


def _by_row(line: str) -> Interpretation | None:
    for row in _ROWS:
        if row.pattern.fullmatch(line):
            return _known(row.intent, row.act, line, topic=row.topic, asks_back=row.asks_back)
    if undecided.is_undecided(line):
        return replace(_known(Intent.OTHER, Act.HUMAN, line), undecided=True)
    if len(line.split()) > _SHORT or _ANSWERS.search(line):
        return None
    return asking_who_writes(line)


def asking_who_writes(line: str) -> Interpretation | None:
    """The question who writes, if the line asks it beside other words."""
    if not _WHO_ANYWHERE.search(line):
        return None
    return _known(Intent.QUESTION, Act.ACT, line, topic=QuestionTopic.WHO_WRITES)


def _check_in_answer(text: str, line: str) -> Interpretation | None:
    """The number that ends a text about how things are, if it is the only one."""
    found = _CHECK_IN_END.search(text)
    if found is None or len(re.findall(r"\d+", text)) > 1:
        return None
    return replace(_known(Intent.CHECKIN_ANSWER, Act.ACT, line), value=int(found[1]))


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
