"""The English patterns of questions to which a hub keeps answers. Data only.

Patterns are searched in normalised text (language/normalise.py), between spaces; the matcher puts
their words into its spelling. They have the order of a question ("can i bring", not "i can bring").
Nothing that announces something may match: "is it ok if im 10 minutes late" says that they are. Of
two alternatives that start alike the longer one stands first.
"""

from collections.abc import Mapping, Sequence

from engage.understanding.questions import words_en as w
from engage.understanding.vocabulary import QuestionTopic as Q

TOPICS: Mapping[Q, Sequence[str]] = {
    Q.DIRECTIONS: (
        r"how (?:do|can|would|should|shall|am|do you|to|best to|will|d|does 1) (?:(?:i|we|1|you) "
        r")?(?:(?:"
        r"best|meant to|supposed to|gonna) )?(?:get|find|travel|reach|go)"
        r"(?: (?:there|ther|2|to|you|it|in|the place|"
        r"the office|the hall|the centre|the building|where you are|yours|here))*",
        r"(?:which|what|wot|wat|wich) (?:number )?(?:bus|buses|train|tram|metro|bus number|no bus|"
        r"bus no)"
        r"(?: (?:do i|should i|can i|is it|goes|go|gets me|to|number|do you|would i|shall i))*"
        r"(?: (?:get|take|catch|need|want|there|ther|to|it|you|for))*",
        r"is there (?:a |any )?(?:bus|buses|train|tram|metro)(?: (?:that|which|i can|goes|go|to|"
        r"there|get|"
        r"near|nearby|stop|it|you|close by|route|station))*",
        r"(?:can|could) (?:i|you) (?:get|have|send|text|give)(?: me)?(?: the| some)? directions",
        r"(?:directions|directons)(?: (?:there|to you|to it|pls|to the place|to the office))*",
        r"(?:whats|what is) the (?:best|easiest|quickest) way (?:to get )?(?:there|to you|in|to "
        r"it)",
        r"(?:what|which|wat) (?:bus )?stop (?:do i get off|is it|do i want|do i need|should i get "
        r"off)"
        r"(?: at)?",
        r"where (?:do|should) i get off(?: the (?:bus|train|tram|metro))?",
        r"where (?:do|can) i (?:get|catch) the bus(?: from)?",
        rf"{w.TELL} how to (?:get|find) (?:there|it|you|the place)",
    ),
    Q.CHILD: (
        rf"{w.NO_SITTER}?{w.MAY} {w.BRING} {w.DET}{w.KIDS}(?: and (?:my |the )?{w.KIDS})?"
        r"(?: (?:along|in|too|with me|wi me|as well))*",
        rf"{w.NO_SITTER}{w.MAY} {w.BRING} (?:them|him|her|em|it)(?: (?:along|in|too|with me|as "
        r"well))*",
        rf"{w.MAY} (?:come|come in|attend) with {w.DET}{w.KIDS}",
        rf"(?:can|could) {w.DET}{w.KIDS} come(?: (?:along|in|too|with me|wi me|as well))*",
        rf"(?:are|is) {w.DET}{w.KIDS} (?:allowed|ok|welcome|alright|fine)(?: (?:to come|in|there|"
        r"in there))*",
        rf"is it (?:ok|alright|fine|suitable|safe) for (?:{w.DET}{w.KIDS}) (?:to come|in there|"
        r"there)"
        r"(?: (?:in|too|with me|along))*",
        rf"(?:do|does|will) (?:you|they|yous) (?:allow|let|let in|mind|do) {w.DET}{w.KIDS}(?: in)?",
        rf"(?:(?:is|would) it (?:be )?)?(?:ok|alright|fine|cool|mind) if {w.DET}{w.KIDS} (?:comes|"
        r"come|came)"
        r"(?: (?:along|too|in|with me))*",
        rf"do i have to (?:leave|get a sitter for|get someone to watch) {w.DET}{w.KIDS}(?: at "
        r"home)?",
    ),
    Q.BRING: (
        rf"(?:what|wat|wot) (?:(?:do|should|shall|must|will|would|am|else do) )?i (?:(?:{w.NEED}|"
        r"meant|"
        r"supposed|gotta) )?(?:to )?(?:bring|take|fetch|carry)(?: (?:with|along|in|to it|with "
        r"me))*",
        r"(?:what|wat|wot) (?:do|will|should|would) i need(?: (?:with me|for it|to have|on me|"
        r"there))*",
        rf"(?:what|which|wat|wot) (?:kind of |type of |sort of )?{w.ID} (?:do|should|shall|will|"
        r"would) i "
        r"(?:need|bring|have|take|show)(?: (?:to bring|with me|to have|to take|on me))*",
        rf"(?:do|will|would) i {w.NEED} (?:(?:to|bring|take|show|have|fetch|any|some|my|a|an|"
        r"photo|form of|"
        rf"me|to have|the) )*{w.ID}(?: (?:with me|on me|there|for it|to get in))*",
        r"(?:should|shall|must) i (?:bring|take|have|fetch) (?:(?:any|some|my|a|photo|me|the) "
        rf")*{w.ID}"
        r"(?: (?:with me|along))*",
        rf"^(?:need|bring) (?:(?:any|my|some|photo|to bring) )*{w.ID}(?: with me)? \?",
        rf"is (?:there )?{w.ID} (?:needed|required|i should bring|i need to bring|i need|"
        r"necessary|i have to "
        r"bring|i need to take)",
        rf"(?:any|photo) ?(?:id|{w.ID}) (?:needed|required|i need|to bring)",
        rf"{w.TELL} what (?:to bring|i need to bring|i have to bring|i need|to take)",
    ),
    Q.PARKING: (
        r"is there (?:(?:any|a|free|somewhere|anywhere|some|car|much|decent|disabled|on|site|"
        r"street|plenty "
        r"of|good) )*(?:parking|parkin|car park|carpark|carparking|to park|place to park|i can "
        r"park|"
        r"parking space|"
        r"parking spaces|spaces)(?: (?:there|nearby|near|close|near by|outside|the car|my car|my "
        r"van|up|at "
        r"yours|on site|round there))*",
        r"where(?: (?:can|do|should|shall|could|would|am|is best))?(?: (?:i|we))?(?: (?:best|"
        r"gonna|meant "
        r"to|to|able to))* (?:park|parc|leave (?:my|the) (?:car|van|bike|motorbike))(?: (?:my|the|"
        r"car|van|"
        r"me|up|motor|there|bike|near|motorbike))*",
        r"(?:wheres|where is) (?:the |your |best )?(?:car park|carpark|parking|to park)",
        r"(?:can|could|may) i park(?: (?:up|there|outside|nearby|near|close|my|the|me|car|van|in|"
        r"front|on|"
        r"site|street|by|it|at|yours|motorbike|bike))*",
        r"(?:is it|is that) (?:ok|alright|easy|possible|fine|safe) to park(?: (?:there|outside|"
        r"nearby|the "
        r"car|my car|on the street|up|near there))*",
        r"(?:any|free|whats the|what about|hows the|wots the) (?:parking|parkin)(?: (?:there|"
        r"nearby|like|"
        r"near|round there|spaces|available|on site))*",
        r"(?:do|have) (?:you|yous|they) (?:got|have)(?: (?:a|any|your own|some))* (?:parking|car "
        r"park|"
        r"carpark|parkin|parking spaces|spaces)",
        r"is (?:the )?(?:parking|car park) (?:free|ok|easy|any good|on site|nearby|alright)",
        r"do i (?:have|need) to pay (?:to park|for parking|for the car park)",
        r"how much is (?:the )?(?:parking|car park|it to park)",
        rf"{w.TELL} where (?:to|i can|i) park(?: (?:my car|the car|up))?",
    ),
    Q.ON_RECORD: (
        rf"(?:does|will|do|would|is|are|has|can) {w.WHAT_I_TEXT} (?:all )?(?:{w.GO_ON}) (?:(?:on|"
        r"in|to|down on|"
        rf"onto) )?{w.RECORD}",
        rf"(?:is|are|does|do|will) {w.WHAT_I_TEXT} (?:all )?(?:be |being |get |gonna be |getting "
        r")*(?:"
        r"recorded|saved|kept|"
        r"stored|logged|written down|on record|wrote down)(?: (?:anywhere|somewhere|down|"
        rf"on {w.RECORD}|in {w.RECORD}))*",
        rf"(?:is|are|will) {w.WHAT_I_TEXT} (?:be )?(?:on|in) {w.RECORD}",
        rf"do (?:you|they|yous) (?:keep|save|store|record|log) {w.WHAT_I_TEXT}(?: (?:(?:on|in) "
        rf"{w.RECORD}))?",
        rf"(?:you|they) (?:put|putting|writing|gonna put) {w.WHAT_I_TEXT} (?:on|in) {w.RECORD}",
        rf"(?:do|are|will) (?:you|they) (?:gonna )?(?:put|putting|write|writing) {w.WHAT_I_TEXT} "
        r"(?:down )?(?:"
        rf"on|in) {w.RECORD}",
    ),
    Q.COMPANION: (
        rf"(?:can|could|may) {w.DET}{w.PEOPLE} (?:come|sit in|be there|tag along|wait|sit|join|"
        r"attend|be in "
        rf"there|cum){w.WITH_ME}",
        rf"{w.MAY} {w.BRING} {w.DET}{w.PEOPLE}{w.WITH_ME}(?: for (?:support|company|moral "
        r"support))?",
        rf"{w.MAY} (?:come|come in|attend) (?:with|wi) {w.DET}{w.PEOPLE}",
        r"(?:is it |would it be )?(?:ok|alright|fine|cool|allowed|mind) (?:if|for) "
        rf"{w.DET}{w.PEOPLE} "
        r"(?:comes|come|came|came in|comes in|sat in|sits in|sit in|to come|is there|waits|to "
        rf"sit in|tags along|to be there){w.WITH_ME}",
        r"do i (?:have|need|ave) to (?:come|be|go in|go|come in|attend) (?:alone|on my own|by "
        r"myself|by my "
        r"self|on me own|on me tod)",
        r"(?:do|should|must) i (?:come|go) (?:in )?(?:alone|on my own|by myself)",
        rf"is {w.DET}{w.PEOPLE} (?:allowed|ok|welcome|alright) (?:to come|in|to sit in){w.WITH_ME}",
        rf"(?:will|would|do) (?:you|they) (?:let|mind if) {w.DET}{w.PEOPLE} (?:come|sit in|come "
        r"in|comes)"
        rf"{w.WITH_ME}",
    ),
    Q.DOG: (
        rf"{w.MAY} {w.BRING} {w.DET}{w.DOG}(?: (?:along|in|too|with me|wi me|as well|inside|"
        r"with))*",
        rf"{w.MAY} (?:come|come in) with {w.DET}{w.DOG}",
        rf"(?:can|could|may) {w.DET}{w.DOG} come(?: (?:along|in|too|with me|wi me|inside|as "
        r"well))*",
        rf"(?:are|is) {w.DET}{w.DOG} (?:allowed|ok|welcome|alright|fine)(?: (?:in|there|inside|in "
        r"there|to "
        r"come|to come in|with me))*",
        r"(?:do|will|would) (?:you|they|yous) (?:allow|let|let in|take|mind|do) "
        rf"{w.DET}{w.DOG}(?: in| "
        r"inside)?",
        r"is (?:it|the place|the office) dog friendly",
        rf"(?:is it )?(?:ok|alright|fine|cool) if {w.DET}{w.DOG} (?:comes|come)(?: (?:along|too|"
        r"in|with me))*",
        rf"(?:ok|alright) to have {w.DET}{w.DOG} (?:with me|in there)",
    ),
    Q.IF_LATE: (
        r"(?:what|wat|wot) (?:happens |happen |do i do |do you do |will happen |would happen "
        r")?(?:if|when) "
        r"(?:im|i|i be|i get|i turn up|i run|im running|i am|i get there|i come|the bus is|my "
        r"bus is|my "
        rf"train is|you are|your|you turn up|i show up|i end up|i arrive) {w.LATE}",
        r"(?:will|would|do|can) (?:i|you|they|you lot) (?:still )?(?:be seen|see me|get seen|be "
        r"able to see "
        r"you|be let in|let me in|be ok) (?:still )?if (?:im|i get there|i turn up|i get in|i "
        r"come|i "
        rf"arrive|i run|i be) {w.LATE}",
        r"(?:does|will|would) it (?:matter|be a problem|be bad|count against me) if (?:im|i get "
        r"there|i turn "
        rf"up|i come|i be|i ever turn up) {w.LATE}",
        r"how late (?:can|could|am) i (?:be|turn up|get there|come|allowed to be)",
        r"(?:do|will) i (?:get in trouble|be in trouble|get told off) if (?:im|i turn up|i get "
        r"there|i be|i "
        rf"come|i run) {w.LATE}",
        r"(?:whats|what is) the rule (?:if im late|about being late|on being late|on lateness)",
        r"what about (?:being|running|turning up) late",
    ),
    Q.COST: (
        r"is (?:it|this|that|all this|the appointment|my appointment|it all) (?:all )?(?:free|for "
        r"free|free "
        r"of charge|gonna cost me|gonna cost)(?: (?:to come|for me|to attend|or do i (?:pay|have "
        r"to pay)|"
        r"like))*",
        r"(?:does|do|will|would|is) (?:it|this|the appointment|my appointment|coming|they|coming "
        r"in)(?: (?:"
        r"all))? (?:cost|cost me|gonna cost)"
        r"(?: (?:me|anything|anythin|owt|money|much|any money|to come|to come in|to see you))*",
        r"(?:do|will|am) i (?:(?:have|need|got|gotta|gonna have|gonna|ave) )?(?:to )?"
        r"(?:pay|paying)(?: (?:for|it|"
        r"this|anything|owt|money|to come|to see you|the appointment|my appointment|you|anythin))*",
        r"how much (?:is it|does it cost|will it cost|do i (?:have to )?pay|is the appointment|is "
        r"this|do you "
        r"charge|will it be|does this cost)(?: (?:me|for it|to come))*",
        r"(?:is there|do you) (?:a |any )?(?:charge|fee|cost|fees)(?: (?:for it|for this|me|to "
        r"come|to see "
        r"you))*",
        r"(?:whats|what does it) (?:it )?cost(?: me)?",
    ),
    Q.FARE: (
        rf"(?:do|will|can|could|would) {w.YOU} (?:be able to |still )?(?:(?:help|pay|cover|refund|"
        r"give|sort|"
        r"do|get|reimburse|lend|with|to|me|my|the|a|for|back|out|any|some|it|us|of) )+"
        rf"{w.FARE}(?: (?:back|to come|to get there|there|in|please|for me))*",
        rf"(?:do|will|can|could|would) {w.YOU} (?:be able to |still )?(?:(?:help|help out|pay|"
        r"cover|refund|"
        r"reimburse|help me|give me money|help pay) )(?:(?:with|for|towards|my|the|me|a) "
        rf")*{w.RIDE}"
        r"(?: (?:back|to come|to get there|there|in|please|costs|for me))*",
        r"(?:can|could|do|will|would|may) i (?:be able to )?(?:(?:get|claim|have|still|any|some|a|"
        r"my|the|help|"
        r"with|towards|for|back|money|me|paid|refunded|of) )+"
        rf"{w.FARE}(?: (?:back|paid|paid back|refunded|to come|to get there|there|covered|"
        r"reimbursed|for me|"
        r"off you|from you))*",
        r"(?:can|could|do|will|would|may) i (?:be able to )?(?:claim|get help with|get help "
        r"towards|get "
        r"money for|get money towards|have money for|have help with|get paid for|get help for|get "
        r"some help "
        rf"with|get any help with) (?:(?:my|the|a|me) )*{w.RIDE}(?: (?:money|costs|back|to come|"
        r"to get "
        r"there|there|in|from you|off you))*",
        rf"(?:do|will|can) i get (?:(?:my|the|me) )*{w.RIDE} (?:money |costs )?(?:back|paid back|"
        r"paid for|paid|"
        r"refunded|reimbursed|covered)",
        rf"(?:is|are|will|does) (?:(?:my|the|any) )*(?:{w.FARE}|{w.RIDE}) (?:(?:be|get|gonna be) "
        r")*(?:paid for|"
        r"paid back|paid|refunded|covered)(?: (?:by you|back|for))*",
        r"is there (?:(?:any|a|some) )*(?:help|money|way) (?:(?:with|for|towards|to get|to claim|"
        r"paying|my|"
        rf"the|paying for|of paying) )+(?:{w.FARE}|{w.RIDE})(?: costs)?",
        rf"^(?:any )?help with (?:(?:my|the|paying) )*(?:{w.FARE}|{w.RIDE})(?: costs)? \?",
        rf"how do i (?:claim|get) (?:(?:my|the|for|back) )*(?:{w.FARE}|{w.RIDE})(?: (?:back|paid|"
        r"refunded))+",
        rf"how do i claim (?:(?:my|the|for|back) )*(?:{w.FARE}|{w.RIDE})",
        rf"(?:who|whos) (?:pays|paying|pay|gonna pay) (?:for )?(?:(?:my|the) )*(?:{w.FARE}|"
        rf"{w.RIDE})",
    ),
}
