"""The Welsh patterns of questions that the record answers. Data only.

As the English ones. Texts have no accents and apostrophes: `a'r` is `ar`, `i'n` is `in`. Mutated
forms are listed. A wording that is a statement as well (`wnes i golli apwyntiad`) needs its
question mark.
"""

from collections.abc import Mapping, Sequence

from engage.understanding.questions import words_cy as w
from engage.understanding.vocabulary import QuestionTopic as Q

TOPICS: Mapping[Q, Sequence[str]] = {
    Q.WHEN: (
        r"(?:pryd|faint or gloch|faint o r gloch|pa amser|am faint or gloch|am faint|pa ddiwrnod|"
        r"pa "
        r"bryd|pa ddydd) (?:mae|maer|ma|yw|ydi|ydy|oedd|mar|ywr|ydir) ?(?:o|e|hi|hwn|"
        rf"{w.APPT})?(?: (?:eto|"
        r"fory|heddiw|ymlaen|arno))*",
        r"(?:pryd|faint or gloch|pa amser|am faint or gloch|pa ddiwrnod|pryd ma|faint o gloch) "
        r"(?:dwin|dwi|"
        r"fi n|rwyn|ydw i|ydw in|dwi n|rwy n|fydda in|fydda i|dwi fod i|dwi angen|rhaid i fi|fi "
        r"fod i|dwin "
        r"fod i|fin)(?: (?:gweld|dod|ddod|cwrdd|bod|fod|yna|yno|chi|ti|mewn|a|i))*",
        r"^(?:hi |sori |sorry |a )*(?:pryd|faint or gloch|pa amser|pa ddiwrnod|faint o gloch)(?: "
        r"(?:eto|"
        r"fory|heddiw|please|plis|nesaf|nesa))*(?: \?)?$",
    ),
    Q.WHERE: (
        r"(?:be|beth|bedi|pa) (?:di|dir|ydi|ydir|yw|ywr|ydy|ydyr) ?(?:r |y |yr )?(?:cyfeiriad|lle|"
        r"adeilad)",
        r"(?:lle|ble|yn lle|yn ble) (?:mae|maer|ma|yw|ydi|ydy|mar|ywr|oedd|ydir) ?(?:o|e|hi|hwn|"
        r"hyn|y lle|"
        rf"lle|swyddfa|r swyddfa|y swyddfa|{w.APPT})?(?: (?:eto|fory|heddiw|arno))*",
        r"(?:lle|ble|i le|i ble|yn lle|yn ble) (?:dwin|dwi|ydw in|ydw i|rwyn|fydda i|dwi fod i|"
        r"dwin fod i|"
        r"rhaid i fi|fi fod i|fi n|fin|dwi angen|dwi n|ni n|dan ni)(?: (?:mynd|fynd|dod|ddod|"
        r"cwrdd|gweld|chi|"
        r"a|i|fod|bod|cyfarfod))*",
        r"(?:beth|be) (?:ydi|ydy|yw|ywr|ydir) ?(?:r )?(?:lle|cyfeiriad)(?: eto)?",
        r"^(?:hi |sori |sorry |a )*(?:lle|ble|yn lle|yn ble)(?: (?:eto|fory|heddiw|please|"
        r"plis))*(?: \?)?$",
    ),
    Q.WHO: (
        r"pwy (?:dwin|dwi|ydw in|ydw i|rwyn|fydda in|fydda i|fi n|fin|dwi n|dwi fod i|rwy n)(?: "
        r"(?:gweld|weld|"
        r"ei weld|cwrdd|cyfarfod|a|i|fod))+",
        r"(?:gyda|efo|da|hefo) (?:pwy|phwy)(?: (?:mae|maer|ma|dwin|dwi|mar|ydw i|ydy|yw))?(?: "
        r"(?:o|e|hi|"
        rf"gweld|cwrdd|yn|{w.APPT}))*",
        r"pwy (?:syn|sy n|fydd yn|fyddn|sydd yn) (?:ffonio|galw|dod|gweld|fy ngweld|dod i weld|"
        r"cwrdd a)"
        r"(?: (?:fi|i|ata i|atai))*",
        r"(?:pa|pwy ydi|pwy yw) (?:gweithiwr|weithiwr) (?:dwin|dwi|fyddai|fydda i|ydw i)(?: (?:n|"
        r"gweld|ei "
        r"weld|yn|cwrdd))*",
    ),
    Q.IS_BOOKED: (
        r"(?:ydi|ydy|yw|ydyr|ydir|ywr|oes|odi|odyr) (?:o|e|hi|hwn|hwnnw|hwnna|hyn|hynny|fory|"
        rf"{w.APPT}) "
        rf"{w.STILL}{w.BOOKED}",
        rf"(?:ydw|ydwi|odw) (?:i )?{w.STILL}(?:i lawr|mewn|{w.BOOKED})",
        rf"(?:oes gen i|oes gyda fi|oes da fi|sgen i|oes gennyf|oes gennyf i) {w.STILL}{w.APPT}",
        rf"(?:ydi|ydy|yw|ydyr|ydir) ?{w.APPT} {w.STILL}(?:ymlaen|mlaen|{w.BOOKED}|yna|sefyll|"
        r"digwydd)",
        rf"(?:jyst )?(?:checio|tsiecio|gwneud yn siwr)(?: bod| fod|r)? ?{w.APPT} "
        rf"{w.STILL}(?:{w.BOOKED}"
        r"|ymlaen|iawn)",
        rf"(?:allwch chi|fedrwch chi|alli di|fedri di) (?:gadarnhau|checio|tsiecio) ?{w.APPT}",
    ),
    Q.HOLIDAY: (
        r"(?:oes rhaid|oes angen|ydw i|ydw in|ydw i dal)"
        r"(?: (?:i|fi|mi|i fi|i mi|dal|fod|angen|n|yn))* "
        r"(?:ddod|dod|ddod mewn|dod mewn|fod yna|mewn|troi fyny)(?: (?:ar|dros|dydd|i mewn|y|"
        rf"adeg))* {w.HOLIDAY}",
        r"(?:ydych chin|dach chin|ydach chin|dych chin|da chin|ydych chi|dach chi|da chi|"
        r"chin)(?: (?:ar|yn|"
        r"n|dal))* (?:agor|gau|cau|agored|gweithio|mewn|yna)(?: (?:ar|dros|dydd|y|adeg))* "
        rf"{w.HOLIDAY}",
        rf"(?:ydi|ydy|yw|fydd|ydir|ydyr)(?: (?:hi|o|e|r swyddfa|y swyddfa|swyddfa|{w.APPT}))?(?: "
        r"(?:ar|yn|n|"
        r"dal|wedi))* (?:agor|gau|cau|agored|ymlaen|mlaen|cael ei gynnal|digwydd)(?: (?:ar|dros|"
        r"dydd|y))* "
        rf"{w.HOLIDAY}",
        rf"(?:beth|be) am (?:(?:dydd|y) )*{w.HOLIDAY}",
        rf"(?:mae |maen |man |ma )?(?:(?:fory|llun|dydd|gwener|hi|n|yn) )*{w.HOLIDAY} (?:oes "
        r"rhaid i fi ddod|"
        r"oes angen dod|dwi dal i ddod|ydw i dal i ddod|ydych chi ar agor|dach chi ar agor|oes "
        r"rhaid dod)",
    ),
    Q.MISSED: (
        rf"(?:ydw i|ydwi|odw i|ydw) (?:wedi|di) (?:colli|methu|anghofio|golli) (?:{w.APPT}|un|1|"
        r"apwyntiad)"
        r"(?: (?:gyda chi|heddiw|ddoe|wythnos diwethaf|wsos diwetha|efo chi))*",
        r"(?:wnes i|nes i|nesi|wnes|a wnes i) (?:golli|colli|fethu|methu|anghofio) ?(?:r "
        rf")?(?:{w.APPT}|un|1)"
        r"(?: (?:heddiw|ddoe|wythnos diwethaf))* \?",
        r"(?:on in|oeddwn i|on i|oeddwn in|o n i) (?:fod i |i fod i |i fod )?(?:ddod|dod|fod yna|"
        r"mewn|fod "
        r"mewn|gweld chi)(?: (?:i mewn|mewn))?(?: (?:ddoe|heddiw|wythnos diwethaf|bore ma))+",
        rf"(?:oedd|odd|oeddr) ?{w.APPT} (?:ddoe|heddiw|bore ma|wythnos diwethaf)",
        rf"(?:dwi|dw i) (?:ddim wedi|heb) (?:colli|golli|methu) (?:{w.APPT}|un|1) (?:do|naddo|"
        r"nac ydw|nagdw)",
    ),
    Q.LEFT: (
        r"(?:faint|sawl|sawl un|sawl 1|pa faint|sawl apwyntiad|faint o apwyntiadau|faint o "
        r"weithiau|faint o "
        r"apwyntiad|sawl gwaith|faint o wythnosau|faint o fisoedd|faint o amser) (?:sydd|sy|sgen "
        r"i|sydd gen "
        r"i|sy gen i|sy gyda fi|sy da fi|sydd gyda fi)(?: (?:gen i|gyda fi|da fi|ar ol|ol|i fynd|"
        r"i neud|dal|"
        r"i wneud|i ddod))+",
        r"(?:beth|be) (?:sydd|sy) (?:ar ol|ar ol ar y cynllun|ar ol i wneud|ar ol i neud)(?: "
        r"(?:gen i|i fi|or "
        r"cynllun|o r cynllun|i wneud))*",
        r"(?:pryd|pa bryd) (?:mae|maer|ma|mar|fydd|fyddr) (?:hyn|hwn|y gorchymyn|gorchymyn|"
        r"cynllun|y cynllun|"
        r"r gorchymyn|r cynllun|popeth|y drwydded|r drwydded)(?: (?:yn|i gyd|n))* (?:gorffen|dod "
        r"i ben|"
        r"bennu|darfod|drosodd|cwpla)",
        r"(?:pryd|pa bryd) (?:fydda i|dwi|byddai|fyddai|fydda in|dwin) (?:wedi |di )?(?:gorffen|"
        r"bennu|cwpla|"
        r"darfod)(?: (?:gyda hyn|efo hyn|gyda chi|efo chi))?",
        r"faint mwy(?: (?:o apwyntiadau|o weithiau|sydd|sy|ar ol|gen i))*",
    ),
}
