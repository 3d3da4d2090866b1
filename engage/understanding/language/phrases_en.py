"""English phrases by meaning. Data only.

In a pattern `(a|b|)` is one of these or nothing, and `{day}` is any day. A phrase belongs here only
if it has this one meaning whenever a text consists of known phrases. Words may have any spelling
that spellings.py knows. `please` and kisses are left out before phrases are looked up.
"""

from engage.understanding.language.means import Means

_ABLE = (
    "(come|make it|attend|be there|be in|come in|come along|get there|do it|do that|make "
    "that|make it in|get in)"
)
_WENT = (
    f"(coming|coming in|attending|gonna {_ABLE}|gonna be coming|able to {_ABLE}|gonna be able to "
    f"{_ABLE})"
)
_STILL = "(still|definitely|)"
_IT = "(it|this|that|the appointment|my appointment|the time|the day|)"
_WRONG = "(wrong|rong) (number|person|no|phone)"

ENGLISH: dict[Means, list[str]] = {
    Means.YES: [
        "yes",
        "yes (i will|i can|i am|it is|we can|i do|can do)",
        "i can",
        "i will",
        "(of course|definitely|absolutely|certainly|sure|sure thing|for sure)",
    ],
    Means.WILL: [
        (
            f"(il|will|gonna|im gonna|i) {_STILL} (be there|be in|attend|come|come in|make it|be "
            "coming|come along)"
        ),
        f"i can {_STILL} {_ABLE}",
        "can (make it|come|attend|do it|do that)",
        f"(im|) {_STILL} (coming|attending|coming in|gonna {_ABLE})",
        f"{_STILL} be there",
        "(il|) see (you|ya) (all|) (then|there)",
        "will do",
        "(i|we) shall (attend|be there|come|be in attendance)",
        "(were|we are|we re) (both|all|) coming",
        "(i|id|no way id|no way i would|) (wouldnt|never|) miss (it|this|that) (for the world|)",
        "(im|i am|) not (gonna|going to) miss (it|this|that|this 1|the appointment)",
        "(i|) wont (miss|forget) (it|this|this 1|that|)",
        "(no|no i|i|i have|ive|) (havent|not|have not) (forgot|forgotten) (about it|it|mate|)",
        "(im|) looking forward to it",
        "(i|i can|) (confirm|confirmed)",
        "(i|i can|) confirm (my attendance|my appointment|attendance|appointment)",
        "count me in",
        "i (still|really|) (wanna|want to|would like to) (come|be there|attend|do it)",
        "(im|) (still|) (on|good|ok|fine) for (it|that|then|{day})",
        "(that|it|this|) works for me",
        "(that|it|this) works",
        "(that|it|) suits me",
        "(that is|thats|its) (fine|ok|great|perfect|good) (with|for|by) me",
    ],
    Means.SEE_YOU: ["(il|) see (you|ya) (all|) (soon|later|)"],
    Means.ACK: [
        "ok",
        "thumbsup",
        "(no|not a) (worries|problem|bother)",
        "(thats|its|that is|it is) (fine|ok|great|cool|perfect)",
        (
            "(fine|cool|sound|safe|perfect|great|sweet|brill|brilliant|lovely|alright|sorted|wick"
            "ed|fab)"
        ),
        "(all|sounds|) good",
        "all (fine|ok)",
        "(sweet|sound) as",
        "fair enough",
        "got it",
        "(understood|noted)",
    ],
    Means.NO: ["(no|na|thumbsdown)", "(im|) afraid not", "no (way|chance)"],
    Means.WONT: [
        f"(but|) (i|il|) (just|really|definitely|) (cant|wont be able to) {_ABLE}",
        "(but|) (i|il|) wont (be there|be in|be coming|be attending|come|make it|attend)",
        "(but|) i cant",
        f"(but|) il not (be able to|) {_ABLE}",
        "(but|) cant",
        "(but|) (i|) cant (do|make|come|make it on|make it for|come on)",
        f"(but|) (i am|im|i|) (unable|not able) to {_ABLE}",
        f"(but|) (im|i am|i aint|aint|) not {_WENT}",
        f"(but|) (i|) aint {_WENT}",
        "(but|) (i|) cant (make|come to|attend) (the|my|this|that) appointment",
        "(its|it|) (aint|not|isnt) (gonna happen|happening)",
        "count me out",
    ],
    Means.NONE_OF_THEM: [
        "none (of (them|these|those|em)|)",
        "neither",
        "(i|) cant (do|make) any (of (them|these|those|em)|)",
    ],
    Means.MOVE: [
        f"(can|could) (i|we|you) (rearrange|reschedule|change|move|swap|postpone) {_IT}",
        f"(i|) (need|wanna|would like) to (rearrange|reschedule|change|move|swap|postpone) {_IT}",
        "need to (rearrange|reschedule|change it|move it)",
        "(rearrange|reschedule|postpone|change it|move it)",
        "(i need|need|) another (day|time)",
        "(can|could) (i|we) (come|do|make it|do it) (another|a different) (day|time)",
        (
            "(is there|have you got|got) (anything|any other|owt) (else|later|earlier|next "
            "week|another day)"
        ),
    ],
    Means.LATE: [
        "late",
        "(im|) (running|gonna be|) (a bit|a little|bit|slightly|just|) late",
        "(im|) be late",
        "(i|il) (might|may|will|) be (a bit|a little|slightly|bit|) late",
        "running (a bit|) behind",
        "(im|) (just|) on (my|the) way",
        "(im|) omw",
        "(im|) stuck in traffic",
        "(my|the|) (bus|train|taxi|lift) (is|was|is running|running|) (late|delayed)",
    ],
    Means.SOON: [
        "(il|gonna|) be there in (about|)",
        "(il be|gonna be|be|) about",
        "(il|im|gonna) be",
        "(im|) running (about|)",
        "(be|there|) in",
        "in about",
    ],
    Means.HERE: [
        "(here|ere)",
        "(im|i have|ive|) (just|) (here|ere|arrived|got here) (now|)",
        "(im|) (just|) (outside|downstairs) (now|)",
        (
            "(im|) (just|) (in (the|) (reception|waiting room|building)|at (the|) "
            "(desk|door|reception|front desk|front door)) (now|)"
        ),
    ],
    Means.CALL: [
        "(call|ring|phonesign)",
        "(call|ring|phone|bell|phonesign) (me|us) (back|up|)",
        (
            "(can|could|cud|would|will) (you|someone|somebody|sum1) (call|ring|phone|bell) "
            "(me|us) (back|)"
        ),
        (
            "(can|could|cud|would|will) (you|someone|somebody|sum1) give (me|us) a "
            "(call|ring|bell|shout) (back|)"
        ),
        "(give|giz|gis) (me|us|) a (call|ring|bell|shout|buzz) (back|)",
        "(i|) need to (talk|speak) (to (you|someone|somebody)|)",
        "(i|) wanna (talk|speak) (to (you|someone|somebody)|)",
        "(i|) (need|want) a (call|chat)",
        "call to talk",
    ],
    Means.WHENEVER: [
        "when you (can|are free|get (a chance|a minute|this|time))",
        "asap",
        "later",
        "now",
    ],
    Means.STOP: ["stop", "stop all", "stopall", "end"],
    Means.STOP_TEXTS: [
        (
            "(stop|quit) (sending|) (me|) (the|these|all|all the|any more|anymore|more|your|) "
            "(text|texting|reminders)"
        ),
        "(stop|quit) (texting|contacting) (me|us|this number|this phone)",
        "stop sending (me|) (these|this|them|anymore|any more|stuff|anything)",
        "(can|could|will) you stop (texting me|sending me text|the text|these text)",
        (
            "(i|) dont (want|wanna get|wanna receive) (any|these|your|anymore|any "
            "more|more|the|) text (anymore|)"
        ),
        "nomore (text|reminders|of these text)",
        "dont (text|message|contact) me (again|anymore|)",
        "dont send me (any|anymore|any more|more|these|) (text|of these|reminders)",
        "unsubscribe (me|)",
        "(i wanna|) opt out",
        "(take|remove) me (off|from) (your|the|this) (list|system|text|service)",
        "(remove|delete) my number",
    ],
    Means.START: ["start", "unstop"],
    Means.START_TEXTS: [
        "start (the|) text (again|)",
        "start (again|texting me again|texting again)",
        (
            "(can|could) you (put me back on|turn back on|start|restart|resume) (the|my|) text "
            "(again|)"
        ),
        "(put me back on|restart|resume) (the|my|) text",
        "(can you|) turn (them|the text) back on",
        "text me again",
        "can i (have|get) (the|my|) text (back|again)",
    ],
    Means.HELP: [
        "(help|info)",
        "how does this work",
        "how do (i|you) (use this|answer|reply)",
        "what do i (reply|press|text|send)",
        "what can i (text|send|reply)",
    ],
    Means.NEXT: [
        "next",
        "(what|whats|when|whens) (is|) my next (appointment|one)",
        "(my|) next appointment",
        "when (is|are) my appointment",
        "when am i next in",
    ],
    Means.WRONG: [
        _WRONG,
        f"(i think|think|) (you|youve|you have|uve) (got|) (the|a|) {_WRONG}",
        f"(this is|its) (the|a|) {_WRONG}",
        f"(got|have) the {_WRONG}",
        "(this|its|) (is not|isnt|aint|not) (his|her|their) (phone|number) (anymore|now|)",
        "(he|she|they) (dont|doesnt) (have|use) this (phone|number) (anymore|now|)",
        "(i think|think|) this is (meant|) for (someone|somebody) else",
    ],
    Means.MINE: [
        "(its|it is|this is|thats|that is) (me|my phone|my number)",
        "speaking",
        "thats right",
    ],
    Means.THANKS: [
        "thanks (very much|so much|a lot|again|)",
        (
            "thanks for (letting me know|the reminder|reminding me|the text|telling "
            "me|that|this|your text|your help)"
        ),
        "(many thanks|much appreciated|appreciate it|appreciated|nice one)",
    ],
    Means.GOT: [
        "(i|ive|) got (your|the|this|that|) (text|reminder)",
        "(i have|ive|i|) (received|recieved) (your|the|this|) (text|reminder)",
    ],
    Means.POLITE: [
        "(sorry|unfortunately|apologies)",
        "(im|) (so|really|very) sorry",
        "im sorry",
        "hi (there|again|)",
        "good (morning|afternoon|evening)",
        (
            "(mate|pal|boss|bro|bruv|love|luv|hun|babe|duck|chief|buddy|sir|miss|lads|darling|car"
            "iad|butt)"
        ),
        "smile",
        "(then|though|tho)",
        "dont worry",
        "(ive|ive got|i have|got|i got|) no credit",
    ],
    Means.FEELS: [
        "(bad|shit|crap|rubbish|awful|terrible|poor|rough|low|struggling|meh|so so)",
        "(a|) (bit|) up and down",
        "(ok|alright|fine) i (suppose|guess)",
        "(ok|could be better|could be worse|surviving|getting by)",
    ],
    Means.BOTH: ["(for|) both (of (them|em|those)|)"],
}

SCALE: dict[int, list[str]] = {
    1: [
        "(really|very|all|) good",
        (
            "(im|its|going|its going|doing|im doing|its all|things are|everything is|been|its "
            "been) (really|very|all|) (good|great|well)"
        ),
        "(great|brilliant|amazing|fantastic|excellent)",
    ],
    2: [
        "(im|its|things are|doing|im doing|everything is|been|its been) (ok|alright|fine)",
        "(alright|fine)",
        "not (too|) bad",
    ],
    3: ["not (so|that|very|really|too|) (great|good)"],
    4: ["(i|) need (some|) help"],
}
"""Words for the four answers to a check-in."""

NUMBERED = "(option|number|slot|its|il take|il have|for|) {number} (is good|is fine|works|)"
ORDERS = {"1": "(the|) first (1|)", "2": "(the|) second (1|)", "3": "(the|) third (1|)"}
DAYS = {
    "today": ["(for|) today", "later today", "this (morning|afternoon)"],
    "tomorrow": ["(for|) tomorrow"],
    **{day: [f"(on|this|for|) {day}"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
}
LENGTHS = {30: ["(half an|half a|half) hour"], 15: ["quarter of an hour"], 60: ["(an|1) hour"]}
