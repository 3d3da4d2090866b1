"""Looks for danger in a text, whatever else it says: to the person (crisis) or to somebody else
(harm).

Tuned to find rather than to be sure: when in doubt it is danger, and a person reads it. Figures of
speech ("this weather is killing me", "rather die than get that bus") are passed over only where
their other half is on the line. Never used to decide a yes or a no. Patterns are for the reader's
own spelling: `gonna`, `wanna`, `il`, `im`, `cant`, no apostrophes.
"""

import re

_SELF = r"(?:myself|meself|me self|my self)"
_MINE = r"(?:my|me|the|his|her|their|our|a)"
_CHILD = r"(?:kids?|child(?:ren)?|baby|babies|little (?:un|1|girl|boy|lad)|toddler|bairn|stepson|stepdaughter)"
_KIN = rf"(?:{_MINE} )?(?:little |step ?)?(?:{_CHILD}|son|daughter|lad|girl|mum|mam|mother|dad|nan|nana|gran|sister|brother|sis|ex|girlfriend|gf|mrs|missus|wife|husband|niece|nephew)"
_SOMEBODY = rf"(?:him|her|them|someone|somebody|people|you|that \w+|{_KIN})"
_MEANS_TO = r"(?:gonna|il|wanna|want|swear|might|could|would|id of|id have|ready to|feel like|thinking (?:of|about)|end up)"
_NOT_A_DATE = r"(?! (?:today|tomorrow|tomoz|mon|tue|wed|thu|fri|sat|sun|then|until|till|til|this|that|next|at|on|for|in time|cos|because|as|im|il)\b)"
_ANY_MORE = r"(?: (?:anymore|any more|nomore|no more|no longer|much longer|mwy)\b)"

_WANTING_TO_DIE = (
    r"\b(?:wanna|want to|wanting to|wish i (?:could|was|were)|ready to|gonna|hope i|could just) (?:just )?(?:die|be dead|not be here|not wake up|not be alive)\b",
    r"\bwish i (?:was|were|had|could|had never been) (?:just )?(?:dead|never born|not born|not here|not woken up|born)\b|\bil be dead\b|\bwant it to (?:end|be over|all stop)\b",
    rf"\b(?:kill|kills|killed|killing|top|topping|hang|hanging|hurt|hurting|harm|harming|cut|cutting|stab|burn|burning) {_SELF}\b(?! (?:at|with) work)",
    r"\bsuicid|\bself harm|\bend(?:ing)? (?:it all|my life)\b|\b(?:of|about|to|just|gonna|wanna) end(?:ing)? it\b(?! (?:early|there|now|with))|\btak(?:e|ing) my (?:own )?life\b",
    r"\b(?:cut|cutting|slit|slitting|slashed) my (?:arms?|wrists?|legs?|throat)\b|\bjump(?:ing)? (?:off|in front)\b|\b(?:was|were|stood|standing|sat|im|been) on the bridge\b|\bin front of a (?:train|bus|lorry)\b",
    r"\bhear(?:ing)? (?:\w+ )?voices\b|\bvoices (?:telling|are|in|back|again)\b",
    r"\boverdos|\bod (?:again|last|tonight)\b|\b(?:took|taken|swallowed|necked|take|cymryd) (?:\w+ ){0,3}(?:tablets|pills|meds|paracetamols?|dabledi)\b(?! (?:for|as|this morning|today))",
    r"\b(?:tablets|pills|knife|rope|blade) (?:here |ready |right )?(?:in front of|next to|beside|with) me\b|\bstomach pumped\b|\bdrank bleach\b",
    r"\b(?:dont|didnt) (?:wanna|want to) (?:be here|live|be alive|wake up|carry on|go on|exist|be in this world)\b(?! (?:in|on|at|till|until|all)\b)|\bnot wake up\b",
    rf"\bcant (?:do this|live|take (?:it|this|life))(?: like this)?{_ANY_MORE}|\bcant (?:go on|cope|carry on|face (?:it|life|another day)|keep going)(?: like this)?(?:{_ANY_MORE}|$)",
    r"\b(?:no|whats the|see the|any|a) point (?:(?:in|to|of) )?(?:living|life|anything|being here|being alive|going on|carrying on|anymore|it all)\b|\bnothing (?:left )?to live for\b",
    r"\bbetter off (?:dead|without me|if i)\b|\beveryone(?:s|d)? (?:would |will |will all )?be better off\b|\b(?:nobody|no 1|noone|who) (?:would|will|d|wud) (?:miss me|care if i|notice if i)\b",
    rf"\bwont be (?:around|here)\b{_NOT_A_DATE}|\bwont be (?:around|here) for (?:long|much)\b|\bif (?:im|i am) (?:still )?alive\b|\bif im still (?:here|about)\b|\bwhen im gone\b",
    r"\b(?:tired|sick|had enough) of (?:being here|living|life|being alive|everything)\b|\bwanting to be dead\b|\bnot be(?:ing)? here (?:anymore|nomore|no more)\b|\bbe here (?:nomore|no more|anymore)\b",
    r"\b(?:wont|not|never) be a (?:problem|burden|bother) (?:for|to) any(?:one|body)\b|\bby the time (?:you|anyone) (?:get|read|see)s? this\b|\b(?:this is|say|saying) goodbye\b|\bgoodbye (?:all|everyone|forever)\b|\bmy last (?:text|message|day)\b",
    r"\btell (?:\w+ )?\w+ (?:that )?(?:im sorry|i said sorry|i love(?:d)? (?:them|her|him|you))\b|\btell \w+ i said sorry\b",
    r"\b(?:wrote|written|writing|left) (?:\w+ )?(?:letters?|a note|notes) for\b|\b(?:given|giving|gave|give) (?:away )?(?:all )?(?:my|me) (?:stuff|things|dog|cat|clothes|bits)(?: away)?\b|\bcan have my (?:bike|dog|stuff|things|phone|car|tv)\b",
    r"\b(?:gonna|want to|wanna|going to) be with (?:him|her|them|my (?:lad|son|mum|dad|nan))(?: (?:again|soon|now))?$|\bmade (?:my|me) mind up\b(?! (?:to|about|il|im))",
    r"\b(?:dont|cant) (?:trust|feel safe with|be left with) (?:myself|meself)\b|\bdo something stupid\b|\bmake it that far\b|\b(?:dont|cant) see a (?:way out|future)\b",
)
_MEANS_AND_PLACES = (
    r"\bon the (?:railway|train) (?:line|tracks?)\b(?! (?:to|from|for)\b)|\b(?:driv|crash|steer)\w* (?:\w+ )?(?:into|off) (?:a|the) (?:wall|tree|bridge|cliff|lorry)\b",
    r"\b(?:think|thinking|thought|thoughts) (?:\w+ )?(?:of|about) (?:jumping|hanging|drowning|driving into|doing it)\b|\bneidio (?:o flaen|off|oddi ar)\b|\bo flaen (?:y |yr )?tren\b",
    r"\b(?:swallowed|drank|drunk|necked|downed) (?:\w+ )?(?:bleach|antifreeze|petrol|weedkiller|the lot|them all|a whole box|the whole box)\b|\bstopped breathing\b|\b(?:naloxone|narcan)\b|\bbrought (?:me|us) (?:back|round)\b",
    r"\b(?:took|taken|take) (?:something|summat|summet|sumthin|sumfin|somethin|too many|too much|the lot|them all|all of them|the whole)\b(?! (?:from|off|out|for|to)\b)|\bcant stay awake\b|\bim going over\b|\bgone numb\b(?! (?:from|at|in the cold))",
    r"\b(?:wont|not) be need\w* (?:the |any |no |any more |nomore |more |that |this |my )*(?:appointments?|slot)\b|\b(?:nobody|noone|no 1|who|no one) (?:\w+ ){0,2}(?:notice|care|miss) (?:\w+ )?(?:if )?(?:i|im|me) ?(?:was|were|when|if|wasnt)? ?(?:gone|dead|not)\b",
    r"\b(?:say|said|saying) (?:bye|goodbye|ta ra) (?:to )?(?:my|me|the) (?:kids?|little|daughter|son|lads?|girls?|boys?|babies|mum|mam)\b|\b(?:went|go|gone|going) to sleep and (?:that was it|not|never|didnt|dont)\b",
    r"\b(?:my |the |ur |your )?last (?:text|message) (?:from me|you|ull|il|i|im|ever)\b|\bcant keep (?:doing this|going|on)\b|\b(?:wont|not) have to worry (?:about|bout) me\b|\bletters? (?:are |is |all )?written\b",
    r"\bwont need (?:it|that|them|this) where\b|^(?:im |still )?(?:up )?on the (?:roof|ledge|bridge)(?: now)?$|\btaking (?:\w+ )?(?:everyone|everybody|them all|him|her|them) with me\b|\bend it (?:tonight|today|now|all)\b",
    r"\bkicked (?:my|the|our) (?:front |back )?door\b|\bpay (?:the|this|my|that) debt or\b|\b(?:seeing|hearing) things\b(?! (?:different|clear|more|my))|\bfitting all\b",
)
_IN_DANGER = (
    r"\b(?:not|dont feel|isnt|aint|never) safe\b|\bunsafe\b|\bin danger\b",
    r"\b(?:im|so|really|proper|am|feel|well|and|dead) (?:scared|terrified|frightened|petrified)\b(?! of (?!him|her|them|what|my))|\b(?:terrified|petrified|scared to go|scared for my|scared of (?:him|her|them|what))\b",
    r"(?:^|\bplease |\bsomeone |\bsomebody )help me\b(?! (?:with|fill|move|find|understand|get|read|a|sort|to|do|out|book|pay|apply))|\bhelp me (?:please|im)\b|\b(?:please )?send (?:someone|somebody|police|the police|an ambulance)\b",
    r"\b(?:gonna|tryna|trying to|wants? to|wanna|threaten(?:ed|ing|s)? to|said hes|said hed|said hel|said theyd|said theyl|says hes|saying hes|swore hed|theyl|theyd) (?:gonna )?(?:kill|stab|shoot|hurt|batter|find|get|do) me\b|\bwants? me dead\b",
    r"\b(?:is|are|theyre|hes|shes|lads|people|guys|someone|somebody|they|he|theres \w+) (?:\w+ )?after me\b|\b(?:hit|price) (?:out )?on (?:me|my head)\b|\bput me in a box\b|\bfound my address\b|\bknows? where (?:im staying|i live|i am)\b|\b(?:following|stalking) me\b|\bthreaten(?:ed|ing|s)? me\b",
    r"\b(?:hes|shes|theyre|they are|he is) (?:outside (?:now|again|my|banging|with|the)|banging|(?:at|outside) (?:my|the) door|trying to get in|in my house|smashing|got a (?:knife|gun|machete))\b|\bbanging (?:on )?(?:my|the) door\b",
    r"\b(?:got|been|was|getting) (?:stabbed|shot|attacked|jumped|raped|battered|beaten up|mugged|assaulted|strangled)\b|\b(?:stabbed|raped|strangled|battered|attacked|punched|assaulted|hit|hits|hitting|kicks|kicked|beats|punches) me\b(?! (?:up|off|out|to|when|back))|\bbeat me (?:up|black|again)\b",
    r"\b(?:wont|doesnt|dont|not) let me (?:out|leave|go out)\b|\b(?:taken|took) (?:my|me) keys\b|\blocked me in\b|\bchecks (?:it|my phone|this phone)\b|\bdont (?:ring|call) (?:on )?this phone\b",
    r"\b(?:im|am|i was|been|still|taken|took me|rushed|me|ended up|back|dwi) (?:\w+ )?(?:in|to|at|into) (?:the )?(?:hospital|hosp|a and e|icu|resus)\b|\bkeeping me in\b|^(?:in|at) (?:the )?(?:hospital|a and e)\b|\btext(?:ing)? (?:\w+ )?from (?:the )?(?:hospital|a and e)\b|\bon a ward\b|\bbeen sectioned\b",
    r"\b(?:need|get|called|called an|waiting for|in) (?:an |the )?ambulance\b|\bchest pains?\b|\bcant breathe?\b|\b(?:im|wont stop|cant stop|still|badly) bleeding\b|\b(?:i|ive) collapsed\b|\bheart attack\b|\b(?:had|having) a (?:fit|seizure|breakdown)\b",
    r"\bnowhere (?:else )?to (?:go|sleep|stay|kip)\b|\b(?:sleeping|slept|sleep|living|kipping) (?:\w+ )?(?:rough|outside|on the streets?|in (?:a|the|my) (?:doorway|tent|car|park|stairwell|bin))\b|\bon the streets? (?:tonight|again|now|since|with)\b|\bstreet homeless\b|\b(?:not|havent|aint) (?:ate|eaten) (?:for|in|since)\b",
)
_OTHER_LANGUAGES = (
    r"\bddim (?:isio|eisiau|isie|moyn) (?:bod yma|byw|bod yn fyw|deffro|mynd ymlaen)\b|\b(?:isio|eisiau|isie|moyn) marw\b|\b(?:lladd|brifo|torri|crogi) fy hun\b|\bhunanladd|\bgormod o dabledi\b|\bmethu (?:cario|mynd) (?:ymlaen|mlaen)\b",
    r"\b(?:efo|gyda|a) (?:cyllell|chyllell)\b|\b(?:mae|dwi|gen i|mewn|dwi gyda) ofn\b(?! colli)|\bofn$|\bddim yn (?:saff|ddiogel)\b|\b(?:yn|ir|yn yr) (?:ysbyty|sbyty)\b|\bhelpwch fi\b|\b(?:cysgu|byw) (?:allan|ar y stryd)\b|\bfy (?:lladd|mygwth|nharo) i\b",
    r"\bnie chce (?:juz )?zyc\b|\bzabic sie\b|\bpomocy\b|\bvreau sa mor\b|\bma omor\b",
)
_HARM = (
    rf"\b{_MEANS_TO} (?:\w+ ){{0,3}}?(?:kill|stab|shoot|batter|smash|hurt|murder|bury|knife|hospitalise|do time for|attack|slap|punch|hit|knock out|swing for|beat up|leather) {_SOMEBODY}\b(?! (?:up$|up later|up when))",
    r"\b(?:gonna|il|wanna) (?:\w+ ){0,2}(?:burn|torch|smash|petrol bomb) (?:\w+ ){0,3}(?:down|up|office|house|windows)\b|\b(?:smash|kick|punch|put|cave|bash) (?:his|her|their|your|him|her|them|you) (?:face|head|teeth|nose|jaw|through)\b",
    r"\bdo(?:ing)? time for (?:him|her|them|my|that)\b|\b(?:hes|shes|theyre|your|youre) dead (?:when|if|once)\b|\bwhen i (?:find|see|get|catch|get hold of) (?:him|her|them)\b.{0,60}\b(?:dead|kill|swear|batter|sorry they)\b|\b(?:dead|kill|swear|batter)\b.{0,60}\b(?:when|if) i (?:find|see|get|catch) (?:him|her|them)\b",
    r"\b(?:thoughts?|thinking|dreaming|urges?) (?:of|about|to) (?:hurting|killing|stabbing|hurt|kill|stab)\b|\bscared il (?:do|hurt|kill)\b|\bsomeones? (?:is )?gonna get (?:hurt|stabbed|killed)\b",
    r"\b(?:got|carrying|have|bring|bringing|taking|grabbed) (?:a|my|the) (?:knife|blade|machete|hammer|bat|gun|shooter)\b|\bwith a (?:bat|knife|hammer|machete|gun)\b",
    r"\b(?:batter(?:ed|ing)?|stab(?:bed|bing)?|kill(?:ed)?) (?:someone|somebody|him|her|them)\b|\bdo (?:him|her|them) in\b",
    rf"\b(?:hit|hits|hitting|beat|beats|beating|battering|batters|hurting|slaps?|slapping|touch(?:es|ing|ed)|kicks|kicking|strangl\w+|raped|raping|abus\w+|starv\w+|neglecting|threatening|punching|groom\w+) {_KIN}\b",
    r"\b(?:puts?|putting|lays?|laying|laid) (?:his|her|their) hands on (?:my|the|her|his|our)\b|\bdoing things to (?:my|her|his|the|our)\b|\b(?:is|been|keeps|was) hurting (?:his|her|the|my|their)\b|\brun (?:him|her|them) over\b",
    r"\bbruises?\b|\bmarks on (?:her|his|the|their)\b|\b(?:gave|given) (?:her|him) a black eye\b",
    rf"(?<!cant )(?<!wont )\b(?:leav\w*|left) (?:the|her|his|their|them|those) {_CHILD} (?:\w+ ){{0,3}}(?:alone|on (?:her|his|their|its) own|with nobody)\b",
    r"\b1[0-5] ?(?:yr|yrs|year|years|y) ?olds? (?:gf|girlfriend|bf|boyfriend|bird|lass|girl)\b|\b(?:sleeping with|seeing|shagging|sexting|messaging) a 1[0-5]\b|\bunder ?age (?:girl|boy|kid|lass)\w*\b|\btaking (?:her|his|their) (?:money|pension)\b",
    r"\b(?:ladd|lladd|curo|brifo|trywanu) (?:o|hi|nhw|rhywun|fe|y plant|fy mam|ef)\b|\b(?:taror|curor|brifor|taro|curo|brifo) (?:y )?plant\b",
)
_CRISIS_PATTERN = re.compile(
    "|".join(
        f"(?:{one})"
        for one in (*_WANTING_TO_DIE, *_MEANS_AND_PLACES, *_IN_DANGER, *_OTHER_LANGUAGES)
    )
)
_HARM_PATTERN = re.compile("|".join(f"(?:{one})" for one in _HARM))


def crisis_words(line: str) -> str | None:
    """The words of a normalised `line` that read as danger to the person who wrote it, or None."""
    found = _CRISIS_PATTERN.search(line)
    return found.group() if found else None


def harm_words(line: str) -> str | None:
    """The words of a normalised `line` that read as danger to somebody else, or None."""
    found = _HARM_PATTERN.search(line)
    return found.group() if found else None
