"""Finds danger in a text, whatever else it says: to the person (crisis) or to somebody else (harm).
Pure.

If in doubt it is danger, and a human reads the text. Figures of speech ("this weather is killing
me", "rather die than get that bus") are ignored only if the text shows what they are about. Must
never decide a yes or a no. The patterns expect normalised text: `gonna`, `wanna`, `il`, `im`,
`cant`, no apostrophes.
"""

import re

_SELF = r"(?:myself|meself|me self|my self)"
_MINE = r"(?:my|me|the|his|her|their|our|a)"
_CHILD = (
    r"(?:kids?|child(?:ren)?|baby|babies|little (?:un|1|girl|boy|lad)|toddler|bairn|stepson|"
    r"stepdaughter)"
)
_KIN = (
    rf"(?:{_MINE} )?(?:little |step ?)?(?:{_CHILD}|son|daughter|lad|girl|mum|mam|mother|dad|nan|"
    r"nana|gran|sister|brother|sis|ex|girlfriend|gf|mrs|missus|wife|husband|niece|nephew)"
)
_SOMEBODY = rf"(?:him|her|them|someone|somebody|people|you|that \w+|{_KIN})"
_MEANS_TO = (
    r"(?:gonna|il|wanna|want|swear|might|could|would|id of|id have|ready to|feel like|"
    r"thinking (?:of|about)|end up)"
)
_NOT_A_DATE = (
    r"(?! (?:today|tomorrow|tomoz|mon|tue|wed|thu|fri|sat|sun|then|until|till|til|this|that|next|"
    r"at|on|for|in time|cos|because|as|im|il)\b)"
)
_ANY_MORE = r"(?: (?:anymore|any more|nomore|no more|no longer|much longer|mwy)\b)"

_WANTING_TO_DIE = (
    (
        r"\b(?:wanna|want to|wanting to|wish i (?:could|was|were)|ready to|gonna|hope i|"
        r"could just) (?:just )?(?:die|be dead|not be here|not wake up|not be alive)\b"
    ),
    (
        r"\bwish i (?:was|were|had|could|had never been) (?:just )?(?:dead|never born|not born|"
        r"not here|not woken up|born)\b|\bil be dead\b|\bwant it to (?:end|be over|all stop)\b"
    ),
    (
        r"\b(?:kill|kills|killed|killing|top|topping|hang|hanging|hurt|hurting|harm|harming|cut|"
        rf"cutting|stab|burn|burning) {_SELF}\b(?! (?:at|with) work)"
    ),
    (
        r"\bsuicid|\bself harm|\bend(?:ing)? (?:it all|my life)\b|"
        r"\b(?:of|about|to|just|gonna|wanna) end(?:ing)? it\b(?! (?:early|there|now|with))|"
        r"\btak(?:e|ing) my (?:own )?life\b"
    ),
    (
        r"\b(?:cut|cutting|slit|slitting|slashed) my (?:arms?|wrists?|legs?|throat)\b|"
        r"\bjump(?:ing)? (?:off|in front)\b|"
        r"\b(?:was|were|stood|standing|sat|im|been) on the bridge\b|"
        r"\bin front of a (?:train|bus|lorry)\b"
    ),
    r"\bhear(?:ing)? (?:\w+ )?voices\b|\bvoices (?:telling|are|in|back|again)\b",
    (
        r"\boverdos|\bod (?:again|last|tonight)\b|"
        r"\b(?:took|taken|swallowed|necked|take|cymryd) (?:\w+ ){0,3}(?:tablets|pills|meds|"
        r"paracetamols?|dabledi)\b(?! (?:for|as|this morning|today))"
    ),
    (
        r"\b(?:tablets|pills|knife|rope|blade) (?:here |ready |right )?(?:in front of|next to|"
        r"beside|with) me\b|\bstomach pumped\b|\bdrank bleach\b"
    ),
    (
        r"\b(?:dont|didnt) (?:wanna|want to) (?:be here|live|be alive|wake up|carry on|go on|"
        r"exist|be in this world)\b(?! (?:in|on|at|till|until|all)\b)|\bnot wake up\b"
    ),
    (
        rf"\bcant (?:do this|live|take (?:it|this|life))(?: like this)?{_ANY_MORE}|"
        r"\bcant (?:go on|cope|carry on|face (?:it|life|another day)|"
        rf"keep going)(?: like this)?(?:{_ANY_MORE}|$)"
    ),
    (
        r"\b(?:no|whats the|see the|any|a) point (?:(?:in|to|of) )?(?:living|life|anything|"
        r"being here|being alive|going on|carrying on|anymore|it all)\b|"
        r"\bnothing (?:left )?to live for\b"
    ),
    (
        r"\bbetter off (?:dead|without me|if i)\b|"
        r"\beveryone(?:s|d)? (?:would |will |will all )?be better off\b|"
        r"\b(?:nobody|no 1|noone|who) (?:would|will|d|wud) (?:miss me|care if i|notice if i)\b"
    ),
    (
        rf"\bwont be (?:around|here)\b{_NOT_A_DATE}|"
        r"\bwont be (?:around|here) for (?:long|much)\b|\bif (?:im|i am) (?:still )?alive\b|"
        r"\bif im still (?:here|about)\b|\bwhen im gone\b"
    ),
    (
        r"\b(?:tired|sick|had enough) of (?:being here|living|life|being alive|everything)\b|"
        r"\bwanting to be dead\b|\bnot be(?:ing)? here (?:anymore|nomore|no more)\b|"
        r"\bbe here (?:nomore|no more|anymore)\b"
    ),
    (
        r"\b(?:wont|not|never) be a (?:problem|burden|bother) (?:for|to) any(?:one|body)\b|"
        r"\bby the time (?:you|anyone) (?:get|read|see)s? this\b|"
        r"\b(?:this is|say|saying) goodbye\b|\bgoodbye (?:all|everyone|forever)\b|"
        r"\bmy last (?:text|message|day)\b"
    ),
    (
        r"\btell (?:\w+ )?\w+ (?:that )?(?:im sorry|i said sorry|"
        r"i love(?:d)? (?:them|her|him|you))\b|\btell \w+ i said sorry\b"
    ),
    (
        r"\b(?:wrote|written|writing|left) (?:\w+ )?(?:letters?|a note|notes) for\b|"
        r"\b(?:given|giving|gave|give) (?:away )?(?:all )?(?:my|me) (?:stuff|things|dog|cat|"
        r"clothes|bits)(?: away)?\b|\bcan have my (?:bike|dog|stuff|things|phone|car|tv)\b"
    ),
    (
        r"\b(?:gonna|want to|wanna|going to) be with (?:him|her|them|"
        r"my (?:lad|son|mum|dad|nan))(?: (?:again|soon|now))?$|"
        r"\bmade (?:my|me) mind up\b(?! (?:to|about|il|im))"
    ),
    (
        r"\b(?:dont|cant) (?:trust|feel safe with|be left with) (?:myself|meself)\b|"
        r"\bdo something stupid\b|\bmake it that far\b|\b(?:dont|cant) see a (?:way out|future)\b"
    ),
)
_OF_SOMEBODY_ELSE = (
    r"\b(?:kill|killing|killed|hurt|hurting|harm|harming|hang|hanging|cut|cutting|top|topping|"
    r"od|drown) (?:himself|herself|themselves|themself|hisself)\b"
    r"(?! (?:laughing|lol|working|over))",
    r"\b(?:he|she|hes|shes) (?:\w+ ){0,3}?(?:wants?|wanted|going|gonna|trying|tried) to (?:die|"
    r"end it|end (?:his|her) life|do it again)\b|\b(?:he|she) (?:doesnt|dont|didnt) want to (?:be "
    r"here|live|carry on|go on|wake up)\b(?! (?:in|on|at|with))",
)
_IN_A_COFFIN = (
    r"\bin a (?:box|coffin|body ?bag|wooden box|hearse|pine box)\b|\bfeet first\b",
    r"\b(?:say|saying|said) (?:ta ?ra|tara|goodbye|bye|cheerio) (?:properly|for good|for ever|"
    r"forever|for the last time)\b",
)
"""What somebody writes about another person, and what sounds like a joke and may be none."""
_MEANS_AND_PLACES = (
    (
        r"\bon the (?:railway|train) (?:line|tracks?)\b(?! (?:to|from|for)\b)|"
        r"\b(?:driv|crash|steer)\w* (?:\w+ )?(?:into|off) (?:a|the) (?:wall|tree|bridge|cliff|"
        r"lorry)\b"
    ),
    (
        r"\b(?:think|thinking|thought|thoughts) (?:\w+ )?(?:of|about) (?:jumping|hanging|"
        r"drowning|driving into|doing it)\b|\bneidio (?:o flaen|off|oddi ar)\b|"
        r"\bo flaen (?:y |yr )?tren\b"
    ),
    (
        r"\b(?:swallowed|drank|drunk|necked|downed) (?:\w+ )?(?:bleach|antifreeze|petrol|"
        r"weedkiller|the lot|them all|a whole box|the whole box)\b|\bstopped breathing\b|"
        r"\b(?:naloxone|narcan)\b|\bbrought (?:me|us) (?:back|round)\b"
    ),
    (
        r"\b(?:took|taken|take) (?:something|summat|summet|sumthin|sumfin|somethin|too many|"
        r"too much|the lot|them all|all of them|the whole)\b(?! (?:from|off|out|for|to)\b)|"
        r"\bcant stay awake\b|\bim going over\b|\bgone numb\b(?! (?:from|at|in the cold))"
    ),
    (
        r"\b(?:wont|not) be need\w* (?:the |any |no |any more |nomore |more |that |this |"
        r"my )*(?:appointments?|slot)\b|\b(?:nobody|noone|no 1|who|"
        r"no one) (?:\w+ ){0,2}(?:notice|care|miss) (?:\w+ )?(?:if )?(?:i|im|me) ?(?:was|were|"
        r"when|if|wasnt)? ?(?:gone|dead|not)\b"
    ),
    (
        r"\b(?:say|said|saying) (?:bye|goodbye|ta ra) (?:to )?(?:my|me|the) (?:kids?|little|"
        r"daughter|son|lads?|girls?|boys?|babies|mum|mam)\b|"
        r"\b(?:went|go|gone|going) to sleep and (?:that was it|not|never|didnt|dont)\b"
    ),
    (
        r"\b(?:my |the |ur |your )?last (?:text|message) (?:from me|you|ull|il|i|im|ever)\b|"
        r"\bcant keep (?:doing this|going|on)\b|\b(?:wont|not) have to worry (?:about|bout) me\b|"
        r"\bletters? (?:are |is |all )?written\b"
    ),
    (
        r"\bwont need (?:it|that|them|this) where\b|"
        r"^(?:im |still )?(?:up )?on the (?:roof|ledge|bridge)(?: now)?$|"
        r"\btaking (?:\w+ )?(?:everyone|everybody|them all|him|her|them) with me\b|"
        r"\bend it (?:tonight|today|now|all)\b"
    ),
    (
        r"\bkicked (?:my|the|our) (?:front |back )?door\b|\bpay (?:the|this|my|that) debt or\b|"
        r"\b(?:seeing|hearing) things\b(?! (?:different|clear|more|my))|\bfitting all\b"
    ),
)
_IN_DANGER = (
    r"\b(?:not|dont feel|isnt|aint|never) safe\b|\bunsafe\b|\bin danger\b",
    (
        r"\b(?:im|so|really|proper|am|feel|well|and|dead) (?:scared|terrified|frightened|"
        r"petrified)\b(?! of (?!him|her|them|what|my))|"
        r"\b(?:terrified|petrified|scared to go|scared for my|scared of (?:him|her|them|what))\b"
    ),
    (
        r"(?:^|\bplease |\bsomeone |\bsomebody )"
        r"help me\b(?! (?:with|fill|move|find|understand|get|read|a|sort|to|do|out|book|pay|"
        r"apply))|\bhelp me (?:please|im)\b|"
        r"\b(?:please )?send (?:someone|somebody|police|the police|an ambulance)\b"
    ),
    (
        r"\b(?:gonna|tryna|trying to|wants? to|wanna|threaten(?:ed|ing|s)? to|said hes|said hed|"
        r"said hel|said theyd|said theyl|says hes|saying hes|swore hed|theyl|"
        r"theyd) (?:gonna )?(?:kill|stab|shoot|hurt|batter|find|get|do) me\b|\bwants? me dead\b"
    ),
    (
        r"\b(?:is|are|theyre|hes|shes|lads|people|guys|someone|somebody|they|he|"
        r"theres \w+) (?:\w+ )?after me\b|\b(?:hit|price) (?:out )?on (?:me|my head)\b|"
        r"\bput me in a box\b|\bfound my address\b|\bknows? where (?:im staying|i live|i am)\b|"
        r"\b(?:following|stalking) me\b|\bthreaten(?:ed|ing|s)? me\b"
    ),
    (
        r"\b(?:hes|shes|theyre|they are|he is) (?:outside (?:now|again|my|banging|with|the)|"
        r"banging|(?:at|outside) (?:my|the) door|trying to get in|in my house|smashing|"
        r"got a (?:knife|gun|machete))\b|\bbanging (?:on )?(?:my|the) door\b"
    ),
    (
        r"\b(?:got|been|was|getting) (?:stabbed|shot|attacked|jumped|raped|battered|beaten up|"
        r"mugged|assaulted|strangled)\b|\b(?:stabbed|raped|strangled|battered|attacked|punched|"
        r"assaulted|hit|hits|hitting|kicks|kicked|beats|"
        r"punches) me\b(?! (?:up|off|out|to|when|back))|\bbeat me (?:up|black|again)\b"
    ),
    (
        r"\b(?:wont|doesnt|dont|not) let me (?:out|leave|go out)\b|"
        r"\b(?:taken|took) (?:my|me) keys\b|\blocked me in\b|"
        r"\bchecks (?:it|my phone|this phone)\b|\bdont (?:ring|call) (?:on )?this phone\b"
    ),
    r"\bin (?:icu|resus|intensive care)\b|\bbeen sectioned\b|\bput me in hospital\b",
    (
        r"\b(?:need|get|called|called an|waiting for|in) (?:an |the )?ambulance\b|"
        r"\bchest pains?\b|\bcant breathe?\b|\b(?:im|wont stop|cant stop|still|badly) bleeding\b|"
        r"\b(?:i|ive) collapsed\b|\bheart attack\b|\b(?:had|having) a (?:fit|seizure|breakdown)\b"
    ),
    (
        r"\bnowhere (?:else )?to (?:go|sleep|stay|kip)\b|"
        r"\b(?:sleeping|slept|sleep|living|kipping) (?:\w+ )?(?:rough|outside|on the streets?|"
        r"in (?:a|the|my) (?:doorway|tent|car|park|stairwell|bin))\b|"
        r"\bon the streets? (?:tonight|again|now|since|with)\b|\bstreet homeless\b|"
        r"\b(?:not|havent|aint) (?:ate|eaten) (?:for|in|since)\b"
    ),
)
_LAST_WORDS_AND_NEEDS = (
    (
        r"\bkms\b|\b(?:be|il) there (?:\w+ )?in a box\b|\b(?:left|leaving) (?:his|her|my|me) "
        r"ring\b|"
        r"\b(?:ta|thanks) ra properly\b|\b(?:just|only) a burden\b|\bwant to say a proper (?:bye|"
        r"goodbye)\b"
    ),
    (
        r"\b(?:im|am|really|deffo) not (?:ok|okay|alright)\b(?! (?:with|about|for|to))|"
        r"\bin a (?:\w+ )?(?:dark|bad) place\b(?! (?:to|for|in town))|\b(?:at|hit|reached) (?:my |"
        r"a )?"
        rf"breaking point\b|\bcant do it{_ANY_MORE}"
    ),
    (
        r"\b(?:been|got|getting) (?:shanked|knifed|chinged|slashed|glassed)\b|"
        r"\b(?:knife|blade|gun) to (?:my|me) (?:throat|neck|head)\b|"
        r"\b(?:took|taken|swallowed|necked|cymryd|gymryd|gymyd) (?:\w+ ){0,4}(?:tablets|pills|"
        r"paracetamols?|o dabledi)\b(?! (?:for|as|this morning|today))"
    ),
    (
        r"\b(?:ex|husband|fella|boyfriend|bf|partner) (?:\w+ ){0,2}(?:gets out|getting out|"
        r"released|"
        r"let out|comes out) (?:\w+ ){0,4}(?:scared|find me|find us|get me|after me|kill)\b"
    ),
    (
        r"\b(?:kicked|chucked|slung|thrown|threw) (?:me |us )?out\b.{0,30}\b(?:tonight|nowhere|"
        r"cold|"
        r"raining|freezing|with nothing|with all my)\b|"
        r"\b(?:sleeping|sleepin|kippin|kipping) (?:rough|in (?:me|my|the|a) (?:car|van|tent|"
        r"doorway))\b|"
        r"\bno roof over\b|\bslung out (?:of )?the hostel\b|\bim homeless\b|\bhomeless (?:again|"
        r"now|tonight)\b"
    ),
    (
        r"\b(?:dim lle|nunlle|unman) (?:i|am) (?:gysgu|fynd|aros)\b|\b(?:cysgu|gysgu) yn (?:y|fy) "
        r"(?:car|nghar)\b|\b(?:angen|galw|isio) ambiwlans\b|\bmethu anadlu\b|\bgwaedu lot\b|"
        r"\bn ddigartref\b|\bbygwth (?:fi|lladd)\b|\b(?:wedi|nath o|nath e) (?:bwrw|mwrw|curo|"
        r"nghuro) fi\b|"
        r"\b(?:sdim|dim) pwynt (?:byw|cario|mynd ymlaen)\b|\b(?:well|gwell) off? ?hebdda\b|"
        r"\bo dabledi\b"
    ),
)
_OTHER_LANGUAGES = (
    (
        r"\bddim (?:isio|eisiau|isie|moyn) (?:bod yma|byw|bod yn fyw|deffro|mynd ymlaen)\b|"
        r"\b(?:isio|eisiau|isie|moyn) marw\b|\b(?:lladd|brifo|torri|crogi) fy hun\b|\bhunanladd|"
        r"\bgormod o dabledi\b|\bmethu (?:cario|mynd) (?:ymlaen|mlaen)\b"
    ),
    (
        r"\b(?:efo|gyda|a) (?:cyllell|chyllell)\b|"
        r"\b(?:mae|dwi|gen i|mewn|dwi gyda) ofn\b(?! colli)|\bofn$|\bddim yn (?:saff|ddiogel)\b|"
        r"\bhelpwch fi\b|"
        r"\b(?:cysgu|byw) (?:allan|ar y stryd)\b|\bfy (?:lladd|mygwth|nharo) i\b"
    ),
    r"\bnie chce (?:juz )?zyc\b|\bzabic sie\b|\bpomocy\b|\bvreau sa mor\b|\bma omor\b",
)
_HARM = (
    (
        rf"\b{_MEANS_TO} (?:\w+ ){{0,3}}?(?:kill|stab|shoot|batter|smash|hurt|murder|bury|knife|"
        r"hospitalise|do time for|attack|slap|punch|hit|knock out|swing for|beat up|"
        rf"leather) {_SOMEBODY}\b(?! (?:up$|up later|up when))"
    ),
    (
        r"\b(?:gonna|il|wanna) (?:\w+ ){0,2}(?:burn|torch|smash|"
        r"petrol bomb) (?:\w+ ){0,3}(?:down|up|office|house|windows)\b|"
        r"\b(?:smash|kick|punch|put|cave|bash) (?:his|her|their|your|him|her|them|you) (?:face|"
        r"head|teeth|nose|jaw|through)\b"
    ),
    (
        r"\bdo(?:ing)? time for (?:him|her|them|my|that)\b|"
        r"\b(?:hes|shes|theyre|your|youre) dead (?:when|if|once)\b|"
        r"\bwhen i (?:find|see|get|catch|get hold of) (?:him|her|them)\b.{0,60}\b(?:dead|kill|"
        r"swear|batter|sorry they)\b|\b(?:dead|kill|swear|batter)\b.{0,60}\b(?:when|"
        r"if) i (?:find|see|get|catch) (?:him|her|them)\b"
    ),
    (
        r"\b(?:thoughts?|thinking|dreaming|urges?) (?:of|about|to) (?:hurting|killing|stabbing|"
        r"hurt|kill|stab)\b|\bscared il (?:do|hurt|kill)\b|"
        r"\bsomeones? (?:is )?gonna get (?:hurt|stabbed|killed)\b"
    ),
    (
        r"\b(?:got|carrying|have|bring|bringing|taking|grabbed) (?:a|my|the) (?:knife|blade|"
        r"machete|hammer|bat|gun|shooter)\b|\bwith a (?:bat|knife|hammer|machete|gun)\b"
    ),
    (
        r"\b(?:batter(?:ed|ing)?|stab(?:bed|bing)?|kill(?:ed)?) (?:someone|somebody|him|her|"
        r"them)\b|\bdo (?:him|her|them) in\b"
    ),
    (
        r"\b(?:hit|hits|hitting|beat|beats|beating|battering|batters|hurting|slaps?|slapping|"
        r"touch(?:es|ing|ed)|kicks|kicking|strangl\w+|raped|raping|abus\w+|starv\w+|neglecting|"
        rf"threatening|punching|groom\w+) {_KIN}\b"
    ),
    (
        r"\b(?:puts?|putting|lays?|laying|laid) (?:his|her|their) hands on (?:my|the|her|his|"
        r"our)\b|\bdoing things to (?:my|her|his|the|our)\b|"
        r"\b(?:is|been|keeps|was) hurting (?:his|her|the|my|their)\b|"
        r"\brun (?:him|her|them) over\b"
    ),
    (
        rf"\b(?:leav\w*|left) (?:\w+ )?{_CHILD} (?:\w+ ){{0,3}}(?:alone|on (?:her|his|their|there|"
        rf"its) own)\b|"
        r"\bshake the baby\b|\b(?:nonce|paedo|pedo)s?\b.{0,20}\bkids?\b|\bgonna batter (?:my|the|"
        r"this) (?:neighbour|landlord|boss|ex)\b|"
        r"\bput (?:him|her|them) in (?:the|a) (?:ground|grave|hospital)\b|"
        r"\b(?:gadael|adael) y plant ar\b|\btaro fy (?:mab|merch|mhlant)\b|\bcleisiau ar y "
        r"(?:babi|plant)\b|"
        r"\bfrifo (?:fe|fo|ef|hi|nhw)\b"
    ),
    r"\bbruises?\b|\bmarks on (?:her|his|the|their)\b|\b(?:gave|given) (?:her|him) a black eye\b",
    (
        r"(?<!cant )(?<!wont )\b(?:leav\w*|left) (?:the|her|his|their|them|"
        rf"those) {_CHILD} (?:\w+ ){{0,3}}(?:alone|on (?:her|his|their|its) own|with nobody)\b"
    ),
    (
        r"\b1[0-5] ?(?:yr|yrs|year|years|y) ?olds? (?:gf|girlfriend|bf|boyfriend|bird|lass|"
        r"girl)\b|\b(?:sleeping with|seeing|shagging|sexting|messaging) a 1[0-5]\b|"
        r"\bunder ?age (?:girl|boy|kid|lass)\w*\b|\btaking (?:her|his|their) (?:money|pension)\b"
    ),
    (
        r"\b(?:ladd|lladd|curo|brifo|trywanu) (?:o|hi|nhw|rhywun|fe|y plant|fy mam|ef)\b|"
        r"\b(?:taror|curor|brifor|taro|curo|brifo) (?:y )?plant\b"
    ),
)
_CRISIS_PATTERN = re.compile(
    "|".join(
        f"(?:{pattern})"
        for pattern in (
            *_WANTING_TO_DIE,
            *_OF_SOMEBODY_ELSE,
            *_IN_A_COFFIN,
            *_MEANS_AND_PLACES,
            *_IN_DANGER,
            *_LAST_WORDS_AND_NEEDS,
            *_OTHER_LANGUAGES,
        )
    )
)
_HARM_PATTERN = re.compile("|".join(f"(?:{pattern})" for pattern in _HARM))


def crisis_words(line: str) -> str | None:
    """The words of a normalised line that suggest danger to the person who wrote it."""
    match = _CRISIS_PATTERN.search(line)
    return match.group() if match else None


def harm_words(line: str) -> str | None:
    """The words of a normalised line that suggest danger to somebody else."""
    match = _HARM_PATTERN.search(line)
    return match.group() if match else None
