"""Extracts the details of a meaning: a check-in answer, a cause, a fact, the topic of a question.
Pure. extract_times.py has days and times.

It matches words and does not understand them: call it only for the details of a meaning that has
been found. The result is None if the words say nothing, or two different things. The patterns
expect normalised text (normalise.py).
"""

import re
from collections.abc import Mapping, Sequence

from engage.understanding.vocabulary import Cause, Fact, QuestionTopic

_NOT = r"(?:not|isnt|aint|dont feel|ddim yn)"
_SCALE: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(r"\bda iawn\b|\ball blessed\b|\b(?:proper |all |really )?(?:tidy|lush)\b")),
    (2, re.compile(r"\b(?:mustnt|mustn t|cant) (?:grumble|complain)\b|\bticking over\b")),
    (2, re.compile(r"\bnot (?:too |so |that |half )?bad\b|\bddim yn ddrwg\b|\bcould be worse\b")),
    (
        4,
        re.compile(
            r"\b(?:need (?:some |a bit of |ur |your )?help|really need|angen help|angen cymorth|"
            r"desperate|in bits)\b"
        ),
    ),
    (
        3,
        re.compile(
            rf"\b{_NOT} (?:so |that |too |very |really |all that |doing |doing so |doing too |"
            r"feeling |feeling too |been |a |so )?(?:great|good|well|brilliant|clever|hot|dda|"
            r"wych)\b"
            r"|\b(?:rough|struggling|strugglin|bad|crap|shit|shite|rubbish|awful|terrible|poor|"
            r"low|down|hard|grim|naff|pants|worse|stressed|stressful|miserable|gwael|anodd|isel|"
            r"uffernol)\b"
        ),
    ),
    (
        2,
        re.compile(
            r"\b(?:ok|alright|fine|so so|average|meh|middling|getting by|plodding|plodding on|"
            r"surviving|steady|bearable|iawn|go lew|gweddol|canolig)\b"
        ),
    ),
    (
        1,
        re.compile(
            r"\b(?:good|great|brilliant|brill|excellent|fantastic|amazing|mint|lovely|ace|class|"
            r"buzzing|happy|sound|well|smashing|belting|da|gwych|grêt|gret|da iawn|ardderchog|"
            r"bendigedig)\b"
        ),
    ),
)
_DIGITS = re.compile(r"\b\d+\b")
_LAST_DIGIT = re.compile(
    r"(?<!\bage)(?<!\baged)(?<!\bat)(?<!\babout)(?<!\baround)(?<!\bnumber)(?<!\bwas)(?<!\bby)"
    r"(?<!\btil)(?<!\btill)(?<!\buntil)(?<!\bthe)(?<!\bhave)(?<!\bgot)(?<!\blast)(?<!\bof)"
    r"(?<!\bto)(?<!\bfor)(?<!\bin)(?<!\band)(?<!\bmy)(?<!\bpast) ([1-4])(?: (?:kiss|x+|thanks|"
    r"mate|lol|sorry|smile))*$"
)
"""A digit at the end of a text that has no other is the answer: "just peachy. 3"."""

_CAUSES: tuple[tuple[Cause, str], ...] = (
    (
        Cause.CUSTODY,
        (
            r"(?:arrested|nicked|locked up|in (?:the )?cells?|custody|recalled|on remand|"
            r"banged up|police station|y ddalfa)"
        ),
    ),
    (
        Cause.BEREAVEMENT,
        r"(?:funeral|passed away|passing|(?<!car )(?<!van )(?<!phone )(?<!battery )(?<!bike "
        r")(?<!motor )died|wake|burial|cremat\w+|angladd|cynhebrwng|wedi marw)",
    ),
    (
        Cause.COURT,
        (
            r"(?:court|magistrates?|hearing|solicitor|sentenced|crown|llys|"
            r"cyfreithiwr)(?! (?:voices|aid))"
        ),
    ),
    (
        Cause.CHILDCARE,
        (
            r"(?:childcare|babysit\w*|sitter|nursery|school run|"
            r"schools? (?:is |are )?(?:shut|closed|rang|called)|inset|creche|"
            r"(?:nobody|no 1|noone|anyone|any1|no body) (?:\w+ )?(?:to|for) "
            r"(?:(?:mind|watch|have|look after|take|sit with) )?(?:the |my |our )?"
            r"(?:kids?|babies|baby|child\w*|bairns?|little 1s?|son|daughter|boys?|girls?|lad)|"
            r"(?:kids?|son|daughter|baby|little (?:1|boy|girl|lad)|bairn|wee (?:1|man)|"
            r"toddler)s? (?:are |is |been |off |got )?(?:ill|sick|poorly|off|bad|temp\w*|chicken|"
            r"off school|"
            r"at home)|(?:got|have|having|with|watching|minding) (?:the|my|all the) (?:kids?|"
            r"babies|baby|children|boys|girls|bairns|little 1s?)|gwarchod|plant|ysgol)"
        ),
    ),
    (
        Cause.TRANSPORT,
        (
            r"(?:bus(?:es)?|trains?|tram|metro|taxi|lift|car|van|bike|petrol|fuel|tyre|puncture|"
            r"traffic|mot|motor|bws|tren|trên|trens|drive|driving|broke down|stranded|"
            r"no way (?:of getting )?(?:there|in)|get (?:there|in)|walk (?:in|that far|it)|"
            r"too far)"
        ),
    ),
    (
        Cause.MONEY,
        (
            r"(?:skint|no money|no cash|fare|broke|payday|paid til|till i get paid|cant afford|"
            r"no dosh|potless|pennies|giro|pres|arian|dim pres)"
        ),
    ),
    (
        Cause.WORK,
        (
            r"(?:work|working|workin|shift|shifts|overtime|boss|gaffer|job|job centre|jobcentre|"
            r"agency|site|interview|nights|rota|gweithio|gwaith|sifft|cyfweliad)"
        ),
    ),
    (
        Cause.ILLNESS,
        (
            r"(?:ill|sick|poorly|flu|covid|puking|throwing up|vomiting|the runs|migraine|"
            r"headache|bad (?:back|chest|stomach|belly|tooth|leg|knee|foot)|tooth\w*|dentist|"
            r"doctors?|gp|hospital|hosp|a and e|operation|surgery|broken|broke my|sprained|fever|"
            r"temperature|infection|in bed|pain|injured|fell|rattling|withdraw\w*|clucking|"
            r"not well|unwell|rough as|meds|medication|sal|sâl|tost|ysbyty|meddyg|annwyd|ffliw)"
        ),
    ),
    (
        Cause.RELIGION,
        r"(?:eid|ramadan|mosque|jummah|church|mass|prayers?|diwali|passover|sabbath|eglwys|capel)",
    ),
    (
        Cause.HOLIDAY,
        (
            r"(?:holidays?|away|on me hols|hols|abroad|wedding|christening|birthday|caravan|"
            r"gwyliau|priodas)"
        ),
    ),
    (
        Cause.FAMILY,
        (
            r"(?:mum|mam|dad|nan|nana|gran|grandad|brother|sister|missus|wife|girlfriend|partner|"
            r"family|carer|caring for|row with|teulu|nain|taid|chwaer|brawd|mamgu|tadcu)"
        ),
    ),
    (
        Cause.PHONE,
        (
            r"(?:phone|charger|battery|sim|credit|signal|text never|"
            r"never got (?:the|a|your) (?:text|letter|message)|"
            r"didnt (?:get|see) (?:the|a|your|any) (?:text|letter|message)|ffon|ffôn|"
            r"no (?:text|letter))"
        ),
    ),
    (
        Cause.OVERSLEPT,
        (
            r"(?:overslept|over slept|slept (?:in|through|late)|sleepin in|alarm|didnt wake|"
            r"only just (?:woke|up)|fell asleep|woke up|cysgu|still in bed)"
        ),
    ),
    (
        Cause.FORGOT,
        (
            r"(?:forgot|forgotten|slipped my mind|mixed up|mixed my|wrong (?:day|week|time|date)|"
            r"thought it was|lost track|got (?:the |my )?(?:days?|dates?|times?) (?:wrong|mixed|"
            r"muddled)|anghofi\w*|nghofi\w*)"
        ),
    ),
)
_CAUSE_PATTERNS = tuple((cause, re.compile(rf"\b(?:{words})\b")) for cause, words in _CAUSES)

_LOST = (
    r"(?:lost|losing|kicked out|chucked out|thrown out|evict\w*|notice|made redundant|sacked|"
    r"laid off|let (?:me )?go|finished me|given me my cards|section 21|repossess\w*|colli)"
)
_FACTS: tuple[tuple[Fact, str], ...] = (
    (
        Fact.LOST_HOME,
        (
            r"(?:evict\w*|kicked (?:me )?out|chucked (?:me )?out|thr(?:own|ew) (?:me )?out|"
            r"section 21|notice to quit|(?:lost|losing|colli) (?:the |my |me )?(?:flat|house|"
            r"home|room|tenancy|place|hostel|bed|fflat|ty|stafell)(?! (?:door )?keys?)|homeless|"
            r"sofa surf\w*|"
            r"locks (?:have been )?changed|(?:got to|have to|gotta) (?:be out|leave|get out)|"
            rf"{_LOST} (?:the |my )?(?:flat|tenancy|room|house)(?! (?:door )?keys?))"
        ),
    ),
    (
        Fact.GOT_HOME,
        (
            r"(?:(?:got|getting|get|picked up|collected|signed for|signed|moved into|moving into|"
            r"offered|given|accepted|found|wedi cael) (?:\w+ ){0,4}(?:keys?|flat|house|bungalow|"
            r"room|bedsit|tenancy|place|studio|hostel|digs|home|fflat|ty|goriad\w*|allwedd\w*|"
            r"stafell)|housed|moved in|moving in)"
        ),
    ),
    (
        Fact.LOST_WORK,
        (
            r"(?:sacked|laid off|made redundant|redundan\w*|let (?:me )?go|finished me|"
            r"lost (?:the |my |me )?(?:job|work|shifts|hours|placement)|sack|no more shifts|"
            r"shut (?:down|the)|dropped me|didnt keep me|(?:colli|collais i|collais|golles i|"
            r"gollais i|golli) (?:fy |y )?(?:swydd|gwaith|job))"
        ),
    ),
    (
        Fact.GOT_WORK,
        (
            r"(?:(?:got|getting|landed|offered|starting|started|start|given|passed|wedi cael|"
            r"dechrau) (?:\w+ ){0,4}(?:job|work|shifts?|contract|trial|cscs|start date|"
            r"apprenticeship|hours|gig|gwaith|swydd)|"
            r"(?:im|been) (?:\w+ )?(?:working|employed|taken on|kept on)|keep\w* me on|"
            r"took me on|taken me on|first (?:wage|pay|day at work))"
        ),
    ),
    (
        Fact.FINISHED_COURSE,
        (
            r"(?:passed|completed|finished|certificate|cert|qualified|graduat\w*|"
            r"got my (?:level|nvq|gcse|maths|english)|wedi (?:pasio|gorffen|cwblhau)|tystysgrif)"
        ),
    ),
    (
        Fact.LEFT_COURSE,
        (
            r"(?:kicked off|dropped out|packed (?:it|in)|quit|"
            r"left (?:the |my )?(?:course|college)|defer\w*|chucked off|gave up|failed|"
            r"wedi gadael)"
        ),
    ),
    (
        Fact.STARTED_COURSE,
        (
            r"(?:start\w*|enrol\w*|signed up|accepted|got (?:a place|on)|booked|"
            r"first (?:day|lesson|class)|dechrau|wedi cofrestru|lle ar)"
        ),
    ),
    (
        Fact.CLEAN,
        (
            r"(?:clean|sober|off (?:the )?(?:gear|drink|drugs|beer|script|crack|booze)|negative|"
            r"dry|no drink|not (?:used|touched|drank)|havent (?:used|touched|drank|had)|"
            r"abstinen\w*|yn lan|sobr)"
        ),
    ),
    (
        Fact.STARTED_TREATMENT,
        (
            r"(?:script|detox|rehab|subs|buvidal|methadone|counsell\w*|counsel\w*|therap\w*|"
            r"treatment|meds|medication|tablets|keyworker|drug worker|cmht|doctor|gp|triniaeth|"
            r"meddyg)"
        ),
    ),
    (
        Fact.ATTENDED_GROUP,
        (
            r"(?:went|been|attended|done|did|go|going|was at|enjoyed|es i|bues|fues|fuais|shared|"
            r"spoke|chair\w*|first|helping|good|helps)"
        ),
    ),
)
_FACT_PATTERNS = {fact: re.compile(rf"\b(?:{words})\b") for fact, words in _FACTS}
HOUSING = (Fact.LOST_HOME, Fact.GOT_HOME)
WORK = (Fact.LOST_WORK, Fact.GOT_WORK)
COURSE = (Fact.LEFT_COURSE, Fact.FINISHED_COURSE, Fact.STARTED_COURSE)
GROUP = (Fact.ATTENDED_GROUP,)
HEALTH = (Fact.CLEAN, Fact.STARTED_TREATMENT)
_UNCERTAIN = re.compile(
    r"\b(?:not|no|didnt|dont|havent|hasnt|never|wont|cant|might|may|if|hope|hoping|hopefully|"
    r"nearly|almost|want|wanna|would|waiting|applied|apply|viewing|threaten\w*|scared|worried|"
    r"ddim|dim)\b"
)

_TOPICS: Mapping[QuestionTopic, re.Pattern[str]] = {
    QuestionTopic.WHERE: re.compile(
        r"\b(?:where(?:s)? (?:is|am|do|are|s|abouts?|i|"
        r"it)\b(?! (?:my|the) (?:money|stuff|worker|bus|phone))|where$|wheres it|"
        r"whats the address|what is the address|which (?:office|building|place)|lle|ble|"
        r"whats the postcode|address)\b"
    ),
    QuestionTopic.WHEN: re.compile(
        r"\b(?:what time|wat time|when(?:s)? (?:is|am|do|s|i|it)|when$|whens it|which day|"
        r"what day|faint o r gloch|faint or gloch|pryd|pa bryd|pa ddiwrnod|pa amser)\b"
    ),
    QuestionTopic.WHO: re.compile(
        r"\b(?:who (?:is it with|am i (?:seeing|meeting)|do i (?:see|ask for|meet)|"
        r"is my appointment with|with|will i)|whos it with|whos? (?:am )?i (?:seeing|meeting)|"
        r"which worker|gyda phwy|efo pwy|pwy (?:dw|ydw|fydd))\b"
    ),
}
_OTHER_TOPICS = re.compile(
    r"\b(?:bring|park\w*|bus|expenses|refund|how long|can i|could i|is there|do i have to|why|"
    r"tag|licence|friday instead|cost|reimburs\w*|else|my money|results?|heard)\b"
)


def check_in_value(line: str) -> int | None:
    """The check-in answer in a normalised line, 1 (good) to 4 (need help), in digits or words; None
    if there is none or more than one.
    """
    if (last := _LAST_DIGIT.search(line)) and len(_DIGITS.findall(line)) == 1:
        return int(last[1])
    digits = {int(digit) for digit in _DIGITS.findall(line[:12]) if int(digit) in (1, 2, 3, 4)}
    if line[:1].isdigit():
        return (
            digits.pop() if len(digits) == 1 and line.split()[0] in ("1", "2", "3", "4") else None
        )
    rest, found = line, []
    for value, pattern in _SCALE:
        if pattern.search(rest):
            found.append(value)
            rest = pattern.sub(" ", rest)
    if len(set(found)) == 1:
        return found[0]
    return None if found or len(digits) != 1 else digits.pop()


def cause(line: str) -> Cause | None:
    """What stops, or stopped, the person from attending: the first cause that matches a normalised
    line, the most binding first.
    """
    return next((cause for cause, pattern in _CAUSE_PATTERNS if pattern.search(line)), None)


def fact(line: str, candidates: Sequence[Fact]) -> Fact | None:
    """The first of the `candidates` that a normalised line states; None if it states none of them,
    or only hopes for or fears it.
    """
    for candidate in candidates:
        match = _FACT_PATTERNS[candidate].search(line)
        if match is None:
            continue
        if candidate in (Fact.LOST_HOME, Fact.LOST_WORK, Fact.LEFT_COURSE, Fact.CLEAN):
            return candidate
        return None if _UNCERTAIN.search(line[: match.end()]) else candidate
    return None


def question_topic(line: str) -> QuestionTopic | None:
    """What a question asks for, if that is one thing that the record can answer."""
    if _OTHER_TOPICS.search(line):
        return None
    found = [topic for topic, pattern in _TOPICS.items() if pattern.search(line)]
    return found[0] if len(found) == 1 else None
