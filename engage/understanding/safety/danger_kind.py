"""Reads which kinds of danger a text reports, once danger was found in it. Pure.

It only sorts danger and never decides whether there is any. The signs (signs.py) and the patterns
here come first. A text that fits none is sorted by its words (kind_words.py). If they do not tell
either, it is `unclear`, or a threat to others if only that was found. The patterns expect
normalised text: `gonna`, `wanna`, `il`, `im`, `cant`, no apostrophes.
"""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from engage.understanding.safety import net
from engage.understanding.safety.kind_words import kinds_by_words
from engage.understanding.safety.kinds import DangerKind
from engage.understanding.safety.signs import signs

if TYPE_CHECKING:
    from engage.understanding.vocabulary import Intent

_CRISIS, _HARM_TO_OTHERS = "crisis", "harm_to_others"
_SELF = r"(?:myself|meself|me self|my self|fy hun|fy hunan|yn hun)"
_CHILD = (
    r"(?:kids?|kiddies|child(?:ren)?|baby|babies|bab|bairns?|toddler|little (?:un|1|one|girl|boy|"
    r"lad|sister|brother)s?|stepson|stepdaughter|plant|plentyn|babi|y bach|niece|nephew|grandkids?|"
    r"grandson|granddaughter|daughters?|sons?|lads?|boys?|lass|weans?|ferch|merch|mab|bachgen|"
    r"hogyn|"
    r"hogan|crwt)"
)
_OWN = r"(?:my|me|the|his|her|their|our|your|a|fy|y|ei|eu|yr)"
_TABLETS = (
    r"(?:tablets?|tabs|pills?|meds|medication|paracetamols?|pain ?killers|sleepers|zopis?|valium|"
    r"vallies|benzos|pregabs?|gabbies|codeine|tramadol|ibuprofen|insulin|methadone|dabledi|tabledi|"
    r"feddyginiaeth|blister packs?)"
)
_THEY = (
    r"(?:he|hes|she|shes|they|theyre|someone|somebody|lads|men|people|dealers?|(?:the|my|me|his|"
    r"her) "
    r"(?:ex|husband|wife|partner|brother|dad|son|mate|mates|lads|family|boyfriend|bf|fella|bloke))"
)
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
        r"\b(?:took|taken|take|taking|tuk|swallowed|swallow|necked|downed|dropped|eaten|ate|"
        rf"drank|cymryd|gymryd|gymyd|llyncu|lyncu|gymrodd|gymres) (?:\w+ ){{0,4}}{_TABLETS}\b(?! "
        r"(?:for|as|this morning|today|on time|with (?:me|her|him|them)\b))|\b(?:had|have|ate) "
        rf"(?:about |like |over |bout )?\d+ (?:\w+ )?{_TABLETS}\b|\b(?:potel|bocs|pecyn|llwyth) "
        rf"(?:\w+ )?{_TABLETS}",
        r"\b(?:took|taken|take|taking|necked|downed|swallowed) (?:something|summat|summet|sumthin|"
        r"too many|too much|the lot|them all|all of them|the whole|a load|loads of|everything)\b",
        r"\b(?:drank|drunk|swallowed|necked|downed) (?:\w+ )?(?:bleach|antifreeze|petrol|"
        r"weedkiller|all bottle)\b|\bstomach pumped\b|\bpump(?:ed)? (?:us|my|me) stomach\b",
        r"\b(?:stopped breathing|cant breathe?|not breathing|methu anadlu|ddim yn anadlu|cant "
        r"stay awake|going over|gone numb|gone blue|lips (?:are |r )?blue|naloxone|narcan)\b",
        r"\b(?:wont|cant|dont) stop (?:the )?bleeding\b|\bbleeding (?:out|everywhere|bad|badly|"
        r"loads|a lot|from)\b|\b(?:im|am|still|badly) bleeding\b|\bblood everywhere\b|"
        r"\bgwaedu\w*\b|"
        r"\b(?:lot|llwyth|lots|loads|covered) (?:o|of|in|mewn) (?:waed|gwaed|blood)\b|\bcut (?:too|"
        r"really|proper) deep\b|\bcut \w+ .{0,30}\b(?:wont stop|deeper|deep|bad|badly|bleeding)\b|"
        r"\btoo (?:much|many) (?:\w+ ){0,3}(?:methadone|insulin|medicine|tablets|pills)\b|\bgormod "
        r"on "
        r"nhabledi\b|\bwent over\b|\b(?:brought|bring) (?:me|us) (?:back|round)\b|\bflatlined\b|"
        r"\b(?:left|right) (?:side|arm|hand|leg) (?:is |has |have )?(?:gone|numb|dead|no "
        r"feeling)\b|\bface "
        r"has dropped\b|\bspeech is (?:going|gone)\b|\bcant (?:get (?:up |off )?(?:off )?the floor|"
        r"feel (?:my|"
        r"me) (?:legs?|arms?|hands?|face))\b|\bburning up\b|\bstab (?:to|in|wound)\b|\bbottled "
        r"in\b|"
        r"\bfitting (?:all|again|and|on)\b|\bpoen yn (?:y|fy) (?:frest|mrest)\b|\b(?:ambulance|"
        r"ambiwlans|resus|blue ?lights?|intensive care|icu)\b|"
        r"\bspiked (?:me|us|my)\b",
        r"\b(?:need|get|called|calling|call|send|waiting for|waiting on|in|angen) (?:an |the |me "
        r"an )?(?:ambulance|ambiwlans)\b|\bchest pains?\b|\bheart attack\b|\b(?:i|ive) "
        r"collapsed\b|\bhad a (?:fit|seizure|stroke)\b|\bhaving a (?:fit|seizure|stroke)\b|\bpoen "
        r"yn fy mrest\b",
        r"\b(?:just |ive |i |already |nes i )(?:cut|slit|slashed|stabbed|hung|torri|dorri) (?:my|"
        r"me|fy) (?:arms?|wrists?|legs?|throat|neck|arddwrn|mreichiau|braich)\b|\b(?:just|ive|i) "
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
        r"\b(?:kill|killin|killing|top|topping|hang|hanging|hurt|hurting|harm|harming|cut|"
        rf"cutting|drown|gas|end|off|do|lladd|brifo|frifo|torri|crogi|grogi) {_SELF}\b|\bsuicid|"
        r"\bself harm|\bhunanladd|\bkms\b|\bunalive\b|\brope (?:is|ready|here|round|round my)\b|"
        r"\bneck on the line\b|\b(?:sylf|self|sylv) harm\w*\b|\bvoices?\b|\blleisi(?:au|e|a)\b",
        r"\bend(?:ing)? (?:it all|my life|it tonight|it now|it today|things|it)\b(?! (?:early|"
        r"there|with))|\btak(?:e|ing) my (?:own )?life\b|\bdone with (?:life|living|this world|"
        r"breathing)\b|\b(?:gonna|about to|thinking of|think about|going to|to|"
        r"just) jump\b|\bjump(?:ing)? (?:off|in front|every|from|now|tonight)\b|\bjumping$|"
        r"\bneidio (?:o flaen|off|oddi ar)\b|\bo "
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
        r"(?<!me )\bin a (?:box\b(?! of| room)|hearse|coffin|body ?bag)|\bwont be (?:around|"
        r"here)\b(?! (?:today|tomorrow|tomoz|mon|"
        r"tue|wed|thu|fri|sat|sun|then|until|till|til|at|on|for the|in time|cos))|\bwhen im "
        r"gone\b|\bif im still (?:here|alive|about)\b|\bil be dead\b|\bbe (?:here|alive) "
        r"(?:nomore|no more)\b",
        r"\b(?:this is|say|saying|wanted to say|sayin) (?:goodbye|bye|(?:ta|thanks) (?:ra|ta|"
        r"thanks)|tara|ta ta|cheerio|"
        r"hwyl)\b|\bgoodbye (?:all|everyone|forever)\b|\b(?:my|me) last (?:text|message|day)"
        r"\b|\bmy last night\b|\blast text\b|\b(?:ta|thanks) ra properly\b|\bby the time (?:you|"
        r"anyone|u) (?:get|read|"
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
        r"\b(?:bother|worry|deal|put up|mess|waste time) (?:with|about|bout|on) me (?:again|any "
        r"?more|"
        r"no ?more|after|now|much longer)\b|\b(?:give|let) (?:my|me|the|that) (?:slot|place|"
        r"appointment|time|spot|hour|seat) (?:to|go to)\b|\bgot a future\b|\bsomeone (?:who|that) "
        r"(?:wants|deserves) (?:it|to)\b|\bwont (?:be )?need\w* (?:\w+ ){0,3}(?:appointments?|slot|"
        r"it|them|that|this|me)\b",
        r"\bstill (?:breathing|alive|in this world)\b|\bif im (?:here|alive|about|around|"
        r"breathing)\b|"
        r"\bdont plan to be\b|\bplann(?:ed|ing) (?:it|how|to do it|when)\b|\bways (?:to do it|out|"
        r"of "
        r"doing it)\b|\b(?:thinking|thought|been thinking) (?:\w+ )?(?:of|about|bout|on) (?:ways|"
        r"how|"
        r"doing it|bad things)\b|\b(?:tried|try|trying) to do it\b|\bmade my mind up\b|"
        rf"\b(?:saving|saved|counted|counting|lined|hiding|hid) (?:\w+ ){{0,3}}{_TABLETS}\b|"
        rf"\b{_TABLETS} "
        r"(?:\w+ )?(?:counted|lined up|saved|ready|in front|here)\b|\bdriving into\b|\bropes?\b|"
        r"\b(?:it|"
        r"everything|all) (?:would )?(?:just )?stops?\b(?! (?:texting|ringing))|\btell (?:my|me) "
        r"(?:mum|"
        r"mam|dad|kids|lads?|son|daughter|nan) (?:it|she|he|im|i|that|they)\b|\b(?:not|didnt|"
        r"hoped not|"
        r"hoping not|wont|dont) (?:\w+ )?(?:to )?wake up\b|\bn(?:o|ee) p(?:oi)?nt\b|\bsee (?:a|"
        r"the|any) "
        r"reason\b|\bnot safe with (?:my|me)self\b|\bwhere (?:im|i am) going\b|\bhwyl fawr "
        r"(?:pawb|i bawb|"
        r"am byth)\b|\bmynd at (?:mam|dad|nain|taid|fy)\b",
        r"\b(?:happier|better|easier|best) (?:\w+ ){0,4}(?:if|without) (?:me|i (?:wasnt|werent|was "
        r"(?:gone|dead|not)|just|went|didnt))\b|\bwant (?:\w+ ){1,3}to (?:stop|end|be over|go "
        r"away)\b|"
        r"\b(?:make|making) it (?:to|past|through) (?:the|xmas|christmas|mon|tue|wed|thu|fri|sat|"
        r"sun|"
        r"tomorrow|tonight|next)\w*\b|\b(?:see|seeing) (?:the end of|myself making|another (?:day|"
        r"week|year|christmas))\b",
        r"\bgoodbyes?\b|\b(?:last|final) (?:text|message|one) (?:from|off) me\b|\bffarwel\w*\b|"
        r"\b(?:deud|dweud|gweud|ddeud|ddweud|weud) (?:(?:ta|thanks) (?:ta|thanks|ra)|hwyl|"
        r"ffarwel)\b|\bfydda i ddim "
        r"(?:yma|"
        r"ma|o gwmpas|ar gael|isie|angen)\b|\bddim (?:yma|ma|o gwmpas) (?:erbyn|wedyn|mwy|fory|"
        r"rhagor)"
        r"\b|\bwedi cael (?:digon|llond bol) (?:o|ar) (?:fyw|bopeth|fywyd)\b",
        r"\b(?:well|gwell|hapusach|haws) (?:off )?(?:i bawb|pawb)? ?(?:\w+ ){0,3}(?:hebdda|heb fi|"
        r"taswn i|tawn i|pe bawn|swn i|fyswn i)\b|\b(?:taswn|tawn|swn) i ddim (?:yma|ma|yn bod|yn "
        r"fyw)\b|"
        r"\b(?:moyn|isio|eisiau|isie|ishe|isho) (?:diflannu|bod ma|stopio byw|cysgu am byth)\b|"
        r"\bddim (?:"
        r"isio|eisiau|isie|ishe|isho|moyn) bod\b|\b(?:baich|faich) (?:ar|i) (?:bawb|pawb)\b|\bbyw "
        r"fel "
        r"hyn\b|\b(?:cario|mynd) (?:y |ym)?m?laen? (?:fel hyn|rhagor|dim mwy)\b|\bffili cario\b",
        r"\b(?:she|he|shes|hes) (?:\w+ ){0,4}?(?:left|leaving) (?:\w+ ){0,5}?(?:ring|note|"
        r"letters?)\b|"
        r"\b(?:gadael|adael|gadel) (?:\w+ ){0,3}?(?:nodyn|llythyr\w*|modrwy|fodrwy)\b|\bmodrwy\b|"
        rf"\b(?:took|taken|take) (?:\w+ ){{0,4}}{_TABLETS} with (?:me|her|him|them)\b|\b(?:do|"
        r"doing|done|"
        r"does) (?:something|summat|summet|anything|owt) (?:\w+ )?(?:to (?:her|him|them|my|"
        r"me)sel\w+|"
        r"stupid|silly|daft|bad)\b",
        r"\bnie chce (?:juz )?zyc\b|\bzabic sie\b|\bvreau sa mor\b|\bma omor\b",
    ),
    DangerKind.VIOLENCE: (
        rf"\b{_SOMEBODY_HURTS} me\b(?! (?:up$|off|out|to|when|back$))|\bbeat me (?:up|black|"
        r"again)\b",
        r"\b(?:gonna|tryna|trying to|wants? to|wanna|threaten(?:ed|ing|s)? to|said hes|said hed|"
        r"said hel|said theyd|says hes|saying hes|swore hed|theyl|theyd|hel|hed|will|going to|"
        r"come to|coming to|coming (?:for|after)|after) (?:gonna )?(?:kill |stab |shoot |hurt |"
        r"batter |find |get |do |burn |cut |beat |smash )?me\b(?! (?:a|an|at|in|there|when|up at|"
        r"know|off|some|to|for))",
        r"\b(?:do|break|smash|snap|breaking|doing|cut|chop|open|do in) (?:my|me|our) (?:legs?|knee "
        r"?caps?|knees|"
        r"arms?|fingers?|hands?|jaw|face|teeth|windows?|head|throat)\b|\b(?:looking|lookin|waiting|"
        r"searching|asking|come|came|coming|driving round|parked|sat) (?:\w+ ){0,4}(?:for|to get|"
        r"to find|"
        r"outside) (?:me|us|my|mine)\b|\bfollow(?:s|ed|ing) (?:me|us)\b|\bopen me up\b|"
        r"\b(?:wouldnt|wont|doesnt|never) let me (?:out|"
        r"leave|go|off)\b|\bnot allowed out\b|\b(?:hes|theyre) (?:here|coming up|in the (?:yard|"
        r"house|"
        r"garden|hall)|on (?:his|their) way)\b|\bon his way round\b|\bthroat (?:opened|cut|slit)\b|"
        r"\b(?:look "
        r"for|looking for|hunting|hunt) (?:me|us)\b|\b(?:carry|sell|run|deal) for (?:them|him|"
        r"em)\b|\bsee to "
        r"me\b|\btook my passport\b|\b(?:bust|broke|broken) (?:my )?ribs\b|\bsaethu (?:fi|i)\b|"
        r"\bset fire to "
        r"(?:it|us|me|my)\b|\bchok(?:e|es|ed|ing) me\b|\bhurting me\b|\bpay for "
        r"(?:talking|grassing|what i|telling)\b|\btrio (?:n )?lladd (?:fi|i)\b|\b(?:kill|kills|"
        r"killed|"
        r"stab|shoot|hurt|beat) me (?:when|if|tonight|in)\b",
        r"\b(?:ex|cyn|nghyn|n?gh?ynbartner|ngwr|gwr|nghariad|nghyn wr)\b.{0,30}\b(?:allan|mas|"
        r"rhyddhau|"
        r"gwbod lle|gwybod ble|bygwth|mygwth)\b|\b(?:nharo|n taro|taro|bwrw|pwno|waldio|curo|cicio|"
        r"brifo) (?:i|fi)\b|\bchwilio amdana\w*\b|\baros amdana\w*\b|\b(?:bygythi\w+|mygwth\w*)\b|"
        r"\b(?:gun|strap|shotgun|machete|axe|bwyell|chyllell|gyllell|cyllyll)\b|\bin (?:danger|"
        r"fear) "
        r"(?:from|of) (?:him|her|them|my)\b",
        r"\bwants? me dead\b|\b(?:hit|price) (?:out )?on (?:me|my head)\b|\bput me in a (?:box|"
        r"hole)\b|\bfound (?:my address|where i live|out where)\b|\bfound me (?:again|and)\b|"
        r"\bknows? where (?:im staying|i live|i "
        r"am|im at)\b|\b(?:following|stalking|hunting|watching) me\b|\bthreaten\w* me\b|\bfy "
        r"(?:lladd|mygwth|nharo|mwrw|nghuro) i\b|\b(?:mygwth|bygwth) (?:fi|lladd)\b",
        rf"\b{_THEY} (?:is |are |now |back )?(?:outside|at (?:the|my|me|our) "
        r"(?:door|window|gate|house|flat|gaff)|banging|kicking|smashing|breaking|trying to get "
        r"in|in my house|got a (?:knife|gun|machete|bat|hammer)|at the door|at my door|by the "
        r"door)\b|\bbanging (?:on )?(?:my|the) door\b|\bkicked (?:my|the|our) (?:front |back "
        r")?door\b|\btu allan\b|\bcuro (?:ar )?(?:y |fy )?drws\b",
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
        r"\b(?:hit|hits|hitting|beat|beats|beating|batter\w*|hurt|hurts|hurting|slap\w*|smack\w*|"
        r"touch(?:es|ing|ed)|kick\w*|strangl\w+|shak(?:e|es|ing)|shook|raped|raping|abus\w+|"
        r"starv\w+|neglect\w*|threaten\w*|punch\w*|groom\w+|burn\w*|bit) (?:\w+ "
        rf"){{0,2}}?(?:{_OWN} )?{_CHILD}\b",
        rf"\b(?:leav\w*|left|leave) (?:\w+ )?{_CHILD} (?:\w+ ){{0,4}}(?:alone|on (?:her|his|their|"
        rf"there|its) own|with nobody|by (?:her|him|them)sel\w+|with (?:him|her))\b|\b{_CHILD} "
        r"(?:\w+ ){0,3}(?:left alone|home alone|on (?:her|his|their) own|not safe|isnt safe|"
        r"arent safe|in danger|at risk|wont wake|not breathing|isnt breathing)\b",
        rf"\b{_CHILD}\b.{{0,60}}\b(?:touch(?:es|ed|ing) (?:her|him|them)|(?:been |was |being "
        r")?left (?:home |"
        rf"all )?(?:alone|on (?:his|her|their|there|its) own))\b|\b{_CHILD} (?:\w+ "
        r"){0,3}(?:havent|hasnt|"
        r"not|aint|nothing) (?:\w+ ){0,2}(?:eaten|ate|eat|fed|food)\b|\bgot (?:the|my|our) "
        rf"{_CHILD} with "
        rf"(?:him|her|them)\b|\b(?:took|taken|has) (?:the|my|our) {_CHILD}\b",
        rf"\b(?:bruises?|marks?|black eye|burns?|blood|cleisiau) (?:\w+ ){{0,4}}{_CHILD}\b|"
        rf"\b{_CHILD} (?:\w+ ){{0,4}}(?:bruises?|bruised|black eye|marks on|cleisiau|burns on)\b",
        r"\b(?:hes|he|shes|she|theyve|they|somebody|someone|ex|dad|mum|boyfriend|bf) (?:\w+ "
        r"){0,2}(?:taken|took|got|grabbed|snatched|run off with|gonna take|threatening to "
        rf"take) (?:\w+ )?(?:my |me |the |our )(?:{_CHILD})\b",
        r"\b(?:scared|worried|afraid|frightened) (?:il |ill |i might |i will |im gonna |of |for "
        rf")(?:\w+ ){{0,3}}(?:{_OWN} )?{_CHILD}\b|\b(?:gonna|il|might|could|feel like) (?:\w+ "
        rf")?(?:hurt|shake|hit|smother|drown|kill) (?:{_OWN} )?{_CHILD}\b",
        rf"\b{_CHILD} (?:\w+ ){{0,2}}(?:with|around|near|alone with) (?:him|a (?:nonce|paedo|pedo|"
        r"dealer))\b|\b(?:nonce|paedo|pedo|peado)\w*\b|\binappropriate\w* (?:\w+ )?" + _CHILD,
        r"\b1[0-5] ?(?:yr|yrs|year|years|y) ?olds?\b|\b(?:sleeping with|seeing|shagging|sexting|"
        r"messaging) a 1[0-5]\b|\bunder ?age (?:girl|boy|kid|lass)\w*\b",
        rf"\b{_CHILD} (?:\w+ ){{0,3}}(?:hungry|starving|nothing to eat|not (?:ate|eaten)|no food|"
        r"no milk)\b|\b(?:doing things to|hands on|screams? at|screaming at|locks?|locked) "
        rf"(?:\w+ )?{_CHILD}\b",
        r"\b(?:brifor?|frifor?|bwrwr?|fwrwr?|taror?|daror?|curor?|gadaelr?|adaelr?|cam-?drin|"
        r"ysgwydr?|cicior?|hitior?|pwnor?) (?:\w+ )?(?:y |yr |fy |r )?(?:plant|mhlant|blant|babi|"
        r"mabi|plentyn|ferch|merch|"
        r"mab|hogyn|hogan|bachgen)\b|\b(?:plant|babi|mabi|plentyn|merch|mab) (?:\w+ ){0,4}(?:ddim "
        r"yn (?:saff|"
        r"ddiogel)|ar (?:ben )?(?:eu|ei) (?:hun\w*|pen\w*)|heb (?:fwyta|fyta|fwyd)|mewn perygl|"
        r"cleisiau|llwgu)\b",
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
        r"\b(?:taflu|daflu|cicio|gicio|hel) (?:fi |ni )?(?:allan|mas)\b|\b(?:hostel|shelter|bnb|b "
        r"and b|night shelter) (?:\w+ ){0,2}"
        r"(?:full|shut|closed|wont|turned|said no|chucked|kicked)\b|\b(?:lost|lose|losing) (?:my|"
        r"me|the) "
        r"(?:bed|room|place|space|spot) (?:at|in) (?:the |a )?(?:shelter|hostel|night shelter|"
        r"bnb)\b",
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

_DROPPED_G = re.compile(
    r"\b(?!(?:insulin|heroin|cousin|within|cabin|admin|violin)\b)(\w{2,}[^\Waeiou])in\b"
)
"""`kickin` and `thinkin`, as people type them. No pattern has a Welsh word that this changes."""


def kinds_of_danger(line: str, intents: Collection["Intent"]) -> tuple[DangerKind, ...]:
    """The kinds of danger of a normalised line, most urgent first. Empty if `intents` have none.

    Each danger of `intents`, to the person (crisis) and to others, has at least one kind.
    """
    is_crisis, is_harm = _CRISIS in intents, _HARM_TO_OTHERS in intents
    if not is_crisis and not is_harm:
        return ()
    spelled = _DROPPED_G.sub(r"\1ing", line)
    found = {kind for kind, pattern in _COMPILED if pattern.search(spelled)} | set(signs(line))
    if not found - {DangerKind.THREATS_TO_OTHERS}:
        found |= kinds_by_words(spelled)
    elif found == {DangerKind.NOWHERE_TO_SLEEP}:
        found |= kinds_by_words(spelled) & {DangerKind.VIOLENCE}
    if not is_crisis:
        found &= {DangerKind.CHILD_AT_RISK}
    if not is_harm:
        found.discard(DangerKind.THREATS_TO_OTHERS)
    elif not any(kind.is_to_others for kind in found):
        found.add(DangerKind.THREATS_TO_OTHERS)
    if is_crisis and not found - {DangerKind.THREATS_TO_OTHERS}:
        is_hopeless = net.sounds_hopeless(line)
        found.add(DangerKind.WISHES_TO_DIE if is_hopeless else DangerKind.UNCLEAR)
    return tuple(kind for kind in DangerKind if kind in found)


def kind_of_danger(line: str, intents: Collection["Intent"]) -> DangerKind | None:
    """The most urgent kind of danger of a normalised line. None if `intents` have no danger."""
    return next(iter(kinds_of_danger(line, intents)), None)
