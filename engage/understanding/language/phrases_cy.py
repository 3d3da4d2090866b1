"""Welsh phrases by meaning, as people write them. Data only. phrases_en.py explains the pattern."""

from engage.understanding.language.means import Means

_I_AM = "(dwi|rwyf|rwy|dw i|rydw i|dwin|rwyn|rydwin|dwi yn|rwyf yn|dw in)"
_THERE = "(yno|yna)"  # not "na": "there" without its apostrophe, but also "no"
_ME = "(fi|ni|mi)"
_PHONE = "(ffoniwch|ffonia|galwch|galwa|ringiwch|ringia|ring)"

WELSH: dict[Means, list[str]] = {
    Means.YES: [
        (
            "(yes|) (gallaf|galla i|medraf|medra i|gallai|byddaf|bydda i|fyddai|wrth gwrs|yn "
            "bendant|siwr|siwr iawn)"
        ),
        "yes iawn",
    ],
    Means.WILL: [
        f"(byddaf|bydda|byddaf i|bydda i|fyddaf|fydda i|fyddai|fydda|byddai) {_THERE}",
        "(byddaf|bydda i|fydda i|fyddai) yn dod",
        f"{_I_AM} (dal yn|dal|yn|) dod",
        f"{_I_AM} (yn|) (gallu|medru) dod",
        "(wnai|mi wnai|gwnaf|mi) (ddod|ddof)",
        "(dof|dof i|mi ddof|mi ddo i|ddo i)",
        "(wela|welai|wela i) (i|) (chi|ti) (yno|yna|wedyn|fory|yfory|heddiw|)",
        "edrych ymlaen",
    ],
    Means.ACK: [
        "iawn",
        "(dim problem|popeth yn iawn|da iawn|grand|gret|hyfryd|perffaith)",
        "yn iawn",
    ],
    Means.NO: ["(nac ydw|nag ydw|nac oes|dim diolch|dim gobaith)"],
    Means.WONT: [
        f"(ond|) ({_I_AM}|) (yn|) methu (dod|mynd|bod {_THERE}|)",
        (
            "(ond|) (ni|) (allaf|alla i|allai|fedraf|fedra i|fedrai) (ddim|) (dod|ddod|bod "
            "yno|fod yno|bod yna)"
        ),
        "(ond|) (na|) (allaf|alla i|allai|fedraf|fedra i|fedrai) ddim (dod|ddod|)",
        "na (allaf|alla i|allai|fedraf) (ddim|) (dod|ddod|)",
        f"(ond|) (fyddaf|fydda i|fyddai|fydda) ddim (yn dod|{_THERE})",
        f"(ond|) (ni fyddaf|ni fydda i) (yn dod|{_THERE})",
        f"(ond|) {_I_AM} ddim yn (dod|gallu dod)",
        "(ond|) ddim yn (dod|gallu dod)",
        "(ond|) (dydw i|dydwi|dwi|dw i) ddim yn (dod|gallu dod)",
    ],
    Means.NONE_OF_THEM: ["dim un (ohonyn nhw|or rhain|)"],
    Means.MOVE: [
        (
            "(gai|ga i|allai|alla i|allwn ni|gawn ni) (newid|symud|aildrefnu) (o|yr amser|y "
            "dydd|y diwrnod|yr apwyntiad|)"
        ),
        "(angen|eisiau|isio) (newid|symud|aildrefnu) (yr amser|y dydd|y diwrnod|yr apwyntiad|)",
        "(amser|diwrnod) arall",
    ],
    Means.LATE: [
        f"({_I_AM}|) (yn|) (rhedeg yn|am fod yn|mynd i fod yn|) (hwyr)",
        "(byddaf|bydda i|fyddai) (yn|ychydig yn|bach yn|) hwyr",
        "(bws|tren|y bws|y tren|mae bws|maer bws|maer tren|mae tren) yn hwyr",
        "ar (y|fy) ffordd",
    ],
    Means.SOON: ["(yna|yno|) mewn (tua|)"],
    Means.HERE: [
        f"({_I_AM}|) (yma|wedi cyrraedd|wedi cyraedd|tu allan|yn y dderbynfa) (rwan|nawr|)",
        f"({_I_AM}|) newydd gyrraedd",
    ],
    Means.CALL: [
        "galw",
        f"{_PHONE} {_ME} (yn ol|nol|)",
        "(gai|ga i|allai gael|gaf i|gallaf gael) alwad",
        (
            "(allwch chi|gallwch chi|fedrwch chi|elli di|fedri di|nei di|newch chi) "
            "(ffonio|galw|ringio) (fi|)"
        ),
        f"({_I_AM}|) (angen|eisiau|isio|isie) (siarad|galwad|sgwrs)",
    ],
    Means.WHENEVER: [
        "(pan|pan fyddwch) (gallwch|chin rhydd|yn rhydd|gewch gyfle)",
        "nes ymlaen",
        "(rwan|nawr)",
    ],
    Means.STOP: ["(atal|stopiwch|stopia)"],
    Means.STOP_TEXTS: [
        (
            "(stopiwch|stopia|peidiwch a|paid a) (tecstio|tecstior rhif hwn|anfon|gyrru) "
            "(fi|ataf i|) (eto|)"
        ),
        (
            "(stopiwch|stopia|peidiwch a) (anfon|gyrru|r|) (y|) (negeseuon|tecsts|tecstiau) "
            "(ma|hyn|yma|eto|ataf|)"
        ),
        "dim mwy o (negeseuon|decsts|decstiau|tecsts)",
    ],
    Means.START: ["(dechrau|ailddechrau|dechreuwch)"],
    Means.START_TEXTS: [
        "(dechreuwch|ailddechreuwch|dechrau) (y|) (negeseuon|tecsts|tecstiau) (eto|)",
        "tecstiwch fi eto",
    ],
    Means.HELP: [
        "cymorth",
        "(sut|sut mae) (ma|) (hwn|hyn) (yn|) gweithio",
        "sut mae (hwn|hyn)n gweithio",
    ],
    Means.NEXT: [
        "(nesaf|nesa)",
        "pryd (mae|ma) (fy|yr|y|) (apwyntiad|appointment) nesaf (fi|)",
        "pryd (mae|ma) (fy|yr|y|) (apwyntiad|appointment) nesa (fi|)",
    ],
    Means.WRONG: [
        "(y|) rhif (anghywir|rong)",
        "rong rhif",
        "(mae|maer|gennych|gynnoch chi|dach chi efo) (y|) rhif (anghywir|rong|yn anghywir)",
        "(nid|dim) (fi|fy rhif i) (ydy|di|yw|) (hwn|)",
    ],
    Means.MINE: ["(fi|fi sydd yma|fi sy yma|fi yw hwn|fi di hwn|fy rhif i|cywir)"],
    Means.THANKS: [
        (
            "thanks (yn fawr|yn fawr iawn|am hynny|am ddweud|am y neges|am atgoffa fi|am adael i "
            "mi wybod|)"
        )
    ],
    Means.GOT: [
        "wedi (cael|derbyn) (y|eich|) (neges|tecst)",
        "(ces|ges) (i|) (y|eich) (neges|tecst)",
    ],
    Means.POLITE: [
        "(os gwelwch yn dda|osgwelwchyndda|o s gwelwch yn dda)",
        "(maen ddrwg gen i|maen ddrwg gennyf|maen flin gen i|yn anffodus)",
        "(bore da|prynhawn da|pnawn da|noswaith dda)",
        "(ffrind|bach|blod)",
    ],
    Means.BOTH: ["(y|r|) (ddau|ddwy)", "yr ddau"],
}

WELSH_SCALE: dict[int, list[str]] = {
    1: [
        "(yn|) (da|dda|wych|gret)",
        "da iawn",
        "(mynd|maen mynd|pethaun mynd) yn (dda|dda iawn|wych)",
    ],
    2: ["(dwin|dwi|) (iawn|go lew|olreit)", "(dwin|dwi) ok", "yn iawn"],
    3: ["(ddim|dim) (yn|) (dda|da|wych|gret)", "(ddim|dim) yn dda iawn"],
    4: ["(dwi|) angen help", "angen (cymorth|help)"],
}

WELSH_DAYS = {
    "today": ["heddiw", "pnawn ma", "bore ma"],
    "tomorrow": ["(yfory|fory)"],
    "mon": ["(dydd|) llun"],
    "tue": ["dydd mawrth"],
    "wed": ["(dydd|) mercher"],
    "thu": ["(dydd|) iau"],
    "fri": ["(dydd|) gwener"],
    "sat": ["(dydd|) sadwrn"],
    "sun": ["dydd sul"],
}
WELSH_LENGTHS = {30: ["hanner awr"], 15: ["chwarter awr"], 60: ["awr"]}
WELSH_ORDERS = {"1": "y first", "2": "yr ail", "3": "y third"}

ONLY_WELSH: dict[Means, list[str]] = {
    Means.YES: ["(oes|do|ydi|ydy)"],
    Means.WILL: ["do i"],
    Means.NO: ["(naddo|nag oes|nac ydi|nag ydy|nac ydy)"],
}
"""Short words that are answers only from a person who gets texts in Welsh: in English they are
other words, or slips.
"""
