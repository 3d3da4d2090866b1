"""Looks for danger in a text, whatever else it says: to the person (crisis) or to somebody else (harm).

Tuned to find rather than to be sure: when in doubt it is danger, and a person reads it. Figures of speech ("this weather is
killing me") are passed over only where their other half is on the line. Never used to decide a yes or a no.
"""

import re

_KIN = r"(?:my |the |his |her |our |a )?(?:little |step ?|baby )?(?:kids?|child(?:ren)?|son|daughter|lad|girl|boy|baby|babies|little un|bairn|mum|mam|mother|dad|nan|nana|gran|sister|brother|sis|bro|ex|partner|girlfriend|boyfriend|gf|bf|mrs|wife|husband|niece|nephew)"
_SOMEBODY = (
    rf"(?:him|her|them|someone|somebody|you|that (?:\w+ )?\w+|the cunt|that cunt|{_KIN}|his \w+|her \w+)"
)
_WANT = r"(?:wanna|want|gonna|going to|wish(?:ing)?|wanting to|want to|il|ready to|trying to|tried to|thinking (?:of|about)|thoughts (?:of|about)|feel like|about to|plan(?:ning)? (?:on|to))"

_CRISIS = (
    # Wanting to die, or to harm oneself.
    r"\b(?:wanna|want to|wanting to|wish i (?:could|was)|ready to|gonna|going to|rather|hope i|i could just) (?:just )?(?:die|be dead|not (?:be here|wake up|be alive))\b(?! (?:than|for|of|laughing))",
    r"\bwish i (?:was|were) (?:dead|never born)\b",
    r"\bil be dead\b|\bbetter off (?:dead|without me)\b|\beveryone(?:s|d)? (?:would |will )?be better off\b",
    r"\bkill(?:ed|ing)? (?:myself|meself|me self|my self)\b(?! (?:at work|with work|laughing|in the gym))",
    r"\btop(?:ping)? (?:myself|meself|me self)\b|\bsuicid|\bend(?:ing)? (?:it all|my life|it)\b(?! (?:early|there|now|today))|\btak(?:e|ing) my (?:own )?life\b",
    r"\bself harm|\b(?:cut|cutting|hurt|hurting|harm|harming|hang|hanging|stab|burn|burning) (?:myself|meself|me self|my (?:arms?|wrists?|legs?))\b",
    r"\bslit my\b|\bjump (?:off|in front)\b|\bon the bridge\b|\bvoices\b",
    r"\boverdos|\bod ?d\b|\b(?:took|taken|swallowed|take|taking|cymryd) (?:\w+ ){0,3}(?:tablets|pills|meds|paracetamols?|dabledi)\b",
    r"\b(?:tablets|pills|knife|rope|blade) (?:in front of|next to|beside) me\b|\bstomach pumped\b",
    r"\b(?:dont|do not|didnt) (?:wanna|want to|wnat to) (?:be here|live|be alive|wake up|carry on|go on|exist)\b|\bnot wake up\b|\bnothing to live for\b",
    r"\bcant (?:do this|go on|cope|carry on|take (?:it|this|much more))(?: like this)?(?: (?:any ?more|nomore|anymore|no more|no longer))?\b",
    r"\b(?:no|whats the|see the|any) point (?:in )?(?:living|life|anything|being here|going on|any ?more|of (?:it|living|anything))\b",
    r"\bwont be (?:around|here)(?! (?:today|tomorrow|mon|tue|wed|thu|fri|sat|sun|then|until|till|this|next|at|on)\b)",
    r"\bif (?:im|i am) (?:still )?(?:alive|here)\b|\btired of (?:being here|living|life|it all)\b",
    r"\b(?:wont|not) be a problem (?:for|to) any(?:one|body)\b|\bby the time you (?:get|read) this\b|\bgoodbye (?:all|everyone|forever|for good)\b",
    r"\btell (?:my |the |me )?(?:mum|mam|dad|kids?|nan|son|daughter|family|sister|brother|\w+) (?:that )?(?:im sorry|i said sorry|i love(?:d)? (?:them|her|him)|sorry)\b",
    r"\b(?:wrote|written|writing|left) (?:letters?|a letter|a note) for\b|\bgiv(?:en|ing|e) (?:away )?(?:all )?(?:my|me) (?:stuff|things|dog|cat|clothes|phone)(?: away)?\b",
    r"\bgon(?:na|e) be with (?:him|her|them|my (?:lad|son|mum|dad|nan))\b|\bgoing to be with (?:him|her)\b|\bmade (?:my|me) mind up\b",
    r"\b(?:dont|cant) (?:trust|feel safe with) (?:myself|meself)\b|\bmake it that far\b",
    # Danger from somebody or something else.
    r"\b(?:not|dont feel|isnt|aint|never) safe\b|\bunsafe\b|\bin danger\b",
    r"\b(?:im|so|really|proper|am|feel|well) (?:\w+ )?(?:scared|terrified|frightened)\b|\b(?:scared|terrified|frightened) (?:of|for|to)\b",
    r"\bhelp me\b|\bsend (?:someone|somebody|help|police|the police)\b|\bcall (?:the )?(?:police|999|ambulance)\b",
    r"\b(?:gonna|going to|tryna|trying to|wants? to|wanna|threaten(?:ed|ing)? to|said (?:hed|hel|hell|theyd|theyl|shed)|says? (?:hes|theyre|hel|shes) gonna) (?:kill|stab|shoot|hurt|batter|find|do) me\b",
    r"\b(?:after me|hit out on me|put me in a box|found my address|knows? where im staying|knows? where i live)\b",
    r"\b(?:hes|shes|theyre|he is|they are|theres \w+) (?:\w+ )?(?:outside|banging|at (?:my|the) door|trying to get in|in my house|smashing|got a knife|got my)\b",
    r"\b(?:got|been|was|getting) (?:stabbed|shot|attacked|jumped|raped|battered|beaten up|mugged|assaulted|strangled|kicked in)\b|\b(?:stabbed|raped|strangled|battered|attacked|punched|beat|hit|hits|hitting|kicks|kicked) me\b(?! (?:up|off|out of the (?:course|group)))",
    r"\b(?:wont|doesnt|dont|not) let me (?:out|leave|go out)\b|\btaken (?:my|me) keys\b|\bchecks (?:it|my phone|this phone)\b|\bdont (?:ring|call) this phone\b",
    r"\b(?:im|am|i was|was|been|still|taken|took me|me|ended up|back) (?:\w+ )?(?:in|to|at|into|inside) (?:the )?(?:hospital|hosp|a and e|a e|ane|icu|resus)\b|\bkeeping me in\b|\b(?:from|in) (?:hospital|a and e)\b",
    r"\bambulance\b|\bchest pains?\b|\bcant breathe?\b|\bbleeding\b|\bcollapsed\b|\bunconscious\b|\bheart attack\b|\bhad a (?:fit|seizure)\b",
    r"\bnowhere to (?:go|sleep|stay)\b|\b(?:on|in) (?:the|a) (?:streets?|doorway)\b|\bsleeping (?:rough|in a (?:doorway|tent|car|bin)|outside|on the street)\b|\bkicked out\b.*\b(?:scared|tonight|street)\b",
    # Welsh, and some other languages that people fall back on.
    r"\bddim (?:isio|eisiau|isie|moyn) (?:bod yma|byw|bod yn fyw|deffro)\b|\b(?:isio|eisiau|isie|moyn) (?:marw|lladd fy hun)\b|\blladd fy hun\b|\bhunanladd|\bgormod o (?:dabledi|dabledi)\b|\bbrifo fy hun\b|\btorri fy hun\b",
    r"\b(?:efo|gyda|a) (?:cyllell|chyllell)\b|\b(?:mae|dwi|gen i|mewn) ofn\b|\bofn$|\bddim yn (?:saff|ddiogel)\b|\b(?:yn|ir|yn yr) (?:ysbyty|sbyty)\b|\bhelpwch fi\b|\bcysgu (?:allan|ar y stryd)\b|\bfy (?:lladd|mygwth) i\b",
    r"\bnie chce (?:juz )?zyc\b|\bzabic sie\b|\bvreau sa mor\b|\bsuicid",
)
_HARM = (
    r"\b(?:gonna|going to|il|swear|wanna|want to|might|could|id of|would of|thinking about|keep thinking about|ready to) (?:\w+ ){0,3}?(?:kill|stab|shoot|batter|smash|hurt|murder|bury|glass|knife|cut|bottle|hospitalise|burn|do time for|attack|slap|punch|knock) "
    + _SOMEBODY
    + r"\b",
    r"\b(?:gonna|going to|il|want to|wanna) (?:\w+ ){0,2}(?:burn|smash|torch) (?:\w+ ){0,3}(?:down|up|office|house)\b|\b(?:smash|kick|punch|put|cave) (?:his|her|their|your|him|her|them) (?:face|head|teeth|through)\b",
    r"\bdo time for\b|\b(?:hes|shes|theyre|your|youre) dead when\b|\bwhen i (?:find|see|get|catch) (?:him|her|them)\b.*\b(?:dead|kill|swear|batter|sorry)\b|\b(?:dead|kill|swear|batter)\b.*\bwhen i (?:find|see|get|catch) (?:him|her|them)\b",
    r"\b(?:thoughts? (?:of|about)|thinking (?:of|about)|urge to|gonna end up|scared il) (?:hurting|killing|stabbing|hurt|kill|do it|doing it)\b",
    r"\b(?:got|carrying|have|bring|bringing|taking) (?:a|my|the) (?:knife|blade|machete|hammer|bat|gun|shooter)\b|\bwith a (?:bat|knife|hammer|machete|gun)\b",
    r"\b(?:batter(?:ed|ing)?|stab(?:bed)?|kill(?:ed)?) (?:someone|somebody|him|her|them)\b",
    rf"\b(?:hit|hits|hitting|beat|beats|beating|battering|hurts?|hurting|slaps?|slapping|touch(?:es|ing|ed)|kicks?|kicking|strangl\w+|rap\w+|abus\w+|starv\w+|neglect\w*|threatening) {_KIN}\b",
    r"\bbruises?\b|\bmarks on (?:her|his|the|their)\b|\bblack eye\b",
    rf"\b(?:leav\w*|left) {_KIN} (?:\w+ ){{0,3}}(?:alone|on (?:her|his|their|its) own|with nobody)\b",
    r"\b(?:1[0-5]|[4-9]) ?(?:yr|yrs|year|years|y) ?olds?\b|\b(?:under ?age)\b|\btaking (?:her|his|their) (?:money|pension|meds)\b",
    r"\b(?:ladd|lladd|curo|brifo|trywanu) (?:o|hi|nhw|rhywun|fe|y plant|fy mam|ei|ef)\b|\b(?:taro|curo|brifo) (?:r|y) plant\b",
)
_CRISIS_PATTERN = re.compile("|".join(f"(?:{pattern})" for pattern in _CRISIS))
_HARM_PATTERN = re.compile("|".join(f"(?:{pattern})" for pattern in _HARM))


def crisis_words(line: str) -> str | None:
    """The words of a normalised `line` that read as danger to the person who wrote it, or None."""
    found = _CRISIS_PATTERN.search(line)
    return found.group() if found else None


def harm_words(line: str) -> str | None:
    """The words of a normalised `line` that read as danger to somebody else, or None."""
    found = _HARM_PATTERN.search(line)
    return found.group() if found else None
