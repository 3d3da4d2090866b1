"""Reads which kinds of danger a text reports, once danger was found in it. Pure.

The rules only sort danger and never decide whether there is any. A text that fits no rule is
`unclear`, or a threat to others if only that was found. The patterns expect normalised text:
`gonna`, `wanna`, `il`, `im`, `cant`, no apostrophes.
"""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from engage.understanding.safety.kinds import DangerKind

if TYPE_CHECKING:
    from engage.understanding.vocabulary import Intent

_CRISIS, _HARM_TO_OTHERS = "crisis", "harm_to_others"
_SELF = r"(?:myself|meself|me self|my self|fy hun|fy hunan|yn hun)"
_CHILD = (
    r"(?:kids?|kiddies|child(?:ren)?|baby|babies|bab|bairns?|toddler|little (?:un|1|one|girl|boy|"
    r"lad|sister|brother)s?|stepson|stepdaughter|plant|plentyn|babi|y bach|niece|nephew|grandkids?|"
    r"grandson|granddaughter|daughter|son|lad|lass|ferch|merch|mab|bachgen|hogyn)"
)
_OWN = r"(?:my|me|the|his|her|their|our|your|a|fy|y|ei|eu|yr)"
_TABLETS = (
    r"(?:tablets?|tabs|pills?|meds|medication|paracetamols?|pain ?killers|sleepers|zopis?|valium|"
    r"vallies|benzos|pregabs?|gabbies|codeine|tramadol|ibuprofen|insulin|methadone|dabledi|tabledi|"
    r"feddyginiaeth|blister packs?)"
)
_THEY = r"(?:he|hes|she|shes|they|theyre|someone|somebody|the ex|my \w+|me \w+|his \w+|lads|people)"
_SOMEBODY_HURTS = (
    r"(?:hit|hits|hitting|beat|beats|beating|batter|batters|battering|battered|punch|punched|"
    r"punches|kick|kicks|kicked|strangle|strangles|strangled|choke|choked|chokes|stab|stabbed|"
    r"attack|attacked|assaulted|rape|raped|slap|slaps|slapped|smack|smacked|jumped|mugged|burnt|"
    r"pushed|headbutted|bit|glassed)"
)

_PATTERNS: dict[DangerKind, tuple[str, ...]] = {
    DangerKind.OVERDOSE_OR_INJURY: (
        r"\boverdos|\bod (?:again|last|tonight|now)\b|\b(?:on|just) od\b|\bim od\b|^(?:no )?od$|"
        r"\bhospital od\b|\bgormod o (?:dabledi|dablets|feddyg)",
        rf"\b(?:took|taken|take|taking|tuk|swallowed|swallow|necked|downed|dropped|eaten|ate|"
        rf"drank|cymryd|gymryd|gymyd|llyncu|lyncu|gymrodd|gymres) (?:\w+ ){{0,4}}{_TABLETS}\b(?! "
        rf"(?:for|as|this morning|today|on time))",
        r"\b(?:took|taken|take|taking|necked|downed|swallowed) (?:something|summat|summet|sumthin|"
        r"too many|too much|the lot|them all|all of them|the whole|a load|loads of|everything)\b",
        r"\b(?:drank|drunk|swallowed|necked|downed) (?:\w+ )?(?:bleach|antifreeze|petrol|"
        r"weedkiller|all bottle)\b|\bstomach pumped\b|\bpump(?:ed)? (?:us|my|me) stomach\b",
        r"\b(?:stopped breathing|cant breathe?|not breathing|methu anadlu|ddim yn anadlu|cant "
        r"stay awake|going over|gone numb|gone blue|lips (?:are |r )?blue|naloxone|narcan)\b",
        r"\b(?:wont|cant|dont) stop (?:the )?bleeding\b|\bbleeding (?:out|everywhere|bad|badly|"
        r"loads|a lot|from)\b|\b(?:im|am|still|badly) bleeding\b|\bblood everywhere\b|\bgwaedu\b",
        r"\b(?:need|get|called|calling|call|send|waiting for|waiting on|in|angen) (?:an |the |me "
        r"an )?(?:ambulance|ambiwlans)\b|\bchest pains?\b|\bheart attack\b|\b(?:i|ive) "
        r"collapsed\b|\bhad a (?:fit|seizure|stroke)\b|\bhaving a (?:fit|seizure|stroke)\b|\bpoen "
        r"yn fy mrest\b",
        rf"\b(?:just |ive |i |already |nes i )(?:cut|slit|slashed|stabbed|hung|torri|dorri) (?:my|"
        rf"me|fy) (?:arms?|wrists?|legs?|throat|neck|arddwrn|mreichiau|braich)\b|\b(?:just|ive|i) "
        rf"(?:cut|stabbed|burnt|hung|hanged) {_SELF}\b",
        r"\b(?:wrists?|arms?) (?:is |are )?(?:cut|slit|bleeding|stitched|open)\b|\b(?:been|got|"
        r"was|ive been|getting) (?:stabbed|shot|knifed|shanked|chinged|slashed|glassed|hit by a "
        r"(?:car|bus)|run over|knocked down)\b|\bknife in my\b|\bhole in my\b|\b(?:ges i|gesh i|"
        r"cael) (?:fy |y |n )?(?:nhrywanu|trywanu|saethu|nharo gan gar)\b",
        r"\b(?:needle|pin) (?:is )?still in\b|\bcoughing (?:up )?blood\b|\bpassed out\b|\bblacked "
        r"out\b|\bhead (?:is )?(?:split|cracked) open\b|\bllewygu\b",
    ),
    DangerKind.WISHES_TO_DIE: (
        r"\b(?:wanna|want to|wanting to|wish i (?:could|was|were)|ready to|gonna|hope i|could "
        r"just|rather|better|id) (?:just )?(?:die|be dead|not be here|not wake up|not be alive|"
        r"not exist|disappear for good)\b|\bwish (?:i|id|that i) (?:was|were|had|could|never|had "
        r"never|hadnt)\b.{0,20}\b(?:dead|born|woken|gone|not here)\b",
        rf"\b(?:kill|killin|killing|top|topping|hang|hanging|hurt|hurting|harm|harming|cut|"
        rf"cutting|drown|gas|end|off|do|lladd|brifo|frifo|torri|crogi|grogi) {_SELF}\b|\bsuicid|"
        rf"\bself harm|\bhunanladd|\bkms\b|\bunalive\b|\brope (?:is|ready|here|round|round my)\b|"
        rf"\bneck on the line\b",
        r"\bend(?:ing)? (?:it all|my life|it tonight|it now|it today|things|it)\b(?! (?:early|"
        r"there|with))|\btak(?:e|ing) my (?:own )?life\b|\bdone with (?:life|living|this world|"
        r"breathing)\b|\bjump(?:ing)? (?:off|in front)\b|\bneidio (?:o flaen|off|oddi ar)\b|\bo "
        r"flaen (?:y |yr )?tren\b",
        r"\b(?:was|were|stood|standing|sat|im|been|up|on|ar) (?:\w+ )?(?:the |y )?(?:bridge|ledge|"
        r"roof|railway|tracks|multi ?storey|bont|clogwyn|cliff)\b(?! (?:st|street|road|rd|centre|"
        r"cafe|inn|pub|house))|\bin front of a (?:train|bus|lorry)\b",
        r"\b(?:dont|didnt|doesnt|ddim|dim) (?:wanna|want to|isio|eisiau|isie|moyn|am) (?:be here|"
        r"live|be alive|wake up|carry on|go on|exist|be in this world|bod yma|byw|bod yn fyw|"
        r"deffro|mynd ymlaen|cario mlaen)\b|\bnot (?:wake up|be here (?:anymore|no ?more|"
        r"tomorrow))\b",
        r"\b(?:isio|eisiau|isie|moyn|am) marw\b|\bwell off hebdda\b|\bgwell hebdda i\b|\bbyd yn "
        r"well hebdda\b|\bmethu (?:cario|mynd) (?:ymlaen|mlaen)\b|\bs?dim pwynt (?:byw|cario|"
        r"mynd)\b|\bwedi cael digon o fyw\b",
        r"\bcant (?:do this|live|take (?:it|this|life)|go on|cope|carry on|keep going|face (?:it|"
        r"life|another day))\b(?: like this)?(?:.{0,4}(?:anymore|any more|nomore|no more|no "
        r"longer|much longer)\b|$)|\bcant keep (?:doing this|going|on)\b",
        r"\b(?:no|whats the|see the|any|a) point (?:(?:in|to|of) )?(?:living|life|anything|being "
        r"here|being alive|going on|carrying on|anymore|it all|me|me being)\b|\bnothing (?:left "
        r")?to live for\b|\b(?:tired|sick|had enough) of (?:being here|living|life|being alive|"
        r"everything|it all)\b",
        r"\bbetter off (?:dead|without me|if i)\b|\bevery(?:one|body)\w* (?:would |will |will all "
        r"|id )?be better off\b|\b(?:nobody|no 1|noone|no one|who|noone|none) (?:\w+ )?(?:would|"
        r"will|d|wud|id|ll)? ?(?:miss me|care if i|notice if i|even notice)\b",
        r"\bin a box\b(?! of| room)|\bwont be (?:around|here)\b(?! (?:today|tomorrow|tomoz|mon|"
        r"tue|wed|thu|fri|sat|sun|then|until|till|til|at|on|for the|in time|cos))|\bwhen im "
        r"gone\b|\bif im still (?:here|alive|about)\b|\bil be dead\b|\bbe (?:here|alive) "
        r"(?:nomore|no more)\b",
        r"\b(?:this is|say|saying|wanted to say|sayin) (?:goodbye|bye|ta ra|tara|ta-ra|hwyl fawr "
        r"am byth)\b|\bgoodbye (?:all|everyone|forever)\b|\b(?:my|me) last (?:text|message|day|"
        r"night)\b|\b(?:ta|thanks) ra properly\b|\bby the time (?:you|anyone|u) (?:get|read|"
        r"see)s? this\b",
        r"\b(?:wrote|written|writing|left|leaving) (?:\w+ ){0,2}(?:letters?|a note|notes)\b|"
        r"\bleft (?:his|her|my|me) ring\b|\btell (?:\w+ ){1,3}(?:that )?(?:im sorry|i said sorry|"
        r"i love(?:d)? (?:them|her|him))\b|\b(?:given|giving|gave|give) (?:away )?(?:all )?(?:my|"
        r"me) (?:stuff|things|dog|cat)\b|\bcan have my (?:dog|stuff|things|bike)\b",
        r"\b(?:not|never|wont) be a (?:problem|burden|bother)\b|\bim (?:just |only )?a burden\b|"
        r"\b(?:dont|cant) (?:trust|feel safe with|be left with) (?:myself|meself)\b|\b(?:do|done) "
        r"something (?:stupid|silly)\b|\b(?:dont|cant) see a (?:way out|future)\b|\bgo to sleep "
        r"and (?:not|never)\b|\bbe with (?:him|her|them|my (?:lad|son|mum|mam|dad|nan))(?: "
        r"(?:again|soon|now))?$",
        r"\bnie chce (?:juz )?zyc\b|\bzabic sie\b|\bvreau sa mor\b|\bma omor\b",
    ),
    DangerKind.VIOLENCE: (
        rf"\b{_SOMEBODY_HURTS} me\b(?! (?:up$|off|out|to|when|back$))|\bbeat me (?:up|black|"
        rf"again)\b",
        r"\b(?:gonna|tryna|trying to|wants? to|wanna|threaten(?:ed|ing|s)? to|said hes|said hed|"
        r"said hel|said theyd|says hes|saying hes|swore hed|theyl|theyd|hel|hed|will|going to|"
        r"come to|coming to|coming (?:for|after)|after) (?:gonna )?(?:kill |stab |shoot |hurt |"
        r"batter |find |get |do |burn |cut |beat |smash )?me\b(?! (?:a|an|at|in|there|when|up at|"
        r"know|off|some|to|for))",
        r"\bwants? me dead\b|\b(?:hit|price) (?:out )?on (?:me|my head)\b|\bput me in a (?:box|"
        r"hole)\b|\bfound (?:my address|where i live|me)\b|\bknows? where (?:im staying|i live|i "
        r"am|im at)\b|\b(?:following|stalking|hunting|watching) me\b|\bthreaten\w* me\b|\bfy "
        r"(?:lladd|mygwth|nharo|mwrw|nghuro) i\b|\b(?:mygwth|bygwth) (?:fi|lladd)\b",
        rf"\b{_THEY} (?:is |are |now |back )?(?:outside|at|banging|kicking|smashing|trying to get "
        rf"in|in my house|got a (?:knife|gun|machete|bat|hammer)|at the door|at my door|by the "
        rf"door)\b|\bbanging (?:on )?(?:my|the) door\b|\bkicked (?:my|the|our) (?:front |back "
        rf")?door\b|\btu allan\b|\bcuro (?:ar )?(?:y |fy )?drws\b",
        r"\b(?:ex|he|she|him|they|fella|bloke|husband|partner|dad|boyfriend|bf|cyn|n?gwr) (?:\w+ "
        r"){0,3}(?:out|released|let out|gets out|getting out|comes out|coming out|gettin out|"
        r"allan|dod allan|rhyddhau) (?:\w+ ){0,3}(?:mon|tue|wed|thu|fri|sat|sun|today|tomorrow|"
        r"soon|next|this|of|dydd|gwener|iau|mercher|mawrth|llun|sadwrn|sul|fory|yfory|heddiw|jail|"
        r"prison|and)\b",
        r"\b(?:terrified|petrified|scared|frightened|frit) (?:of|he|hel|shel|she|theyl|they|for "
        r"my|to go)\b|\b(?:ofn) (?:fo|fe|ef|hi|nhw|fy ngwr|y byddan|am fy mywyd)\b|\bofn (?:arna|"
        r"arnaf) i (?:fo|fe)\b",
        r"\b(?:wont|doesnt|dont|not) let me (?:out|leave|go out|go home)\b|\blocked me in\b|"
        r"\b(?:taken|took) (?:my|me) keys\b|\bcheck(?:s|in|ing)? my phone\b|\bmaking me (?:sell|"
        r"carry|do it|work)\b",
        r"\b(?:black eye|broke my (?:arm|nose|jaw|ribs?|hand|tooth)|hands (?:round|around|on) my "
        r"(?:neck|throat)|held (?:a|the) knife|knife to my|gun to my|put (?:his|her|their) hands "
        r"on me|efo cyllell|gyda chyllell|cyllell)\b|\bhas put me in hospital\b|\bput me in "
        r"hospital\b",
        r"\b(?:been|got|getting|was) (?:jumped|battered|beaten|beaten up|raped|mugged|assaulted|"
        r"strangled|attacked)\b|\b(?:fo|fe|o|hi|nhw|mae o|mae e|mae hi|nath o|nath e) (?:\w+ "
        r"){0,2}(?:n |yn |wedi )?(?:brifo|bwrw|taro|curo|cicio|hitio|dyrnu) fi\b",
        r"\b(?:pay|owe|owed) (?:the|this|my|that|them|him)?(?: \w+){0,2} ?(?:debt|money|p|"
        r"or)\b.{0,40}\b(?:kill|hurt|stab|break|legs|house|come for)\b|\bcoming (?:for|round for) "
        r"me\b|\bdod ar fy ol i\b",
    ),
    DangerKind.CHILD_AT_RISK: (
        rf"\b(?:hit|hits|hitting|beat|beats|beating|batter\w*|hurt|hurts|hurting|slap\w*|smack\w*|"
        rf"touch(?:es|ing|ed)|kick\w*|strangl\w+|shak(?:e|es|ing)|shook|raped|raping|abus\w+|"
        rf"starv\w+|neglect\w*|threaten\w*|punch\w*|groom\w+|burn\w*|bit) (?:\w+ "
        rf"){{0,2}}?(?:{_OWN} )?{_CHILD}\b",
        rf"\b(?:leav\w*|left|leave) (?:\w+ )?{_CHILD} (?:\w+ ){{0,4}}(?:alone|on (?:her|his|their|"
        rf"there|its) own|with nobody|by (?:her|him|them)sel\w+|with (?:him|her))\b|\b{_CHILD} "
        rf"(?:\w+ ){{0,3}}(?:left alone|home alone|on (?:her|his|their) own|not safe|isnt safe|"
        rf"arent safe|in danger|at risk|wont wake|not breathing|isnt breathing)\b",
        rf"\b(?:bruises?|marks?|black eye|burns?|blood|cleisiau) (?:\w+ ){{0,4}}{_CHILD}\b|"
        rf"\b{_CHILD} (?:\w+ ){{0,4}}(?:bruises?|bruised|black eye|marks on|cleisiau|burns on)\b",
        rf"\b(?:hes|he|shes|she|theyve|they|somebody|someone|ex|dad|mum|boyfriend|bf) (?:\w+ "
        rf"){{0,2}}(?:taken|took|got|grabbed|snatched|run off with|gonna take|threatening to "
        rf"take) (?:\w+ )?(?:my |me |the |our )(?:{_CHILD})\b",
        rf"\b(?:scared|worried|afraid|frightened) (?:il |ill |i might |i will |im gonna |of |for "
        rf")(?:\w+ ){{0,3}}(?:{_OWN} )?{_CHILD}\b|\b(?:gonna|il|might|could|feel like) (?:\w+ "
        rf")?(?:hurt|shake|hit|smother|drown|kill) (?:{_OWN} )?{_CHILD}\b",
        rf"\b{_CHILD} (?:\w+ ){{0,2}}(?:with|around|near|alone with) (?:him|a (?:nonce|paedo|pedo|"
        r"dealer))\b|\b(?:nonce|paedo|pedo|peado)\w*\b|\binappropriate\w* (?:\w+ )?" + _CHILD,
        r"\b1[0-5] ?(?:yr|yrs|year|years|y) ?olds?\b|\b(?:sleeping with|seeing|shagging|sexting|"
        r"messaging) a 1[0-5]\b|\bunder ?age (?:girl|boy|kid|lass)\w*\b",
        rf"\b{_CHILD} (?:\w+ ){{0,3}}(?:hungry|starving|nothing to eat|not (?:ate|eaten)|no food|"
        rf"no milk)\b|\b(?:doing things to|hands on|screams? at|screaming at|locks?|locked) "
        rf"(?:\w+ )?{_CHILD}\b",
        r"\b(?:brifo|frifo|bwrw|fwrw|taro|daro|taror|curo|curor|brifor|gadael|adael|cam-?drin|"
        r"ysgwyd) (?:\w+ )?(?:y |yr |fy |r )?(?:plant|mhlant|blant|babi|mabi|plentyn|ferch|merch|"
        r"mab|hogyn|hogan|bachgen)\b|\b(?:plant|babi|plentyn) (?:\w+ ){0,4}(?:ddim yn (?:saff|"
        r"ddiogel)|ar (?:ben )?(?:eu|ei) (?:hun|pen)|mewn perygl|cleisiau|llwgu)\b",
    ),
    DangerKind.NOWHERE_TO_SLEEP: (
        r"\b(?:nowhere|nowere|no where|no place|anywhere|somewhere|nunlle|unman|unlle|dim lle|"
        r"nowt) (?:\w+ )?(?:to |i |for |am )?(?:go|sleep|stay|kip|live|gysgu|aros|fynd|tonight)\b",
        r"\b(?:sleep|sleepin|sleeping|slept|living|kip|kippin|kipping|kipped|dossing|bedding down|"
        r"sofa surfing|byw|cysgu|gysgu) (?:\w+ ){0,2}(?:rough|outside|outdoors|in (?:a|the|my|me) "
        r"(?:doorway|tent|car|van|park|stairwell|bin|shed|bus|station|woods|multi ?storey)|on "
        r"(?:the|a) (?:street|streets|bench|pavement)|allan|tu allan|ar y stryd|yn (?:y|fy) "
        r"(?:car|nghar|parc)|mewn pabell)\b",
        r"\bon the streets?\b|\bar y stryd\b|\bstreet homeless\b|\bhomeless\b|\bdigartref\b|"
        r"\bddigartref\b|\bno (?:roof|bed|fixed abode)\b|\bnfa\b|\bdim (?:to|gwely)\b",
        r"\b(?:kicked|chucked|thrown|threw|turfed|booted|slung|put|locked|tossed) (?:me |us |i |"
        r"ma )?(?:out|allan)\b(?! of (?:the )?(?:group|course|class|pub|club|shop))|\bevict\w*\b|"
        r"\b(?:taflu|daflu|cicio|gicio|hel) (?:fi |ni )?(?:allan|mas)\b|\bhostel (?:is )?(?:full|"
        r"wont (?:have|take) me)\b",
        r"\bout in the (?:cold|rain|snow)\b|\bfreezing (?:out here|in (?:a|the|my))\b|\b(?:lost|"
        r"colli|golli|wedi colli) (?:my |the |fy )?(?:flat|room|bed|house|tenancy|nghartref|fflat|"
        r"ystafell)\b.{0,40}\b(?:tonight|now|heno|nawr|rwan)\b|\bwhere (?:can|do) i (?:sleep|stay|"
        r"kip|go) tonight\b",
    ),
}
_COMPILED = tuple(
    (kind, re.compile("|".join(f"(?:{pattern})" for pattern in patterns)))
    for kind in DangerKind
    if (patterns := _PATTERNS.get(kind))
)


def kinds_of_danger(line: str, intents: Collection["Intent"]) -> tuple[DangerKind, ...]:
    """The kinds of danger of a normalised line, most urgent first. Empty if `intents` have none.

    Each danger of `intents`, to the person (crisis) and to others, has at least one kind.
    """
    is_crisis, is_harm = _CRISIS in intents, _HARM_TO_OTHERS in intents
    if not is_crisis and not is_harm:
        return ()
    found = {kind for kind, pattern in _COMPILED if pattern.search(line)}
    if not is_crisis:
        found &= {DangerKind.CHILD_AT_RISK}
    if is_harm and not any(kind.is_to_others for kind in found):
        found.add(DangerKind.THREATS_TO_OTHERS)
    if is_crisis and not found - {DangerKind.THREATS_TO_OTHERS}:
        found.add(DangerKind.UNCLEAR)
    return tuple(kind for kind in DangerKind if kind in found)


def kind_of_danger(line: str, intents: Collection["Intent"]) -> DangerKind | None:
    """The most urgent kind of danger of a normalised line. None if `intents` have no danger."""
    return next(iter(kinds_of_danger(line, intents)), None)
