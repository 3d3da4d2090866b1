"""The Welsh patterns of questions to which a hub keeps answers. Data only.

As the English ones. Texts have no accents and apostrophes: `a'r` is `ar`, `i'n` is `in`. Mutated
forms are listed. A wording that is a statement as well (`wnes i golli apwyntiad`) needs its
question mark.
"""

from collections.abc import Mapping, Sequence

from engage.understanding.questions import words_cy as w
from engage.understanding.vocabulary import QuestionTopic as Q

TOPICS: Mapping[Q, Sequence[str]] = {
    Q.DIRECTIONS: (
        r"(?:sut|syt|shwd|shwt) (?:dwin|dwi n|dwi|ydw in|ydw i|alla i|fedra i|mae|ma|maen|rwyn|"
        r"mod in|fydda "
        r"in|i|ga i|fi n|dan nin)(?: (?:cael|mynd|cyrraedd|gyrraedd|dod|ddod|ffeindio|dod o hyd|"
        r"ir|i|yna|"
        r"yno|chi|atoch|atoch chi|lle|y|at|o hyd|swyddfa|hyd|yma|fynd|ffindio|ir lle|o hyd ir "
        r"lle))+",
        rf"(?:pa|pwy) (?:rif )?{w.BUS}(?: (?:dwin|dwi|ydw i|syn|sy n|sy|mae|rhaid i fi|i|gael|"
        r"angen|cael|dal|"
        r"mynd|yna|yno|ddal|fynd|sydd yn|alla i|sydd|fi|mynd yna))*",
        rf"oes (?:yna )?{w.BUS}(?: (?:yn|syn|sy n|mynd|yna|yno|or|o r|orsaf|dre|i|dref|ar|gael|o|"
        r"ir))*",
        r"(?:cyfarwyddiadau|directions)(?: (?:please|plis|i gyrraedd|yna))*",
        r"(?:beth|be) (?:ydi|ydy|yw|ywr|ydir) ?(?:r )?(?:ffordd orau|ffordd hawsa|ffordd gora|"
        r"ffordd) (?:i "
        r"gyrraedd|o gyrraedd|yno|yna|i fynd yna|i fynd yno|i ddod)(?: (?:yna|yno))?",
        r"(?:lle|ble) (?:dwin|dwi n|dwi|ydw in)? ?(?:cael|dal|mynd off|dod oddi ar|dod off|dod "
        r"lawr or|dod i "
        rf"ffwrdd or|gadael) ?(?:y |r )?{w.BUS}",
    ),
    Q.CHILD: (
        rf"{w.MAY} {w.BRING} {w.DET}{w.KIDS}(?: (?:hefyd|gyda fi|efo fi|hefo fi|mewn|da fi|i "
        r"mewn))*",
        rf"{w.MAY} (?:ddod|dod) (?:gyda|efo|hefo|da|ir) ?(?:r )?{w.DET}{w.KIDS}",
        rf"(?:alla|all|fedar|gaiff|geith) (?:r )?{w.DET}{w.KIDS} (?:ddod|dod)(?: (?:hefyd|gyda fi|"
        r"efo fi|mewn|i mewn|da fi))*",
        rf"(?:oes hawl|oes croeso|oes croeso i|ydi|ydy|yw)(?: (?:i|r))* {w.DET}{w.KIDS} (?:ddod|"
        r"yn iawn|yn cael "
        rf"dod|yn ok|cael dod)(?: (?:hefyd|gyda fi|efo fi))*",
        r"(?:ydi|ydy|yw|ydin|ywn)(?: hin| hi n| hi yn)? (?:iawn|ok) (?:os|bod|fod)(?: (?:ywr|"
        r"dwin|r|ydir|dwi|fi n))*"
        rf"(?: dod a| dod ar)? ?{w.DET}{w.KIDS}(?: (?:yn|gyda fi|dod|efo fi|n dod|yn dod))*",
        rf"(?:oes rhaid|oes angen)(?: (?:i fi|i mi|cael))* gadael {w.DET}{w.KIDS}(?: (?:adre|"
        r"adref|gartref))?",
    ),
    Q.BRING: (
        r"(?:beth|be) (?:dwin|dwi n|dwi|ydw in|ydw i|sydd|sy|ddylwn i|ddyliwn i|dylwn i|sydd "
        r"angen|sy angen|"
        r"rhaid|fi n|rhaid i fi|rhaid i mi)(?: (?:angen|fod i|i|ei|gorfod|isio|fi|mi|eisiau))* "
        r"(?:ddod|dod|"
        r"gymryd|cymryd|ddwad)(?: (?:a fi|efo fi|gyda fi|ag o|ag e|gyda|efo|ag|a|mewn|i mewn))*",
        r"(?:beth|be) (?:dwin|dwi|ydw in|ydw i|sydd|sy|fydda i|fyddai)(?: (?:ei|n))? (?:angen|isio)"
        r"(?: (?:arna i|arnaf|arnai|i fi|gyda fi|efo fi))*",
        rf"(?:oes|ydw in|ydw i) ?(?:n )?(?:angen|rhaid)"
        r"(?: (?:i|fi|mi|ddod|dod|a|ag|"
        rf"cael|fy|ar|dangos|ddangos|am))* {w.ID}(?: (?:gyda fi|efo fi|arna i|arnaf|i ddod mewn))*",
        r"(?:ddylwn i|dylwn i|ddyliwn i|fyddain well i fi) (?:ddod a|dod a|ddod ag|dod ag|ddod "
        r"ar|ddod am|ddod) "
        rf"(?:(?:fy|r) )?{w.ID}(?: (?:gyda fi|efo fi))*",
        rf"^(?:angen|eisiau) (?:dod a |dod ag )?{w.ID} \?",
    ),
    Q.PARKING: (
        r"oes (?:yna |na )?(?:(?:lle|rhywle|unrhyw le|digon o le|ma|rwle|llefydd|le) )*(?:i |ar "
        r"gyfer )?"
        r"(?:barcio|parcio|barco|parco|parking|maes parcio|y car|car park)(?: (?:yna|yno|car|y|"
        r"gerllaw|fy|"
        r"nghar|am|ddim|tu allan|ar bwys|agos|r car|wrth ymyl|ger|ar gael|wrth|llaw|r))*",
        r"(?:lle|ble|yn lle) (?:alla i|ga i|dwin|gai|fedra i|ddylwn i|mae|mae r|maer|galla i|dwi "
        r"n|fedrai|"
        r"dwi|ydw in|allai|ydw i|mar)(?: (?:fod i|cael|i))* ?(?:barcio|parcio|barco|parco|maes "
        r"parcio|car "
        r"park|gadael y car|adael y car)(?: (?:y|r|car|fy|nghar|gorau|yna))*",
        rf"{w.MAY} (?:barcio|parcio|barco|parco)(?: (?:yna|yno|tu allan|y car|gerllaw|ar y stryd|"
        r"fy nghar|y|"
        r"car|ar bwys|y tu allan))*",
        r"(?:ydi|ydy|yw|ydir|ywr|ydyr) ?(?:r )?(?:parcio|maes parcio) (?:am ddim|yn iawn|yn ok|yn "
        r"hawdd|im "
        r"ddim)",
        r"(?:oes rhaid|oes angen)(?: (?:i fi|i mi|i))* (?:dalu|talu) (?:am |i )?(?:barcio|parcio|"
        r"y maes "
        r"parcio)",
        r"(?:beth|be) am (?:barcio|parcio|y car)",
        r"faint (?:ydi|ydy|yw|maen gostio i|mae n costio i)(?: r| y)? ?(?:parcio|barcio|maes "
        r"parcio)",
    ),
    Q.ON_RECORD: (
        rf"(?:ydi|ydy|yw|fydd|ydir|ydyr|oes|a fydd) ?{w.TEXTS} (?:yn |n |ar |i gyd )*(?:mynd|myn|"
        r"cael ei roi|"
        rf"cael ei gadw|aros|mynd lawr|cael ei nodi|bod|gael ei roi) ?(?:ar|yn|i|ir) {w.RECORD}",
        rf"(?:ydi|ydy|yw|fydd|ydir|ydyr|a fydd) ?{w.TEXTS} (?:yn |n |i gyd )*(?:cael|gael|cal) "
        r"(?:ei |eu )?"
        r"(?:gadw|recordio|"
        r"cadw|cofnodi|gofnodi|nodi|storio|saveio|safio)(?: (?:rhywle|gyda chi))?",
        r"(?:ydych chin|dach chin|da chin|ydach chin|dych chin|chin) (?:cadw|cadwr|cofnodi|"
        r"recordio|storio|safio) "
        rf"?(?:r )?{w.TEXTS}",
        rf"(?:ydi|ydy|yw|fydd|oes) ?{w.TEXTS} (?:ar|yn) {w.RECORD}",
    ),
    Q.COMPANION: (
        rf"(?:alla|all|fedar|gaiff|geith|fedrith) {w.DET}{w.PEOPLE} (?:ddod|dod|"
        rf"eistedd|aros|fod yna){w.WITH_ME}",
        rf"{w.MAY} {w.BRING} {w.DET}{w.PEOPLE}{w.WITH_ME}",
        rf"{w.MAY} (?:ddod|dod) (?:gyda|efo|hefo|da) {w.DET}{w.PEOPLE}",
        r"(?:oes hawl|oes modd|ydi|ydy|yw|oes croeso|ydin iawn|ywn iawn)(?: (?:i|hin iawn i|hin "
        r"ok i|hin iawn os|hin iawn bod))*"
        rf" {w.DET}{w.PEOPLE} (?:ddod|dod|yn dod|n dod|cael dod|yn cael dod){w.WITH_ME}",
        r"(?:oes rhaid|oes angen)(?: (?:i fi|i mi))? (?:ddod|dod|fod|mynd) (?:ar ben fy hun|ar fy "
        r"mhen fy hun|"
        r"yn unig|ar ben hun|ar ben fyn hun)",
        r"(?:ydw in|ydw i) (?:gorfod|fod i) (?:dod|ddod) (?:ar ben fy hun|ar fy mhen fy hun)",
    ),
    Q.DOG: (
        rf"{w.MAY} {w.BRING} {w.DET}{w.DOG}(?: (?:hefyd|gyda fi|efo fi|mewn|i mewn|da fi|hefo fi|"
        r"bach))*",
        rf"{w.MAY} (?:ddod|dod) (?:gyda|efo|hefo|da|ar) {w.DET}{w.DOG}",
        rf"(?:alla|all|fedar|gaiff|geith|fedrith) (?:r )?{w.DET}{w.DOG} (?:ddod|dod)(?: (?:hefyd|"
        r"gyda fi|efo fi|mewn|i mewn|da fi))*",
        r"(?:oes hawl|oes croeso|ydi|ydy|yw|ydir|oes hawl i)(?: (?:i|r|cael|dod a))* "
        rf"{w.DET}{w.DOG} ?(?:ddod|yn "
        r"iawn|yn ok|yn cael dod|cael dod|mewn|yna|i mewn|yno)?(?: (?:mewn|i mewn))*",
        r"(?:ydych chin|dach chin|da chin|ydach chin|dych chin) (?:derbyn|gadael|caniatau|"
        rf"cymryd) {w.DET}{w.DOG}"
        r"(?: (?:mewn|i mewn))?",
        rf"(?:beth|be) am {w.DET}{w.DOG}",
    ),
    Q.IF_LATE: (
        r"(?:beth|be) (?:syn digwydd|sy n digwydd|sydd yn digwydd|fyddn digwydd|fydd yn digwydd|"
        r"syn|wna i|"
        r"dwin neud|dwin gwneud|ddylwn i neud|ddylwn i wneud|sy|i neud)?(?: digwydd)? ?(?:os|"
        r"pan) (?:dwin|"
        r"dwi|ydw in|ydw i|fydda in|fydda i|byddaf in|rwyn|fi n|dwi n|dwi am fod yn|maer bws yn|"
        r"fin|ywr bws "
        rf"yn|ydir bws yn) {w.LATE}",
        r"(?:fyddwch chi|fydd hi|fyddwch|wnewch chi|gai|ga i)(?: (?:dal i|dal|n|yn|fy|ngweld|"
        r"gweld fi|fi|"
        r"cael fy ngweld|iawn|ngweld i|broblem|weld fi))* os (?:dwin|ydw in|fydda in|dwi|fydda "
        rf"i) {w.LATE}",
        r"(?:ydi|ydy|yw)(?: o| e| hi| on| en| hin)?(?: yn|n)? (?:ots|broblem|bwysig|matter) os "
        r"(?:dwin|ydw in|fydda in|dwi|"
        rf"fydda i) {w.LATE}",
        r"pa mor hwyr (?:ga i|alla i|gai|fedra i|allai)(?: (?:fod|gyrraedd|ddod|bod))*",
        r"(?:beth|be) am fod yn hwyr",
    ),
    Q.COST: (
        rf"(?:ydi|ydy|yw|ydir|ydyr)(?: (?:o|e|hi|hwn|hyn|{w.APPT}|on|en|hin))?(?: (?:i gyd|yn))* "
        r"(?:am ddim|"
        r"rhad ac am ddim)(?: (?:i ddod|i fi))*",
        rf"(?:ydi|ydy|yw|fydd|ydir|ydyr|a fydd)(?: (?:o|e|hi|on|hwn|hyn|{w.APPT}|en))*(?: (?:yn|"
        r"n))? (?:costio|"
        r"gostio|cost)(?: (?:rhywbeth|unrhyw beth|i fi|arian|dim|i mi))*",
        r"(?:oes rhaid|oes angen|fydd rhaid|ydw in gorfod|oes raid)"
        r"(?: (?:i fi|i mi|imi|ifi))? (?:dalu|"
        r"talu)(?: (?:am|amdano|hyn|rhywbeth|dim|i ddod|yr apwyntiad|apwyntiad|am hyn|unrhyw "
        r"beth))*",
        r"faint (?:mae|maen|maer|ma|mae o n|mae on|mae en|man|maen n|mae hyn yn|yw|fydd)(?: (?:o|"
        r"e|hi|n|yn|hyn|"
        rf"{w.APPT}))* ?(?:gostio|costio|y gost|gost)(?: (?:i fi|i ddod))*",
        r"oes (?:yna |na )?(?:dal|tal|ffi|gost|cost|charge|gost i)(?: (?:am hyn|i fi|am|i|hyn))*",
    ),
    Q.FARE: (
        r"(?:ydych chin|dach chin|da chin|ydach chin|dych chin|allwch chi|fedrwch chi|wnewch chi|"
        r"fyddwch chin|"
        r"alli di|chin)(?: (?:talu|dalu|helpu|rhoi|roi|help|gyda|gydar|efor|efo|am|i|fy|fi|y|yn|"
        r"ad|ad dalu|r|at|cyfrannu))"
        rf"+ {w.FARE}(?: (?:yn ol|i ddod|i gyrraedd|fi|i))*",
        rf"(?:ga i|gai|alla i|allai|fedra i|caf i|oes modd|ydw in cael|fedrai)"
        r"(?: (?:help|gael|cael|hawlio|gyda|efo|am|arian|fy|y|r|yn ol|i|gofyn|costau|o|ad daliad|"
        r"ar|gostau"
        rf"))* ?{w.FARE}(?: (?:yn ol|i ddod|i fi|nol|gennych|gennych chi))*",
        r"oes(?: (?:yna|na|help|cymorth|arian|gyda|efo|ar|am|i|gael|at|modd|cael|tuag at|y))+ "
        rf"{w.FARE}"
        r"(?: (?:ar gael|i ddod))*",
        rf"pwy (?:syn|sy n|fydd yn|sydd yn|fyddn) talu (?:am )?(?:y )?{w.FARE}",
        r"(?:sut|syt|shwd) (?:dwin|alla i|ydw in|mae|dwi n) (?:hawlio|cael)(?: (?:y|fy|r|arian|"
        rf"am))* {w.FARE}"
        r"(?: yn ol)?",
    ),
}
