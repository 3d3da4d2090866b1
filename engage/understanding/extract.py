"""What goes with a meaning: minutes late, a day or time named, the answer of a check-in, what
stands in the way, the news told. Pure.

It reads words, not meanings: it is asked only for what belongs to a meaning that the reader has
found, and gives None where the words say nothing, or two things. Patterns are for the reader's own
spelling (normalise.py).
"""

import re
from collections.abc import Mapping, Sequence

from engage.understanding.vocabulary import Asks, Cause, Fact

LONGEST_WAIT = 180
"""Minutes: a longer lateness is no lateness that a machine should note by itself."""

_DAYS = {
    "mon": "mon|llun",
    "tue": "tue|mawrth",
    "wed": "wed|mercher",
    "thu": "thu|iau",
    "fri": "fri|gwener",
    "sat": "sat|sadwrn",
    "sun": "sun|sul",
    "today": "today|heddiw|heddi",
    "tomorrow": "tomorrow|fory|yfory",
}
_DAY_PATTERNS = {day: re.compile(rf"\b(?:{words})\b") for day, words in _DAYS.items()}
_MINUTES = re.compile(
    r"\b(\d{1,3}) ?(?:minutes|m)\b|\b(?:in|about|another|be|there|mewn|tua) (?:about )?(\d{1,3})\b(?! ?(?:oclock|am|pm|:))"
)
_LENGTHS = (
    (re.compile(r"\b(?:half an|half a|half|hanner) (?:hour|awr)\b"), 30),
    (re.compile(r"\b(?:quarter of an|chwarter) (?:hour|awr)\b"), 15),
    (re.compile(r"\b(?:an|1|a) (?:hour|awr)\b"), 60),
)
_CLOCK = re.compile(
    r"\b(?:(half|quarter) (past|to) )?(\d{1,2})(?:[:.](\d{2}))? ?(am|pm|oclock|o clock)?\b|\bhalf (\d{1,2})\b"
)
_NAMED_TIMES = (("12:00", re.compile(r"\b(?:noon|midday|dinner ?time|lunch ?time|canol dydd)\b")),)

_NOT = r"(?:not|isnt|aint|dont feel|ddim yn)"
_SCALE: tuple[tuple[int, re.Pattern[str]], ...] = (
    (2, re.compile(r"\bnot (?:too |so |that |half )?bad\b|\bddim yn ddrwg\b|\bcould be worse\b")),
    (
        4,
        re.compile(
            r"\b(?:need (?:some |a bit of |ur |your )?help|really need|angen help|angen cymorth|desperate|in bits)\b"
        ),
    ),
    (
        3,
        re.compile(
            rf"\b{_NOT} (?:so |that |too |very |really |all that |doing |doing so |doing too |feeling |feeling too |been |a |so )?(?:great|good|well|brilliant|clever|hot|dda|wych)\b"
            r"|\b(?:rough|struggling|strugglin|bad|crap|shit|shite|rubbish|awful|terrible|poor|low|down|hard|grim|naff|pants|worse|stressed|stressful|miserable|gwael|anodd|isel|uffernol)\b"
        ),
    ),
    (
        2,
        re.compile(
            r"\b(?:ok|alright|fine|so so|average|meh|middling|getting by|plodding|plodding on|surviving|steady|bearable|iawn|go lew|gweddol|canolig)\b"
        ),
    ),
    (
        1,
        re.compile(
            r"\b(?:good|great|brilliant|brill|excellent|fantastic|amazing|mint|lovely|ace|class|buzzing|happy|sound|well|smashing|belting|da|gwych|grêt|gret|da iawn|ardderchog|bendigedig)\b"
        ),
    ),
)
_DIGITS = re.compile(r"\b\d+\b")

_CAUSES: tuple[tuple[Cause, str], ...] = (
    (
        Cause.CUSTODY,
        r"(?:arrested|nicked|locked up|in (?:the )?cells?|custody|recalled|on remand|banged up|police station|y ddalfa)",
    ),
    (
        Cause.BEREAVEMENT,
        r"(?:funeral|passed away|passing|died|wake|burial|cremat\w+|angladd|cynhebrwng|wedi marw)",
    ),
    (
        Cause.COURT,
        r"(?:court|magistrates?|hearing|solicitor|sentenced|crown|llys|cyfreithiwr)(?! (?:voices|aid))",
    ),
    (
        Cause.CHILDCARE,
        r"(?:childcare|babysit\w*|sitter|nursery|school run|schools? (?:is |are )?(?:shut|closed|rang|called)|inset|creche|nobody (?:to|for) (?:mind|watch|have) (?:the |my )?\w+|(?:kids?|son|daughter|baby|little (?:1|boy|girl|lad)|bairn|wee (?:1|man)|toddler)s? (?:are |is |been |off |got )?(?:ill|sick|poorly|off|bad|temp\w*|chicken|at home)|(?:got|have|having|with|watching|minding) (?:the|my|all the) (?:kids?|babies|baby|children|boys|girls|bairns|little 1s?)|gwarchod|plant|ysgol)",
    ),
    (
        Cause.TRANSPORT,
        r"(?:bus(?:es)?|trains?|tram|metro|taxi|lift|car|van|bike|petrol|fuel|tyre|puncture|traffic|mot|motor|bws|tren|trên|trens|drive|driving|broke down|stranded|no way (?:of getting )?(?:there|in)|get (?:there|in)|walk (?:in|that far|it)|too far)",
    ),
    (
        Cause.MONEY,
        r"(?:skint|no money|no cash|fare|broke|payday|paid til|till i get paid|cant afford|no dosh|potless|pennies|giro|pres|arian|dim pres)",
    ),
    (
        Cause.WORK,
        r"(?:work|working|workin|shift|shifts|overtime|boss|gaffer|job|job centre|jobcentre|agency|site|interview|nights|rota|gweithio|gwaith|sifft|cyfweliad)",
    ),
    (
        Cause.ILLNESS,
        r"(?:ill|sick|poorly|flu|covid|puking|throwing up|vomiting|the runs|migraine|headache|bad (?:back|chest|stomach|belly|tooth|leg|knee|foot)|tooth\w*|dentist|doctors?|gp|hospital|hosp|a and e|operation|surgery|broken|broke my|sprained|fever|temperature|infection|in bed|pain|injured|fell|rattling|withdraw\w*|clucking|not well|unwell|rough as|meds|medication|sal|sâl|tost|ysbyty|meddyg|annwyd|ffliw)",
    ),
    (
        Cause.RELIGION,
        r"(?:eid|ramadan|mosque|jummah|church|mass|prayers?|diwali|passover|sabbath|eglwys|capel)",
    ),
    (
        Cause.HOLIDAY,
        r"(?:holidays?|away|on me hols|hols|abroad|wedding|christening|birthday|caravan|gwyliau|priodas)",
    ),
    (
        Cause.FAMILY,
        r"(?:mum|mam|dad|nan|nana|gran|grandad|brother|sister|missus|wife|girlfriend|partner|family|carer|caring for|row with|teulu|nain|taid|chwaer|brawd|mamgu|tadcu)",
    ),
    (
        Cause.PHONE,
        r"(?:phone|charger|battery|sim|credit|signal|text never|never got (?:the|a|your) (?:text|letter|message)|didnt (?:get|see) (?:the|a|your|any) (?:text|letter|message)|ffon|ffôn|no (?:text|letter))",
    ),
    (
        Cause.OVERSLEPT,
        r"(?:overslept|over slept|slept (?:in|through|late)|sleepin in|alarm|didnt wake|only just (?:woke|up)|fell asleep|woke up|cysgu|still in bed)",
    ),
    (
        Cause.FORGOT,
        r"(?:forgot|forgotten|slipped my mind|mixed up|mixed my|wrong (?:day|week|time|date)|thought it was|lost track|got (?:the |my )?(?:days?|dates?|times?) (?:wrong|mixed|muddled)|anghofi\w*|nghofi\w*)",
    ),
)
_CAUSE_PATTERNS = tuple((cause, re.compile(rf"\b(?:{words})\b")) for cause, words in _CAUSES)

_LOST = r"(?:lost|losing|kicked out|chucked out|thrown out|evict\w*|notice|made redundant|sacked|laid off|let (?:me )?go|finished me|given me my cards|section 21|repossess\w*|colli)"
_FACTS: tuple[tuple[Fact, str], ...] = (
    (
        Fact.LOST_HOME,
        rf"(?:evict\w*|kicked (?:me )?out|chucked (?:me )?out|thr(?:own|ew) (?:me )?out|section 21|notice to quit|(?:lost|losing|colli) (?:the |my |me )?(?:flat|house|home|room|tenancy|place|hostel|bed|fflat|ty|stafell)|homeless|sofa surf\w*|locks (?:have been )?changed|(?:got to|have to|gotta) (?:be out|leave|get out)|{_LOST} (?:the |my )?(?:flat|tenancy|room|house))",
    ),
    (
        Fact.GOT_HOME,
        r"(?:(?:got|getting|get|picked up|collected|signed for|signed|moved into|moving into|offered|given|accepted|found|wedi cael) (?:\w+ ){0,4}(?:keys?|flat|house|bungalow|room|bedsit|tenancy|place|studio|hostel|digs|home|fflat|ty|goriad\w*|allwedd\w*|stafell)|housed|moved in|moving in)",
    ),
    (
        Fact.LOST_WORK,
        r"(?:sacked|laid off|made redundant|redundan\w*|let (?:me )?go|finished me|lost (?:the |my |me )?(?:job|work|shifts|hours|placement)|sack|no more shifts|shut (?:down|the)|dropped me|didnt keep me|colli (?:fy |y )?(?:swydd|gwaith|job))",
    ),
    (
        Fact.GOT_WORK,
        r"(?:(?:got|getting|landed|offered|starting|started|start|given|passed|wedi cael|dechrau) (?:\w+ ){0,4}(?:job|work|shifts?|contract|trial|cscs|start date|apprenticeship|hours|gig|gwaith|swydd)|(?:im|been) (?:\w+ )?(?:working|employed|taken on|kept on)|keep\w* me on|took me on|taken me on|first (?:wage|pay|day at work))",
    ),
    (
        Fact.FINISHED_COURSE,
        r"(?:passed|completed|finished|certificate|cert|qualified|graduat\w*|got my (?:level|nvq|gcse|maths|english)|wedi (?:pasio|gorffen|cwblhau)|tystysgrif)",
    ),
    (
        Fact.LEFT_COURSE,
        r"(?:kicked off|dropped out|packed (?:it|in)|quit|left (?:the |my )?(?:course|college)|defer\w*|chucked off|gave up|failed|wedi gadael)",
    ),
    (
        Fact.STARTED_COURSE,
        r"(?:start\w*|enrol\w*|signed up|accepted|got (?:a place|on)|booked|first (?:day|lesson|class)|dechrau|wedi cofrestru|lle ar)",
    ),
    (
        Fact.CLEAN,
        r"(?:clean|sober|off (?:the )?(?:gear|drink|drugs|beer|script|crack|booze)|negative|dry|no drink|not (?:used|touched|drank)|havent (?:used|touched|drank|had)|abstinen\w*|yn lan|sobr)",
    ),
    (
        Fact.STARTED_TREATMENT,
        r"(?:script|detox|rehab|subs|buvidal|methadone|counsell\w*|counsel\w*|therap\w*|treatment|meds|medication|tablets|keyworker|drug worker|cmht|doctor|gp|triniaeth|meddyg)",
    ),
    (
        Fact.ATTENDED_GROUP,
        r"(?:went|been|attended|done|did|go|going|was at|enjoyed|es i|bues|fues|fuais|shared|spoke|chair\w*|first|helping|good|helps)",
    ),
)
_FACT_PATTERNS = {fact: re.compile(rf"\b(?:{words})\b") for fact, words in _FACTS}
HOUSING = (Fact.LOST_HOME, Fact.GOT_HOME)
WORK = (Fact.LOST_WORK, Fact.GOT_WORK)
COURSE = (Fact.LEFT_COURSE, Fact.FINISHED_COURSE, Fact.STARTED_COURSE)
GROUP = (Fact.ATTENDED_GROUP,)
HEALTH = (Fact.CLEAN, Fact.STARTED_TREATMENT)
_UNDONE = re.compile(
    r"\b(?:not|no|didnt|dont|havent|hasnt|never|wont|cant|might|may|if|hope|hoping|hopefully|nearly|almost|want|wanna|would|waiting|applied|apply|viewing|threaten\w*|scared|worried|ddim|dim)\b"
)

_ASKS: Mapping[Asks, re.Pattern[str]] = {
    Asks.WHERE: re.compile(
        r"\b(?:where(?:s)? (?:is|am|do|are|s|abouts?|i|it)\b(?! (?:my|the) (?:money|stuff|worker|bus|phone))|where$|wheres it|whats the address|what is the address|which (?:office|building|place)|lle|ble|whats the postcode|address)\b"
    ),
    Asks.WHEN: re.compile(
        r"\b(?:what time|wat time|when(?:s)? (?:is|am|do|s|i|it)|when$|whens it|which day|what day|faint o r gloch|faint or gloch|pryd|pa bryd|pa ddiwrnod|pa amser)\b"
    ),
    Asks.WHO: re.compile(
        r"\b(?:who (?:is it with|am i (?:seeing|meeting)|do i (?:see|ask for|meet)|is my appointment with|with|will i)|whos it with|whos? (?:am )?i (?:seeing|meeting)|which worker|gyda phwy|efo pwy|pwy (?:dw|ydw|fydd))\b"
    ),
}
_ASKS_MORE = re.compile(
    r"\b(?:bring|park\w*|bus|expenses|refund|how long|can i|could i|is there|do i have to|why|tag|licence|friday instead|cost|reimburs\w*|else|my money|results?|heard)\b"
)


def days(line: str) -> tuple[str, ...]:
    """The days that a normalised line names, each once."""
    return tuple(day for day, pattern in _DAY_PATTERNS.items() if pattern.search(line))


def minutes_late(line: str) -> int | None:
    """How many minutes a normalised line speaks of: one number from 1 to 180, else None."""
    found = {int(one[1] or one[2]) for one in _MINUTES.finditer(line)}
    length = next((minutes for pattern, minutes in _LENGTHS if pattern.search(line)), None)
    found |= {length} if length is not None else set()
    only = found.pop() if len(found) == 1 else None
    return only if only is not None and 1 <= only <= LONGEST_WAIT else None


def time_named(text: str) -> str | None:
    """The one time of day that a text names, as `14:30`; hours without am or pm are taken as 8 in
    the morning to 7 in the evening.
    """
    lowered = text.lower().replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    found = {time for time, pattern in _NAMED_TIMES if pattern.search(lowered)}
    found |= {time for one in _CLOCK.finditer(lowered) if (time := _time(one, lowered))}
    return found.pop() if len(found) == 1 else None


def _time(one: re.Match[str], text: str) -> str | None:
    part, side, hour_words, minute_words, half, half_hour = one.groups()
    at = text[: one.start()].rstrip().endswith(
        (" at", " for", " til", " till", " after", " by", " am", "o")
    ) or (text[: one.start()].strip() in ("at", "for"))
    if half_hour is not None:
        hour, minute = int(half_hour), 30
    else:
        if not (minute_words or half or part or at):
            return None
        hour, minute = int(hour_words), int(minute_words or 0)
        if part:
            minute = {"half": 30, "quarter": 15}[part]
            if side == "to":
                hour, minute = hour - 1, 60 - minute
    if hour > 23 or minute > 59:
        return None
    if (half == "pm" and hour < 12) or (half != "am" and 1 <= hour < 8):
        hour += 12
    return f"{hour:02d}:{minute:02d}"


def check_in_value(line: str) -> int | None:
    """The answer of a check-in, 1 (good) to 4 (need help), in digits or words of a normalised line;
    None where it is none or several.
    """
    digits = {int(one) for one in _DIGITS.findall(line[:12]) if int(one) in (1, 2, 3, 4)}
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
    """What a normalised line says stands, or stood, in the way: the first that fits, those that
    bind most first.
    """
    return next((one for one, pattern in _CAUSE_PATTERNS if pattern.search(line)), None)


def fact(line: str, among: Sequence[Fact]) -> Fact | None:
    """The news of a normalised line, among those of its kind; None where it is none of them, or
    only hoped for or feared.
    """
    for one in among:
        found = _FACT_PATTERNS[one].search(line)
        if found is None:
            continue
        if one in (Fact.LOST_HOME, Fact.LOST_WORK, Fact.LEFT_COURSE, Fact.CLEAN):
            return one
        return None if _UNDONE.search(line[: found.end()]) else one
    return None


def asked(line: str) -> Asks | None:
    """What a question asks that the record can answer, if it asks one such thing and nothing else."""
    if _ASKS_MORE.search(line):
        return None
    found = [one for one, pattern in _ASKS.items() if pattern.search(line)]
    return found[0] if len(found) == 1 else None
