"""Looks for signs that somebody else reads the phone: "he checks my phone", "not safe to text",
"mae o'n darllen fy negeseuon".

Tuned to find rather than to be sure, because one text too many to such a phone can get somebody
hurt, while one text too few is made good by a call. A phone that is broken, lost, new, or used by a
family that says so openly is none of this. Pure; never decides anything else about a text, and
never raises whatever the text holds.
"""

import re
import unicodedata

_SPELT = {
    **dict.fromkeys(("txt", "txts", "texts", "tx", "tex", "texted"), "text"),
    "txting": "texting",
    **dict.fromkeys(
        ("msg", "msgs", "mesage", "mesages", "messages", "messaging", "messege", "messeges"),
        "message",
    ),
    **dict.fromkeys(
        ("fone", "fon", "fne", "phne", "mobile", "mob", "moby", "phones", "cell"), "phone"
    ),
    **dict.fromkeys(("dnt", "dont", "donot", "dunt", "doont", "dinny", "divvent"), "dont"),
    **dict.fromkeys(("some1", "sum1", "somone", "somebody", "sumone", "smone"), "someone"),
    **dict.fromkeys(("thru", "threw", "tru", "throo"), "through"),
    **dict.fromkeys(("reeds", "redes", "readin"), "reads"),
    **dict.fromkeys(("chex", "checkin", "chekin", "cheks", "cheks"), "checks"),
    **dict.fromkeys(("plz", "pls", "pleas"), "please"),
    **dict.fromkeys(("aint", "isint", "isn", "int"), "isnt"),
    **dict.fromkeys(("th", "da"), "the"),
    "u": "you",
    "gt": "got",
    "telephone": "phone",
    "ur": "your",
    "ma": "my",
    "mi": "my",
    "me": "my",
    "dis": "this",
    "nummber": "number",
    "num": "number",
    "saf": "safe",
    "sees": "sees",
    "c": "see",
    "cs": "sees",
}
_KIN = (
    r"(?:ex|partner|bf|boyfriend|gf|girlfriend|husband|hubby|wife|missus|mrs|mum|mam|ma|mom|mother|dad|father|step ?dad|step ?mum|brother"
    r"|bro|sister|sis|son|lad|daughter|fella|bloke|man|old man|other half|uncle|auntie|aunt|cousin|nan|grandad|housemate|flatmate|cellmate"
    r"|roommate|mate|landlord|family|kids|baby ?dad|babys dad|kids dad|ex partner|in laws)"
)
_OTHER = (
    rf"(?:he|hes|hell|hed|she|shes|shed|they|theyre|theyll|theyve|him|someone|someone else|everyone|people|"
    rf"(?:my|the) {_KIN}s?|{_KIN}s?|the (?:lads|others|dealer))"
)
_READING = (
    r"(?:reads|reading|be reading|to read|will read|might read|may read|could read|can read|gonna read|can see|could see|might see|will see|"
    r"gonna see|sees|seeing|check|checks|checking|been reading|been checking|go through|goes through|going through|gone through|went through|"
    r"look through|looks through|looking through|looks at|looking at|look at|looks on|looks in|goes on|goes in|going in|snoops|"
    r"snooping|searches|searching|watches|watching|monitors|tracks|tracking|inspects|spies|spying|answers|answering|picks up|"
    r"has access|got access|gets into|got into|logs into|unlocks|knows the code to|knows my code|knows my pin)"
)
_HOLDING = r"(?:has|have|had|got|gets|holds|keeps|kept|takes|took|taken|taking|uses|using|nicks|borrows|controls|confiscated)"
_PHONE = r"(?:phone|text|message|number|whatsapp|sms)"
_MINE = r"(?:my|this|the|all|these|any|every)"
_YES = r"(?!dont\b|doesnt\b|didnt\b|not\b|isnt\b|never\b|cant\b|wont\b|hasnt\b|havent\b|no\b)\w+"
_BACK = r"(?: (?:number|back|charger|bill|contract|case|top|credit|battery|screen|to fix|fixed))"
_OFFICIAL = r"\b(?:police|cops?|coppers?|shop|repair\w*|court|prison|screws|nick)\b"
_NOT_TO = (
    r"(?:dont|do not|not|never|cant|stop|no|no more|please dont|without|if you) (?:\w+ ){0,2}?"
    r"(?:text|texting|message|ring|ringing|call|calling|phone|contact|contacting|send|sending|write|writing)\b"
)
_FOUND_OUT = (
    rf"\b{_OTHER} (?:\w+ ){{0,3}}?(?:reads?|reading|sees?|seeing|seen|saw|checks?|finds?|found|looks?|looking|knows|watch\w*|go(?:es)? through"
    rf"|goes? mad|kicks? off|kick off|goes mental|going mad|with my|next to my|right here|stood here|sat here|listening|has it|got it|gets it|picks? it up"
    rf"|answers?|jealous|suspicious|kill my|batter my|hurt my)\b"
)

_SIGNS = (
    rf"\b{_OTHER} (?:{_YES} ){{0,3}}?{_READING} (?:\w+ ){{0,2}}?{_MINE} (?:\w+ ){{0,2}}?{_PHONE}\b",
    rf"\b{_OTHER} (?:\w+ ){{0,2}}?read (?:all )?my (?:text|message)\b(?! and (?:said|told|rang|replied|says))",
    rf"\b{_OTHER} (?:{_YES} ){{0,2}}?{_HOLDING} (?:\w+ ){{0,3}}?(?:my|this|the|n|and) phone\b(?!{_BACK})",
    rf"{_NOT_TO}.*{_FOUND_OUT}",
    rf"{_FOUND_OUT}.*{_NOT_TO}",
    r"\b(?:not|isnt|arent|never|dont think its|dont feel|wasnt|no longer) (?:\w+ ){0,2}?safe (?:for \w+ )?(?:to "
    r"(?:text|message|ring|call|phone|talk|speak|reply|contact)|texting|messaging|ringing|calling|talking|replying)\b",
    r"\bunsafe (?:for \w+ )?to (?:text|message|ring|call|talk)\b",
    rf"\b{_OTHER}\b.*(?<!you )(?<!u )\bdont (?:answer|reply|respond|text back|text my back|ring back|call back)\b",
    rf"\b{_OTHER} (?:\w+ ){{0,2}}?(?:text|texting|writes|replies|answers) (?:\w+ )?(?:from|on|off) (?:my|this) phone\b",
    rf"\b{_OTHER} (?:\w+ )?knows my (?:pin|code|passcode|password)\b",
    r"\b(?:my |this )?(?:phone|text|message|number) (?:is |are |its )?(?:not|isnt|arent) (?:\w+ )?(?:safe|private|secure)\b",
    r"\b(?:phone|text|message) (?:\w+ ){0,2}?(?:being|getting|get|are|is|gets) (?:read|watched|checked|monitored|tracked|bugged|tapped|looked at|gone through)\b",
    r"\b(?:not|isnt) (?:just|only) my (?:who |that |what |as )?(?:reads?|sees?|uses?|looks?|on)\b|\bnot the only (?:one|person) (?:\w+ )?(?:reads?|sees?|looking|uses?)\b",
    rf"\b{_OTHER} (?:\w+ ){{0,2}}?(?:reading|watching|looking at|seen|saw|sees|reads) (?:this|these|what i (?:text|write|send|put)|over my shoulder)\b",
    rf"\blooking over my shoulder\b|\b(?:cant|couldnt) (?:text|talk|speak|reply|message|ring) (?:\w+ ){{0,3}}?{_OTHER} (?:is |are )?(?:here|listening|watching|next to|in the room|with my|sat|stood|about|around)\b",
    rf"\b(?:if|in case|incase|before|when|so|hope|til|till|until) {_OTHER} (?:\w+ ){{0,2}}?(?:sees?|reads?|finds?|looks? at|catches) (?:\w+ ){{0,2}}?(?:this|these|it|them|text|message|phone)\b",
    rf"\b{_OTHER} (?:\w+ )?(?:doesnt|dont|cant|mustnt|must not|cannot) (?:know|see|find out|read) (?:\w+ ){{0,4}}?(?:text|texting|message|phone|this|talking to you|speaking to you|been in touch)\b",
    rf"\b(?:careful|watch|mind) (?:with |about )?what you (?:text|say|write|put|send|message)\b|\bdelete (?:all )?(?:\w+ )?(?:text|message) (?:\w+ ){{0,3}}?(?:before|cos|because|so|in case) {_OTHER}\b",
    rf"\b{_OTHER} (?:reads|checks|sees|goes through|is reading|looks at) (?:it|them|everything|all of (?:it|them))\b.*\b(?:phone|text|message|number)\b",
    rf"\b(?:phone|text|message|number)\b.*\b{_OTHER} (?:\w+ )?(?:reads|checks|sees|goes through|is reading|looks at|looks through) (?:it|them|everything|all of (?:it|them)|my stuff|that)\b",
)
_HYN = r"(?:fy |yr |r |y |fyn )?(?:ffon|ffonau|phone|negeseuon|neges|nhestun|nhecst\w*|tecst\w*|text|message|mobeil|mhobile)"
_RHYWUN = (
    r"(?:mae|maer|man|ma|maen|mar|bydd|fydd|gall) (?:\w+ ){0,3}?(?:o|e|on|en|hi|hin|nhw|nhwn|rhywun|fo|fon|fe|cariad|nghariad|gwr|ngwr|wraig|"
    r"ngwraig|mam|dad|tad|mhartner|partner|brawd|mrawd|chwaer|ex|n|yn)"
)
_WELSH = (
    rf"\b{_RHYWUN}\b (?:\w+ ){{0,3}}?(?:darllen|ddarllen|edrych|sbio|checio|gweld|weld|mynd trwy|mynd drwy|busnesu|gwylio|gwrando)\b (?:\w+ ){{0,3}}?{_HYN}\b",
    rf"\b(?:paid|peidiwch|peidio|plis paid|dim|stopiwch|stopia|rhaid peidio)\b.*\b(?:d|t|th|dd)?(?:ecstio|ecsto|ext|anfon|ffonio|ffon|yrru|gyrru|gysylltu|cysylltu)\w?\b.*\b(?:{_RHYWUN})\b.*\b(?:darllen|ddarllen|gweld|weld|checio|edrych|sbio|gwybod|ffeindio|gwrando)\b",
    r"\bgwrando ar (?:bob|fy)\b.*\bpeidiwch\b",
    r"\b(?:ddim|dim|dydi|dyw|nid yw|nad yw)\b (?:\w+ ){0,3}?(?:saff|ddiogel|diogel)\b (?:\w+ ){0,2}?(?:i )?(?:ti |chi )?(?:decstio|tecstio|decsto|anfon|ffonio|siarad|yrru|gysylltu|text)\b",
    r"\b(?:ffon|negeseuon|rhif|tecsts?)\b (?:\w+ ){0,2}?(?:ddim|dim) (?:\w+ ){0,2}?(?:saff|ddiogel|diogel|breifat|preifat)\b",
    r"\b(?:mae|ma) (?:gan |gyda )?(?:o|e|fo|fe|hi|nhw|rhywun(?: arall)?|mam|dad|(?:fy )?(?:nghariad|ngwr|ngwraig|mhartner|ex)) (?:\w+ ){0,2}?(?:fy|yr|y) ffon\b(?! (?:i|newydd))",
    rf"\b(?:rhag ofn|os|cyn) (?:i |bydd |gwneith )?(?:o|e|fo|fe|hi|nhw|rhywun|iddo|iddi|iddyn|{_RHYWUN})\b (?:\w+ ){{0,3}}?(?:weld|gweld|ddarllen|darllen|ffeindio)\b (?:\w+ ){{0,2}}?(?:hwn|hyn|rhain|{_HYN})\b",
)
_FOUND = re.compile("|".join(f"(?:{sign})" for sign in (*_SIGNS, *_WELSH)))
_OFFICIALS = re.compile(_OFFICIAL)
LONGEST = 1_600
"""A text is at most so long; what is pasted behind that is not searched."""


def read_by_another(text: str) -> bool:
    """Whether the text shows that somebody else reads the phone it came from, in English or Welsh."""
    words = _folded(text[:LONGEST])
    found = _FOUND.search(words)
    return found is not None and not _OFFICIALS.search(found.group())


def _folded(text: str) -> str:
    """Lower-case words in one spelling, parted by one space, without accents or apostrophes."""
    plain = "".join(
        one
        for one in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(one)
    )
    plain = re.sub("['‘’ʼ`´]", "", plain)
    words = re.sub(r"[\W_]+", " ", plain).split()
    return (
        " ".join(_SPELT.get(word, word) for word in words)
        .replace("do not", "dont")
        .replace("is not", "isnt")
    )
