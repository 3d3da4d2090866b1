"""Finds signs that somebody else reads the phone: "he checks my phone", "not safe to text", "mae
o'n darllen fy negeseuon". Pure.

If in doubt it is a sign: one text too many to such a phone can get somebody hurt, and a call makes
up for one too few. A phone that is broken, lost, new, or openly shared by a family is not a sign.
Must never decide anything else about a text.
"""

import re
import unicodedata

_SPELLINGS = {
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
    r"(?:ex|partner|bf|boyfriend|gf|girlfriend|husband|hubby|wife|missus|mrs|mum|mam|ma|mom|"
    r"mother|dad|father|step ?dad|step ?mum|brother"
    r"|bro|sister|sis|son|lad|daughter|fella|bloke|man|old man|other half|uncle|auntie|aunt|"
    r"cousin|nan|grandad|housemate|flatmate|cellmate"
    r"|roommate|mate|landlord|family|kids|baby ?dad|babys dad|kids dad|ex partner|in laws)"
)
_OTHER = (
    r"(?:he|hes|hell|hed|she|shes|shed|they|theyre|theyll|theyve|him|someone|someone else|"
    r"everyone|people|"
    rf"(?:my|the) {_KIN}s?|{_KIN}s?|the (?:lads|others|dealer))"
)
_READING = (
    r"(?:reads|reading|be reading|to read|will read|might read|may read|could read|can read|"
    r"gonna read|can see|could see|might see|will see|"
    r"gonna see|sees|seeing|check|checks|checking|been reading|been checking|go through|"
    r"goes through|going through|gone through|went through|"
    r"look through|looks through|looking through|looks at|looking at|look at|looks on|looks in|"
    r"goes on|goes in|going in|snoops|"
    r"snooping|searches|searching|watches|watching|monitors|tracks|tracking|inspects|spies|"
    r"spying|answers|answering|picks up|"
    r"has access|got access|gets into|got into|logs into|unlocks|knows the code to|knows my code|"
    r"knows my pin)"
)
_HOLDING = (
    r"(?:has|have|had|got|gets|holds|keeps|kept|takes|took|taken|taking|uses|using|nicks|borrows|"
    r"controls|confiscated)"
)
_PHONE = r"(?:phone|text|message|number|whatsapp|sms)"
_MINE = r"(?:my|this|the|all|these|any|every)"
_NOT_A_DENIAL = (
    r"(?!dont\b|doesnt\b|didnt\b|not\b|isnt\b|never\b|cant\b|wont\b|hasnt\b|havent\b|no\b)\w+"
)
_PHONE_PART = (
    r"(?: (?:number|back|charger|bill|contract|case|top|credit|battery|screen|to fix|fixed))"
)
_OFFICIAL = r"\b(?:police|cops?|coppers?|shop|repair\w*|court|prison|screws|nick)\b"
_DO_NOT_TEXT = (
    r"(?:dont|do not|not|never|cant|stop|no|no more|please dont|without|if you) (?:\w+ ){0,2}?"
    r"(?:text|texting|message|ring|ringing|call|calling|phone|contact|contacting|send|sending|"
    r"write|writing)\b"
)
_FOUND_OUT = (
    rf"\b{_OTHER} (?:\w+ ){{0,3}}?(?:reads?|reading|sees?|seeing|seen|saw|checks?|finds?|found|"
    r"looks?|looking|knows|watch\w*|go(?:es)? through"
    r"|goes? mad|kicks? off|kick off|goes mental|going mad|with my|next to my|right here|"
    r"stood here|sat here|listening|has it|got it|gets it|picks? it up"
    rf"|answers?|jealous|suspicious|kill my|batter my|hurt my)\b"
)

_ENGLISH_SIGNS = (
    (
        rf"\b{_OTHER} (?:{_NOT_A_DENIAL} ){{0,3}}?{_READING} (?:\w+ ){{0,2}}?{_MINE} (?:\w+ )"
        rf"{{0,2}}?{_PHONE}\b"
    ),
    (
        rf"\b{_OTHER} (?:\w+ ){{0,2}}?read (?:all )?my (?:text|"
        r"message)\b(?! and (?:said|told|rang|replied|says))"
    ),
    (
        rf"\b{_OTHER} (?:{_NOT_A_DENIAL} ){{0,2}}?{_HOLDING} (?:\w+ ){{0,3}}?(?:my|this|the|n|"
        rf"and) phone\b(?!{_PHONE_PART})"
    ),
    rf"{_DO_NOT_TEXT}.*{_FOUND_OUT}",
    rf"{_FOUND_OUT}.*{_DO_NOT_TEXT}",
    r"\b(?:not|isnt|arent|never|dont think its|dont feel|wasnt|"
    r"no longer) (?:\w+ ){0,2}?safe (?:for \w+ )?(?:to "
    r"(?:text|message|ring|call|phone|talk|speak|reply|contact)|texting|messaging|ringing|"
    r"calling|talking|replying)\b",
    r"\bunsafe (?:for \w+ )?to (?:text|message|ring|call|talk)\b",
    (
        rf"\b{_OTHER}\b.*(?<!you )(?<!u )\bdont (?:answer|reply|respond|text back|text my back|"
        r"ring back|call back)\b"
    ),
    (
        rf"\b{_OTHER} (?:\w+ ){{0,2}}?(?:text|texting|writes|replies|answers) (?:\w+ )?(?:from|"
        r"on|off) (?:my|this) phone\b"
    ),
    rf"\b{_OTHER} (?:\w+ )?knows my (?:pin|code|passcode|password)\b",
    (
        r"\b(?:my |this )?(?:phone|text|message|number) (?:is |are |its )?(?:not|isnt|"
        r"arent) (?:\w+ )?(?:safe|private|secure)\b"
    ),
    (
        r"\b(?:phone|text|message) (?:\w+ ){0,2}?(?:being|getting|get|are|is|gets) (?:read|"
        r"watched|checked|monitored|tracked|bugged|tapped|looked at|gone through)\b"
    ),
    (
        r"\b(?:not|isnt) (?:just|only) my (?:who |that |what |as )?(?:reads?|sees?|uses?|looks?|"
        r"on)\b|\bnot the only (?:one|person) (?:\w+ )?(?:reads?|sees?|looking|uses?)\b"
    ),
    (
        rf"\b{_OTHER} (?:\w+ ){{0,2}}?(?:reading|watching|looking at|seen|saw|sees|"
        r"reads) (?:this|these|what i (?:text|write|send|put)|over my shoulder)\b"
    ),
    (
        r"\blooking over my shoulder\b|\b(?:cant|couldnt) (?:text|talk|speak|reply|message|"
        rf"ring) (?:\w+ ){{0,3}}?{_OTHER} (?:is |are )?(?:here|listening|watching|next to|"
        r"in the room|with my|sat|stood|about|around)\b"
    ),
    (
        r"\b(?:if|in case|incase|before|when|so|hope|til|till|"
        rf"until) {_OTHER} (?:\w+ ){{0,2}}?(?:sees?|reads?|finds?|looks? at|"
        rf"catches) (?:\w+ ){{0,2}}?(?:this|these|it|them|text|message|phone)\b"
    ),
    (
        rf"\b{_OTHER} (?:\w+ )?(?:doesnt|dont|cant|mustnt|must not|cannot) (?:know|see|find out|"
        rf"read) (?:\w+ ){{0,4}}?(?:text|texting|message|phone|this|talking to you|"
        r"speaking to you|been in touch)\b"
    ),
    (
        r"\b(?:careful|watch|mind) (?:with |about )?what you (?:text|say|write|put|send|"
        rf"message)\b|\bdelete (?:all )?(?:\w+ )?(?:text|message) (?:\w+ ){{0,3}}?(?:before|cos|"
        rf"because|so|in case) {_OTHER}\b"
    ),
    (
        rf"\b{_OTHER} (?:reads|checks|sees|goes through|is reading|looks at) (?:it|them|"
        r"everything|all of (?:it|them))\b.*\b(?:phone|text|message|number)\b"
    ),
    (
        rf"\b(?:phone|text|message|number)\b.*\b{_OTHER} (?:\w+ )?(?:reads|checks|sees|"
        r"goes through|is reading|looks at|looks through) (?:it|them|everything|"
        r"all of (?:it|them)|my stuff|that)\b"
    ),
)
_PHONE_WELSH = (
    r"(?:fy |yr |r |y |fyn )?(?:ffon|ffonau|phone|negeseuon|neges|nhestun|nhecst\w*|tecst\w*|"
    r"text|message|mobeil|mhobile)"
)
_OTHER_WELSH = (
    r"(?:mae|maer|man|ma|maen|mar|bydd|fydd|gall) (?:\w+ ){0,3}?(?:o|e|on|en|hi|hin|nhw|nhwn|"
    r"rhywun|fo|fon|fe|cariad|nghariad|gwr|ngwr|wraig|"
    r"ngwraig|mam|dad|tad|mhartner|partner|brawd|mrawd|chwaer|ex|n|yn)"
)
_WELSH_SIGNS = (
    (
        rf"\b{_OTHER_WELSH}\b (?:\w+ ){{0,3}}?(?:darllen|ddarllen|edrych|sbio|checio|gweld|weld|"
        rf"mynd trwy|mynd drwy|busnesu|gwylio|gwrando)\b (?:\w+ ){{0,3}}?{_PHONE_WELSH}\b"
    ),
    (
        r"\b(?:paid|peidiwch|peidio|plis paid|dim|stopiwch|stopia|rhaid peidio)\b.*\b(?:d|t|th|"
        r"dd)?(?:ecstio|ecsto|ext|anfon|ffonio|ffon|yrru|gyrru|gysylltu|"
        rf"cysylltu)\w?\b.*\b(?:{_OTHER_WELSH})\b.*\b(?:darllen|ddarllen|gweld|weld|checio|"
        r"edrych|sbio|gwybod|ffeindio|gwrando)\b"
    ),
    r"\bgwrando ar (?:bob|fy)\b.*\bpeidiwch\b",
    (
        r"\b(?:ddim|dim|dydi|dyw|nid yw|nad yw)\b (?:\w+ ){0,3}?(?:saff|ddiogel|"
        r"diogel)\b (?:\w+ ){0,2}?(?:i )?(?:ti |chi )?(?:decstio|tecstio|decsto|anfon|ffonio|"
        r"siarad|yrru|gysylltu|text)\b"
    ),
    (
        r"\b(?:ffon|negeseuon|rhif|tecsts?)\b (?:\w+ ){0,2}?(?:ddim|dim) (?:\w+ ){0,2}?(?:saff|"
        r"ddiogel|diogel|breifat|preifat)\b"
    ),
    (
        r"\b(?:mae|ma) (?:gan |gyda )?(?:o|e|fo|fe|hi|nhw|rhywun(?: arall)?|mam|dad|"
        r"(?:fy )?(?:nghariad|ngwr|ngwraig|mhartner|ex)) (?:\w+ ){0,2}?(?:fy|yr|"
        r"y) ffon\b(?! (?:i|newydd))"
    ),
    (
        r"\b(?:rhag ofn|os|cyn) (?:i |bydd |gwneith )?(?:o|e|fo|fe|hi|nhw|rhywun|iddo|iddi|"
        rf"iddyn|{_OTHER_WELSH})\b (?:\w+ ){{0,3}}?(?:weld|gweld|ddarllen|darllen|"
        rf"ffeindio)\b (?:\w+ ){{0,2}}?(?:hwn|hyn|rhain|{_PHONE_WELSH})\b"
    ),
)
_ANY_SIGN = re.compile("|".join(f"(?:{sign})" for sign in (*_ENGLISH_SIGNS, *_WELSH_SIGNS)))
_OFFICIALS = re.compile(_OFFICIAL)
MAX_LENGTH = 1_600
"""Characters that are searched. No network carries a longer text."""


def shows_other_reader(text: str) -> bool:
    """Whether the text shows, in English or Welsh, that somebody else reads the phone. Never
    raises.
    """
    words = _normalised(text[:MAX_LENGTH])
    match = _ANY_SIGN.search(words)
    return match is not None and not _OFFICIALS.search(match.group())


def _normalised(text: str) -> str:
    """Lower-case words in one spelling, with single spaces, without accents or apostrophes."""
    plain = "".join(
        character
        for character in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(character)
    )
    plain = re.sub("['‘’ʼ`´]", "", plain)
    words = re.sub(r"[\W_]+", " ", plain).split()
    return (
        " ".join(_SPELLINGS.get(word, word) for word in words)
        .replace("do not", "dont")
        .replace("is not", "isnt")
    )
