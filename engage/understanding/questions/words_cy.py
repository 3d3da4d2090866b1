"""Parts of the Welsh patterns, and the small talk that may stand beside a question. Data only."""

from collections.abc import Sequence

MAY = (
    r"(?:(?:a )?(?:ga|gaf|caf|alla|allaf|fedra|fedraf|ella) i|gai|ga fi|allai|fedrai|"
    r"oes modd(?: i fi| i mi)?|ydw in cael|ydwin cael|"
    r"(?:ydi|ydy|yw|ydin|ydyn|ywn|fydd|fyddain|fyddai)(?: hi| hin| o| on| en| e)? ?(?:yn "
    r")?(?:iawn|ok|olreit|bosib|"
    r"dderbyniol)(?: i fi| i mi| os| i)*|(?:iawn|ok|olreit) (?:os|i fi|i mi)(?: (?:dwin|dwi|fi|"
    r"dwi n))?)"
)
BRING = (
    r"(?:ddod(?: a| ag| ar| am)?|dod(?: a| ag| ar| am)?|dodar|dewch a|cymryd|gymryd|nol|dod efo|"
    r"dwad a)"
)
DET = r"(?:(?:fy|y|yr|ein|r|a|fi|fach|bach|2|ddau|ddwy) )*"
KIDS = (
    r"(?:plentyn|mhlentyn|phlentyn|blentyn|plant|mhlant|phlant|blant|babi|mabi|fabi|baban|mab|fab|"
    r"merch|ferch|hogyn|hogan|crwt|croten|bychan|rhai bach|1 bach|bachgen|kids|kid|wyr|wyres|"
    r"hogia bach|"
    r"babis)(?: (?:bach|fach|i))?"
)
PEOPLE = (
    r"(?:rhywun|mam|dad|fam|nhad|tad|mhartner|partner|mrawd|brawd|chwaer|ffrind|ffrindiau|gwr|"
    r"gwraig|"
    r"ngwraig|ngwr|cariad|nghariad|met|nain|taid|mamgu|tadcu|gweithiwr cymorth|gofalwr|teulu|mam "
    r"i|dad i|"
    r"gyfaill|cyfaill|modryb|wncwl|ewythr|chyfaill)(?: i)?"
)
WITH_ME = r"(?: (?:hefyd|mewn|gyda fi|efo fi|gyda mi|efo mi|da fi|hefo fi|fewn|i mewn))*"
DOG = r"(?:ci|nghi|chi|gi|cwn|ngwn|gwn|ci bach|nghi bach|gi bach|ci tywys)(?: i)?"
ID = (
    r"(?:id|pasport|mhasport|basbort|pasbort|trwydded|nhrwydded|trwydded yrru|papurau|mhapurau|"
    r"bapurau|dogfennau|tystysgrif geni|llythyr|rywbeth|rhywbeth|unrhyw beth|unrhywbeth|bethau|"
    r"ffurflen|cerdyn banc|prawf adnabod|brawf adnabod)"
)
HOLIDAY = (
    r"(?:(?:gwyl y banc|wyl y banc|gwyl banc|wyl banc|gwyl ban|bank holiday|y pasg|pasg|dolig|"
    r"nadolig|y "
    r"nadolig|gwyl san steffan|dydd calan|calan|gwener y groglith|llun y pasg|calan mai|gwyliau "
    r"banc|"
    r"gwyliaur banc)(?: (?:dydd|llun|gwener|mawrth))*)"
)
BUS = r"(?:bws|fws|bysiau|bysus|bysys|tren|dren|tram|bus)"
FARE = (
    r"(?:bws|arian bws|tocyn bws|docyn bws|pris y bws|bris y bws|costau teithio|gostau teithio|"
    r"nghostau teithio|teithio|tren|tocyn tren|arian teithio|petrol|arian petrol|tacsi|"
    r"trafnidiaeth|"
    r"ffer|fares|arian y bws|pris bws|y bws)"
)
APPT = (
    r"(?:(?:yr |y |fy |r )?(?:apwyntiad|apwyntiat|cyfarfod|nghyfarfod|cwrdd|appointment|peth|1)"
    r"(?: (?:nesaf|nesa|i|fi))*)"
)
STILL = r"(?:(?:dal|dali|yn|wedi|yn bendant|bendant|definitely|o hyd|siwr|n|ir) )*"
BOOKED = (
    r"(?:bwcio|fwcio|ei fwcio|drefnu|ei drefnu|trefnu|gadarnhau|cadarnhau|mlaen|ymlaen|on|booked)"
)
TEXTS = (
    r"(?:hyn|hwn|hyna|hynny|honna|y text|y tecsts|text|y negeseuon|negeseuon|fy negeseuon|pob dim|"
    r"popeth|"
    r"beth dwin ddweud|be dwin ddeud|beth dwin tecstio|y text ma|rhain|y rhain)"
)
RECORD = (
    r"(?:(?:fy|y|yr|ar) )*(?:nghofnod|record|cofnod|ffeil|gofnod|nghofnodion|cofnodion|ffail)(?: "
    r"i)?"
)
LATE = r"(?:(?:yn|bach|ychydig|chydig|5|10|15|20|minutes|rhedeg|n) )*hwyr(?: bach)?"

FILLER_PHRASES: Sequence[str] = (
    r"os gwelwch (?:yn dda|chin dda)",
    r"os gweli di (?:yn dda|n dda)",
    r"(?:jyst )?(?:meddwl|isio gwybod|eisiau gwybod|isio gofyn|eisiau gofyn|moyn gwybod|moyn gofyn|"
    r"gofyn|holi)(?: on i| oeddwn i)?",
    r"(?:ga i|gai|alla i) ofyn",
    r"cwestiwn (?:cyflym|bach|sydyn|twp)",
    r"(?:da chi|dach chi|ydych chi|ydach chi|wyt ti|dych chi)(?: n| yn)? (?:gwybod|gwbod)",
    r"gadewch i (?:fi|mi) wybod",
    r"neu (?:beidio|be|beth|na|ddim)",
    r"(?:sori|sorry) (?:am|im) (?:eich )?(?:boeni|poeni|styrbio)",
    r"(?:or|o r|ger|wrth)(?: yr| y)? ?(?:orsaf|gorsaf|dre|dref|stesion|safle bws)",
    r"(?:ar|i|ir) (?:gyfer )?(?:yr |y |fy |r )?(?:apwyntiad|cyfarfod|swyddfa|lle|ganolfan)(?: "
    r"nesaf| nesa)?",
    r"pan (?:dwin dod|fydda in dod|dwin ddod|dwi n dod|ddof i|ddoi)(?: mewn| i mewn)?",
    r"(?:wythnos|wsos) (?:nesaf|nesa|yma|ma)",
    r"ar y (?:bws|tren)",
)
"""Small talk that changes nothing about a question beside it."""

FILLERS = (
    "hi bore da pnawn prynhawn sori sorry please plis kiss smile ok iawn jyst eto hefyd felly "
    "wedyn "
    "dydd llun mawrth mercher iau gwener sadwrn sul fory yfory heddiw heddi heno nos thanks btw "
    "um y "
    "yr r i fi mi o e hi yn n a ac ar at chi ti yna yno yma apwyntiad cyfarfod gyda efo hefo nesaf "
    "nesa wythnos mate cariad bro wel hei cwestiwn bach"
)
"""Words that change nothing about a question beside them."""
