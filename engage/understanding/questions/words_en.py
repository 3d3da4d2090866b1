"""Parts of the English patterns, and the small talk that may stand beside a question. Data only."""

from collections.abc import Sequence

MAY = (
    r"(?:(?:can|could|may|shall) i|(?:(?:do|would) )?(?:you )?mind if i|any chance i can|"
    r"(?:(?:is|would) (?:it|that) (?:be )?(?:still )?|)(?:ok|alright|alrite|fine|cool|allowed|"
    r"possible|a problem|safe)(?: 2)? (?:if i|to|for me to)|am i (?:ok|alright|allowed|able) to)"
)
BRING = r"(?:bring|brings|take|fetch|have|brin|bringing|brought|took)"
DET = r"(?:(?:my|me|the|our|a|an|any|all|both|2|3|4|new|little|lil|wee|own|small|young|old|baby) )*"
KIDS = (
    r"(?:child|children|childs|kid|kids|kiddo|kiddos|kiddies|kidz|baby|babies|babys|bab|bairn|"
    r"bairns|wean|weans|toddler|toddlers|little 1|little 1s|wee 1|wee man|lil man|lil 1|son|"
    r"daughter|lad|little lad|little boy|little girl|girl|boy|boys|girls|newborn|nipper|sprog|"
    r"bubba|grandson|granddaughter|grandkids|grandchild|grandchildren|stepson|stepdaughter|twins|"
    r"youngest|eldest|youngun|young 1|young 1s|pram|buggy|pushchair)"
)
NO_SITTER = (
    r"(?:(?:ive |i have |i )?(?:got )?(?:nobody|no1|no childcare|no sitter|no babysitter) "
    rf"(?:(?:2|to|for) )?(?:(?:watch|mind|have|look after|sit for|leave) )?(?:{DET}{KIDS} )?"
    r"(?:with )?(?:so )?)"
)
PEOPLE = (
    r"(?:some1|someone|somebody|any1|anyone|anybody|mum|mam|mother|dad|father|partner|wife|husband|"
    r"hubby|missus|mrs|gf|girlfriend|bf|boyfriend|bird|fella|other half|sister|sis|brother|bro|nan|"
    r"nana|gran|grandad|auntie|aunt|uncle|cousin|friend|mate|pal|support worker|carer|keyworker|"
    r"key worker|social worker|advocate|interpreter|relative|family|family member|other person)"
)
WITH_ME = r"(?: (?:in|along|too|as well|in too|along too))?(?: (?:with|wi|w) me)?"
DOG = (
    r"(?:dog|dogs|doggo|doggy|pup|puppy|pooch|mutt|staffy|staffie|guide dog|assistance dog|"
    r"support dog|hound|whippet|terrier|lurcher|labrador)"
)
ID = (
    r"(?:id|identification|ident|idea with my photo|passport|driving licence|licence|provisional|"
    r"birth certificate|paperwork|papers|documents|docs|letter|letters|bank card|forms|anything|"
    r"anythin|owt|something|summat|proof of address|proof of id|proof of who i am|stuff)"
)
NEED = r"(?:need|have|got|gotta|hav|needing|require)"
LATE = (
    r"(?:(?:a )?(?:bit|few|couple of|little|5|10|15|20|30|half an|half|an|few) )*"
    r"(?:minutes |hour )?(?:late|delayed)"
)
GO_ON = r"(?:go|going|get|gonna go|gonna be|be|put|end up|show|show up|stay|kept|go down|come up)"
RECORD = r"(?:(?:my|the|a|any|me) )?(?:record|records|file|files|notes)"
WHAT_I_TEXT = (
    r"(?:(?:this|these|my|the|our|all these|all my) (?:text|chat|"
    r"chats|conversation|replies|reply)|what i (?:say|text|put|write|tell you|send)|"
    r"wat i (?:say|text|put)|it all|this|it|that|these|everything|all this)"
)
FARE = (
    r"(?:bus fare|busfare|bus fares|train fare|train fares|fare|fares|travel costs|"
    r"travel money|travel expenses|expenses|bus money|bus pass|bus ticket|train ticket|"
    r"taxi fare|petrol money|transport costs|tram fare|metro fare|bus money back)"
)
RIDE = r"(?:bus|train|tram|metro|taxi|petrol|fuel|transport|travel|travelling)"
YOU = r"(?:you|they|yous|u lot|someone)"
HOLIDAY = (
    r"(?:(?:the |this |it being |its |it is )?(?:bank (?:holiday|hol|hols|holidays|hoilday|"
    r"holliday|hoiliday)|bankholiday|"
    r"bhm|easter|good fri|easter mon|christmas|christmas eve|christmas day|xmas|xmas eve|xmas day|"
    r"boxing day|new years|new years day|new years eve|new year|public holiday|may day)"
    r"(?: (?:mon|tue|wed|thu|fri|sat|sun|weekend|day|week|period))*)"
)
ATTEND = (
    r"(?:come|come in|come down|be there|attend|turn up|report|show up|see you|go|be in|visit|"
    r"coming|coming in|in|seeing you|on|booked in|meant to come|supposed to come|there|due in)"
)
MISSED_1 = (
    r"(?:(?:1|an appointment|my appointment|the appointment|my last appointment|last appointment|"
    r"an appt|a meeting|"
    r"my meeting|it|my last 1|the last 1|any appointment|my slot|a session|a visit)"
    r"(?: (?:with you|today|yesterday|last week|this week|this morning|on (?:mon|tue|wed|thu|"
    r"fri)))*)"
)
SOME = (
    r"(?:appointment|more|sessions|session|visits|meetings|times|more times|more appointment|"
    r"more sessions|weeks|months|days|longer|more weeks|more months|time|of these|more of these|"
    r"left)"
)
END = r"(?:end|ends|finish|finishes|finished|over|done|stop|be over|be done|be finished|run out)"
STILL = r"(?:(?:still|definitely|actually|really|all|for|sure|100|%|deffs|properly|already) )*"
BOOKED = (
    r"(?:booked in|booked|confirmed|on|going ahead|goin ahead|happening|arranged|set|set up|"
    r"scheduled|in the diary|in the book|been booked|gonna happen)"
)
THE_ONE = (
    r"(?:that|it|this|(?:my|the|that|our) (?:appointment|meeting|slot|1|visit|call|session)|"
    r"that 1|this 1|(?:my |our )?(?:mon|tue|wed|thu|fri|tomorrow|today|next week)s?(?: 1)?)"
)
TELL = (
    r"(?:(?:can|could) you (?:tell|remind) me|tell me|remind me|do you know|forgot|ive forgotten|"
    r"i forgot|forgotten|i forget|not sure|im not sure|dunno|cant remember|i cant remember|"
    r"dont know|i dont know|just checking|can i ask|wondering|just wondering)"
)
SEE = r"(?:see|seeing|meet|meeting|talking to|speaking to|in with|booked in with|with)"

FILLER_PHRASES: Sequence[str] = (
    r"let me know",
    r"(?:i )?(?:was |am |im )?just (?:wanna|wanted to) (?:know|ask|check)",
    r"(?:i )?(?:wanna|wanted to|need to|got to) (?:know|ask|check)",
    r"(?:can|could) i (?:just )?ask",
    r"(?:i )?(?:was |am |im )?(?:just )?(?:wondering|wonderin|checking|asking)(?: if)?",
    r"(?:do|does) (?:you|any1|anyone) know(?: if)?",
    r"(?:a )?(?:quick|silly|daft|stupid) (?:question|1|q)",
    r"(?:sorry )?to (?:bother|bug|pester) you",
    r"(?:if|when) you (?:dont mind|get a chance|get a minute|can)",
    r"or (?:not|what|nah|no|is it not|anything)",
    r"not (?:being funny|to be funny|being rude)",
    r"(?:when|if) i (?:come|come in|come to see you|see you|get there|visit|attend)",
    r"for (?:my|the|this|that|our) (?:next )?(?:appointment|meeting|visit|1)",
    r"to (?:my|the|this|that|our) (?:next )?(?:appointment|meeting|visit|office|place|centre|1)",
    r"(?:from|near) (?:the )?(?:train |bus |metro )?(?:station|town|town centre|city|city centre|"
    r"mine|"
    r"my house|home|here|bus stop)",
    r"by (?:bus|train|car|foot|metro|tram)",
    r"on the (?:bus|train|metro|tram)",
    r"(?:this|the) (?:week|time|morning|afternoon|evening)",
    r"no rush",
)
"""Small talk that changes nothing about a question beside it."""

FILLERS = (
    "hi morning afternoon evening good alright please thanks sorry kiss smile ok just also again "
    "so "
    "then btw oh um erm er well like quick quickly question me you i there here it at the a to "
    "for my "
    "appointment meeting come coming in see with tomorrow today tonight mon tue wed thu fri sat "
    "sun on "
    "next this week mate pal bud buddy love boss chief haha lol now still and n is bro fam fella "
    "hun "
    "though tho anyway pm am oclock o clock as too hmm"
)
"""Words that change nothing about a question beside them."""
