"""Signs of danger that stand in ordinary words, each with the kind of danger that it shows. Pure.

They are found whatever the classifier thinks. danger.py has the plain words; the signs are what
people write about somebody else (blue lips, a child left alone, a note on the table), and threats
that name no weapon. Figures of speech are left out only if the text shows what they are about. The
patterns expect normalised text, in which Welsh words stand together ("mae'r" is `maer`).
"""

import re

from engage.understanding.safety.kinds import DangerKind

_SMALL_CHILD = (
    r"(?:baby|babies|babi|bairns?|weans?|toddler|new ?born|kids?|kiddies|child(?:ren)?|"
    r"little (?:un|uns|1|ones?|boy|girl|lad|lass))"
)
_CHILD = (
    rf"(?:{_SMALL_CHILD}|(?:my |his |her |their |our |wor |me )(?:step ?)?(?:sons?|lads?|boys?|"
    r"daughters?|girls?|lass|grandson|granddaughter))"
)
_OWN = r"(?:the|my|me|his|her|their|our|wor|that)"
_NOT_ILL = (
    r"(?!.{0,80}\b(?:bug|poorly|sick|sickness|ill|virus|tooth|teeth\w*|temperature|fussy|refus\w+|"
    r"doctors?|gp|salwch|sal|dannedd)\b)"
)
"""A child that does not eat because it is ill is no danger."""
_SOMEBODY = (
    r"(?:hes?|shes?|(?:mate|mum|mam|dad|nan|nana|partner|missus|brother|sister|friend|flatmate|"
    r"baby|bairn|lad|lass|boyfriend|girlfriend|bf|gf)s?)"
)
_NOT_FOR = r"(?! (?:up )?(?:for|till|til|until|before|in time|early|at \d)\b)"
_WILL = r"(?:il|ill|gonna|gunna|wanna|will|would|id|swear|want to|going to)"

_SIGNS: dict[DangerKind, tuple[str, ...]] = {
    DangerKind.OVERDOSE_OR_INJURY: (
        (
            r"\b(?:had|took|taken|ate|swallowed|necked) (?:about |like |over |bout |around |nearly "
            r")?"
            r"[1-9]\d (?:\w+ )?(?:paracetamols?|tablets|tabs|pills|sleepers|zopis?|codeine|"
            r"ibuprofen|pregabs?)\b(?! (?:left|to last|prescribed|for the|from|off|delivered|"
            r"stolen|"
            r"nicked|missing|a (?:week|month)))"
        ),
        (
            r"\blips? (?:(?:is|are|have|has|r|all|gone|going|went|turned|turning|looks?|looking|"
            r"proper|bright|a bit) )*(?:blue|purple|grey)\b(?! (?:from|with|off|after) )|"
            r"\bblue lips\b(?! (?:from|with|off|after) )"
        ),
        (
            r"\b(?:not|isnt|aint|barely|hardly) (?:even )?breathing\b(?! (?:a|exercises?|down|"
            r"space|room|easy|(?:properly )?through (?:his|her|my)|tests?)\b)"
        ),
        (
            r"\b(?:unconscious|unresponsive|anymwybodol)\b(?! (?:bias|competence|thing|habit))|"
            rf"\b{_SOMEBODY} (?:is |was |has )?(?:out cold|foaming at the mouth)\b(?! (?:over|"
            r"about|at|lol))"
        ),
        (
            rf"\b{_SOMEBODY} (?:just )?(?:wont|isnt|is not|not) (?:wake|waking|com(?:e|ing) "
            rf"(?:round|to))\b{_NOT_FOR}|\bcant (?:wake|rouse) (?:him|her|them|(?:my|me|the|our|"
            rf"wor) \w+)\b{_NOT_FOR}"
        ),
        (
            rf"\b{_SOMEBODY} (?:has |have |just |s )*(?:collapsed|keeled over)\b(?! (?:laughing|"
            r"with laughter|in a heap laughing))"
        ),
        (
            r"\bbleeding (?:really |so |proper )?(?:out|bad|badly|all over|loads|lots|heavy|"
            r"heavily|like mad|from (?:my|me|his|her|the) (?:head|neck|wrists?|arms?|legs?|"
            r"stomach|belly|chest|ears?|side|back|face))\b|\bblood (?:is |keeps |just )*(?:pouring|"
            r"gushing|spurting)\b|\b(?:wont|cant|cannot) stop (?:the |it |him |her )*(?:bleeding|"
            r"blood)\b"
        ),
        (
            r"\bgwaedu\w* (?:yn |n )?(?:ddrwg|wael|drwm|lot|llawer|llwyth|ofnadwy|i gyd|"
            r"ym ?mhob ?man|yn bobman|dros bob man)\b|\bgwaed (?:\w+ )?(?:ym ?mhob ?man|yn bobman|"
            r"dros bob ?man|dros y lle)\b|\b(?:ddim|methu|gwrthod) (?:yn )?stopi(?:o|or) (?:y )?"
            r"gwaed\w*\b"
        ),
        (
            r"\bg?wefusau\w* (?:\w+ ){0,3}(?:las|glas|biws|lwyd)\b|\b(?:ddim|ddim yn|di stopio|"
            r"wedi stopio|stopio|prin yn) anadlu\b|\bmethu (?:deffro|dihuno|ddeffro) (?:o|hi|fo|"
            r"fe|ef|mam|dad|nain|taid)\b"
        ),
    ),
    DangerKind.WISHES_TO_DIE: (
        (
            r"\b(?:tired|sick|weary|done|finished) (?:of|with) (?:this |my |the |all this "
            r")?(?:life|"
            r"living|world|existing|existence|being alive)\b|\bwedi (?:blino|cael digon|laru) "
            r"(?:byw|ar fyw|ar fy mywyd)\b"
        ),
        (
            r"\b(?:she|shes) (?:\w+ )?(?:said|says|saying|thinks|told \w+) (?:that )?(?:\w+ ){1,5}?"
            r"better off (?:without her|if she)\b|\b(?:he|hes) (?:\w+ )?(?:said|says|saying|"
            r"thinks|told \w+) (?:that )?(?:\w+ ){1,5}?better off (?:without him|if he)\b"
        ),
        (
            r"^(?=.*\b(?:she|shes|her|he|hes|him|hi|fo|fe)\b)(?=.*\b(?:scared|worried|frightened|"
            r"terrified|police|note|letter|goodbye|ring|not (?:her|him)self|not been (?:her|him)"
            r"self|really low|depressed|poeni|ofn|nodyn|llythyr)\b)(?!.*\b(?:dog|cat|puppy|kitten|"
            r"pet|dogs|cats|parcel|post|bag|purse|wallet|ci|cath|gath)\b).*\b(?:(?:gone|went) "
            r"missing|cant "
            r"find (?:her|him) (?:anywhere|any ?place)|walked (?:off|out) and (?:\w+ ){0,3}(?:not|"
            r"off|switched off)|mynd ar goll|diflannu)\b"
        ),
        (
            r"\b(?:she|shes|he|hes|has|have) (?:\w+ ){0,3}?(?:left|wrote|written) (?:\w+ ){0,6}?"
            r"(?:note|letters?|notes)\b(?!.*\b(?:postman|parcel|delivery|missed|desk|fridge|"
            r"work|shop|shift|neighbours?|landlord|council|school|teacher)\b).{0,40}\b(?:sorry|"
            r"goodbye|forgive|loves? (?:us|me|them|you)|cant find|missing|for (?:the|her|his|my) "
            r"(?:kids|bairns|children|mum|mam|family)|to (?:all of )?us|ring|gone)\b"
        ),
        (
            r"\bleft (?:\w+ ){0,4}?(?:wedding |engagement )ring\b(?!.*\b(?:gym|sink|work|"
            r"bathroom|cafe|shop)\b)"
        ),
        (
            rf"\b(?:think|thinks|scared|frightened|worried|afraid|terrified|{_SOMEBODY}|might|"
            r"gonna) (?:\w+ ){0,5}?do(?:ing|ne)? (?:something|summat|summet|anything|owt) (?:bad |"
            r"stupid |silly )?to (?:her|him|them|my|me)sel(?:f|ves)\b"
        ),
        r"^(?:im |i am )?(?:about to |gonna |ready to )jump(?: now| tonight)?$",
    ),
    DangerKind.CHILD_AT_RISK: (
        (
            r"\b(?:shakes?|shaking|shook|burns|burnt|burning|chok(?:es|ed|ing)|smothers?|"
            rf"starves?|pinches|slaps|smacks|hits|kicks|punches|whacks|belts) {_OWN} (?:little |"
            rf"poor |new |wee )?{_SMALL_CHILD}(?= (?:when\w*|if|cos|because|and|until|so|every|all|"
            r"again|hard|really|about|around|like|with (?:a|his|her)|at night|if it|to (?:shut|"
            r"make|stop))\b|$)"
        ),
        (
            rf"\b(?:throws?|threw|throwing|drags?|dragged) {_OWN} {_SMALL_CHILD} (?:across|against|"
            r"at the|down the|by (?:the|his|her|their)|onto|on the (?:floor|bed))\b|\block(?:s|ed|"
            rf"ing)? {_OWN} {_SMALL_CHILD} (?:in (?:a|the|her|his|their)|outside|out all|up in)\b"
        ),
        (
            r"\b(?:hit|smacked|slapped|belted|punched|whacked|walloped|leathered|brayed|kicked) "
            r"(?:my|me|his|her|their|our|wor|the) (?:own |little |step ?|eldest |youngest )?(?:boy|"
            r"lad|lass|girl|son|daughter|bairn|wean|kid|baby|toddler|grandson|granddaughter) "
            r"(?:\w+ "
            r"){0,3}?(?:hard|harder|mark|bruise\w*|bleeding|crying|across the (?:face|head)|in the "
            r"(?:face|head|stomach)|lost it)\b"
        ),
        (
            rf"\b{_CHILD}\b.{{0,60}}\btouch(?:es|ed|ing) (?:her|him|them)(?:$| (?:there|down|at "
            r"night|when|in (?:bed|her|his)|private\w*|and|inappropriate\w*|between|again|sexually|"
            r"wrong)\b)"
        ),
        (
            rf"\b{_CHILD} {_NOT_ILL}(?:\w+ ){{0,3}}?(?:havent|hasnt|not|aint|nothing|never) (?:\w+ "
            r"){0,2}?(?:eaten|ate|eat|fed|food)\b.{0,12}\b(?:(?:for|in) (?:\d+|a few|a couple of|"
            r"couple of|two|three) days?|days|since (?:yesterday|the weekend|mon\w*|tue\w*|wed\w*|"
            r"thu\w*|fri\w*|sat\w*|sun\w*))\b"
        ),
        (
            rf"\b{_CHILD}s? (?:\w+ ){{0,4}}?(?:alone|on (?:his|her|their|there|its) own|by (?:him|"
            r"her|them)sel\w+)\b.{0,25}\b(?:all night|all day|overnight|every night|(?:for|in) "
            r"(?:hours|days|\d+ (?:hours|days))|since (?:yesterday|last night|this morning|mon|tue|"
            r"wed|thu|fri|sat|sun)|(?:hes|shes|theyre|is|only) (?:only |just )?[1-9])\b"
        ),
        (
            r"\b(?:ysgwyd|ysgwydr|tagu|tagur|llosgi|llosgir|llwgu) (?:y |yr )?(?:babi|mabi|baban|"
            r"plentyn|plant)\b|\b(?:plant|babi|mabi|plentyn|bachgen|mab|merch|ferch|hogyn|hogan) "
            r"(?:\w+ ){0,3}?ar (?:ben )?(?:eu|ei) (?:hun\w*|pen\w*)\b.{0,25}\b(?:ers|drwyr|trwyr|"
            r"drwy|trwy|bob nos|heb neb|trw)\b|\b(?:plant|babi|mabi|plentyn) (?:\w+ ){0,3}?heb "
            r"(?:fwyta|fyta|gael bwyd)\b.{0,15}\b(?:dydd\w*|diwrnod\w*|ddiwrnod|ddyddiau|ers)\b"
        ),
    ),
    DangerKind.NOWHERE_TO_SLEEP: (
        (
            r"\b(?:sat|sitting|stopping|staying|stuck|laid|lying|spent the night|been|im) (?:\w+ "
            r")?(?:in|"
            r"at|on|under) (?:a |the |an )?(?:\w+ )?(?:bus station|station|bus shelter|bench|"
            r"doorway|"
            r"park|subway|stairwell|underpass|bridge|car ?park|launderette|mcdonalds|woods|tent) "
            r"(?:\w+ "
            r"){0,2}?(?:all night|overnight|again tonight|till morning|til morning|til it opens)\b"
            r"(?! (?:party|rave|shift|fishing))|\bon a bench (?:again )?tonight\b"
        ),
        (
            r"\b(?:ar|mewn) (?:fainc|y fainc|mainc|drws siop|arosfan|safle bws) (?:heno|drwyr nos|"
            r"trwyr nos|drwy r nos|eto heno)\b"
        ),
    ),
    DangerKind.THREATS_TO_OTHERS: (
        (
            r"\b(?:tell|warn|told|better|best|should|wants? to|needs? to|wanna) (?:\w+ ){0,5}?"
            r"watch (?:his|her|their|there|your|yous|ur) backs?\b(?! (?:when|while|lifting|with|on "
            r"|cos|its|carrying|mate|out|in the))"
        ),
        (
            r"\b(?:tell|warn|better|best|should|wants? to) (?:\w+ ){0,4}?(?:sleep with (?:one|1|"
            r"an) "
            r"eye open|look over (?:his|her|their|your) shoulder)\b"
        ),
        (
            rf"\b{_WILL} (?:\w+ ){{0,2}}?put (?:(?!me\b|us\b|myself\b)\w+ "
            r"){1,4}?in (?:a |the )?(?:hospital|icu|coma|wheelchair|morgue|intensive care|"
            r"ambulance)\b(?! (?:for|so|to get|car ?park))"
        ),
        (
            rf"\b{_WILL} (?:\w+ )?(?:break|snap) (?:his|her|their|your|\w+s) (?:legs|arms|"
            r"neck|jaw|kneecaps|fingers)\b|\b(?:gonna|going to|will|hel|shel|theyl) (?:have "
            r"to )?pay for what (?:he|she|they|youve|you|theyve|hes|shes)(?: \w+)? (?:did|done|put|"
            r"took|said)\b"
        ),
        (
            r"\b(?:throw|chuck|lob|pour) (?:\w+ )?acid (?:on|at|in|over)\b|\b(?:bought|got|filled) "
            r"(?:\w+ ){0,3}petrol\b.{0,30}\b(?:burn|torch|light (?:it|him|her|them)|set fire)\b|"
            r"\bset fire to (?:his|her|their|my) (?:\w+ )?(?:house|flat|car|gaff|office|van)\b"
            r"(?! (?:lol|by accident))"
        ),
        (
            r"\b(?:gwylioi?|wylioi?|gwatsioi?|watsioi?|watshai?|watsiad) (?:ei |eu )?(?:chefn|gefn|"
            r"cefnau)\b|\b(?:rho|ro|roi|rhoi|roia|rhoia|roid) (?:i )?(?:o|hi|nhw|fo|fe|ef|(?:y|fy) "
            r"\w+) yn (?:yr )?(?:ysbyty|sbyty|hospital|bedd)\b|\b(?:torra|dorra|torri|dorri|mala|"
            r"fala) (?:i )?(?:ei|eu|i) (?:goesau|choesau|coesau|gwddf|wddw|gwddw|ddannedd)\b|"
            r"\b(?:losga|llosga|losgi) (?:i )?(?:ei|eu|i) (?:d[yŷ]|th[yŷ]|tai|gar|char) "
        ),
    ),
}
_COMPILED = tuple(
    (kind, re.compile("|".join(f"(?:{pattern})" for pattern in _SIGNS[kind])))
    for kind in DangerKind
    if kind in _SIGNS
)


_JOKE = re.compile(r"\b(?:lol|haha\w*|jk|lmao)\b|[😂🤣]")
"""A threat of these signs beside it is a joke. A weapon is none: danger.py finds it."""


def signs(line: str) -> dict[DangerKind, str]:
    """The kinds of danger that a normalised line shows by a sign, most urgent first, each with its
    words.
    """
    found = ((kind, pattern.search(line)) for kind, pattern in _COMPILED)
    shown = {kind: match.group() for kind, match in found if match}
    if DangerKind.THREATS_TO_OTHERS in shown and _JOKE.search(line):
        del shown[DangerKind.THREATS_TO_OTHERS]
    return shown
