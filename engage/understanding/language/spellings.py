"""How people spell the words that Engage knows. Data only.

A spelling may stand for a word only if they mean the same in every text. What words mean is in the
phrase lists.
"""

_SAME = {
    "yes": (
        "ye yea yeah yeh yh yep yup yeap yeup ya yas ys yess yeahh aye ay yessir yus ie ia iep "
        "ydw gwnaf"
    ),
    "no": "nope nah naw nop",
    "ok": "okay k kk okey oki okie",
    "you": "u yous youse",
    "your": "ur youre",
    "see": "c",
    "be": "b",
    "are": "r",
    "and": "n",
    "im": "am",
    "cant": "cnt carnt cannot",
    "wont": "wnt",
    "dont": "dnt",
    "didnt": "dint",
    "gonna": "gunna gona gna",
    "wanna": "wana",
    "coming": "comin cuming cumin",
    "come": "cum",
    "there": "ther thr",
    "late": "l8 lte",
    "later": "l8r l8er",
    "great": "gr8",
    "mate": "m8",
    "please": "pls plz plse plis plez",
    "thanks": "ta cheers thx thnx thanx tnx thnks tyvm chrs fanks tanx diolch",
    "sorry": "soz sry sori sory srry",
    "text": "txt txts texts text msg msgs message messages",
    "texting": "textin txting messaging messagin msging",
    "tomorrow": (
        "tomoz tmrw tmrow tmoro tomoro tomorow tomorro tommorow tommorrow tmw 2moro 2morrow 2moz "
        "2mro 2mrw"
    ),
    "today": "2day",
    "tonight": "tonite 2nite 2night",
    "minutes": "min mins minute munud funud",
    "hour": "hr",
    "number": "num nmbr numba numbr",
    "phone": "fone",
    "with": "wiv",
    "what": "wot wat",
    "definitely": "deffo defo def definately definatly defs deff",
    "problem": "problems probs prob problemo",
    "worries": "worrys",
    "appointment": "appt app apointment apt appointmnt apps appts appointments",
    "mon": "monday",
    "tue": "tues tuesday",
    "wed": "weds wednesday wensday wednsday",
    "thu": "thur thurs thursday",
    "fri": "friday",
    "sat": "saturday",
    "sun": "sunday",
    "0": "zero",
    "1": "one un",
    "2": "two dau",
    "3": "three tri",
    "4": "four pedwar",
    "first": "1st cyntaf",
    "second": "2nd",
    "third": "3rd trydydd",
    "kiss": "x xx xxx xox",
    "hi": "hiya hey heya hello helo shwmae",
}
_HELD_DOWN = [
    "stop",
    "start",
    "call",
    "ring",
    "help",
    "next",
    "here",
    "coming",
    "outside",
    "cool",
    "safe",
    "sound",
    "never",
    "not",
    "stopiwch",
    "hwyr",
    "yma",
    "galw",
]
"""Other words that people stretch (`stoppp`): a stretched word stands for its short form."""

SPELLINGS: dict[str, str] = (
    {spelling: word for word, spellings in _SAME.items() for spelling in spellings.split()}
    | {word: word for word in _SAME}
    | {word: word for word in _HELD_DOWN}
)
"""The word that each spelling, and each word itself, stands for."""

ONE_WORD: dict[tuple[str, str], str] = {
    ("i", "will"): "il",
    ("we", "will"): "il",
    ("i", "am"): "im",
    ("can", "not"): "cant",
    ("will", "not"): "wont",
    ("do", "not"): "dont",
    ("did", "not"): "didnt",
    ("going", "to"): "gonna",
    ("goin", "to"): "gonna",
    ("goin", "2"): "gonna",
    ("want", "to"): "wanna",
    ("want", "2"): "wanna",
    ("going", "2"): "gonna",
    ("thank", "you"): "thanks",
    ("thank", "u"): "thanks",
    ("thanks", "you"): "thanks",
    ("no", "one"): "nobody",
    ("any", "more"): "anymore",
    ("no", "more"): "nomore",
}
"""Pairs of words that stand for one word."""

EMOJI = {
    "👍": "thumbsup",
    "👌": "thumbsup",
    "✅": "thumbsup",
    "✔": "thumbsup",
    "☑": "thumbsup",
    "👎": "thumbsdown",
    "❌": "thumbsdown",
    "☎": "phonesign",
    "📞": "phonesign",
    "🙂": "smile",
    "😊": "smile",
    "😀": "smile",
    "😃": "smile",
    "😄": "smile",
    "😁": "smile",
    "☺": "smile",
    "🤗": "smile",
    "😎": "smile",
    "❤": "smile",
    "💙": "smile",
    "💚": "smile",
    "💛": "smile",
    "💜": "smile",
    "💕": "smile",
    "😘": "smile",
    "🙌": "smile",
    "👋": "smile",
    "🙏": "smile",
    "☹": "sadface",
}
"""Signs that stand for a word. Any other sign stays as it is and counts as unknown."""
