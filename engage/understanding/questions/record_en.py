"""The English patterns of questions that the record answers. Data only.

Patterns are searched in normalised text (language/normalise.py), between spaces; the matcher puts
their words into its spelling. They have the order of a question ("can i bring", not "i can bring").
Nothing that announces something may match: "is it ok if im 10 minutes late" says that they are. Of
two alternatives that start alike the longer one stands first.
"""

from collections.abc import Mapping, Sequence

from engage.understanding.questions import words_en as w
from engage.understanding.vocabulary import QuestionTopic as Q

TOPICS: Mapping[Q, Sequence[str]] = {
    Q.WHEN: (
        r"(?:what|wat|wot) (?:time|times|tim) (?:(?:is|was|are|does) )?(?:it|that|"
        r"(?:my|the|our) (?:next )?(?:appointment|meeting|1|visit|call))(?: at| for| on)?",
        r"(?:what|wat|wot) (?:time|day|date) (?:am|do|are|should|shall|must|will) (?:i|we) "
        r"(?:(?:have|"
        rf"need|got|meant|supposed) to )?(?:{w.ATTEND}|{w.SEE})(?: you| him| her)?",
        r"(?:what|wat|wot|which) (?:day|date) (?:is|was) (?:it|that|(?:my|the|our) (?:next )?"
        r"(?:appointment|meeting|1|visit))(?: on| again)?",
        r"(?:when|wen) (?:is|was) (?:it|that|(?:my|the|our) (?:appointment|meeting|1|visit))",
        r"(?:whens|wens) (?:it|that|(?:my|the|our) (?:appointment|meeting|1|visit))",
        r"(?:when|wen) (?:am|are|do|should|will) (?:i|we) (?:next )?(?:(?:have|need|meant|"
        r"supposed) "
        rf"to )?(?:{w.ATTEND}|{w.SEE})(?: you| him| her| next)*",
        r"(?:is|was) (?:it|that) (?:at )?\d{1,2}(?:[:.]\d{2})? ?(?:am|pm|oclock)? ?(?:new time|"
        r"old time|by "
        r"the new clocks?|(?:on|in) the new time|summer time)?",
        rf"{w.TELL} (?:what (?:time|day|date)|when) (?:it is|it was|i am in|im in|im due|its at|"
        r"im coming|"
        r"i see you|my appointment is|the appointment is|i have to come|its on|im meant to come)",
        r"^(?:sorry |hi |and |so |ok )*(?:what|wat|wot) time(?: (?:again|please|then|though|mate|"
        r"tomorrow|"
        r"today|mon|tue|wed|thu|fri))*(?: \?)?$",
        r"^(?:sorry |hi |and |so |ok )*when(?: (?:again|please|then|though|tho|mate|is it|was "
        r"it))*(?: \?)?$",
    ),
    Q.WHERE: (
        r"where (?:exactly|abouts)(?: (?:is|are|am))?(?: (?:it|that|i going|i meant to go|the "
        r"place))?",
        r"(?:where|were) (?:is|was) (?:it|that|this|(?:my|the|our) (?:next )?(?:appointment|"
        r"meeting|1|place|"
        r"office|visit))(?: at| on| again| held)?",
        r"wheres (?:it|that|this|(?:my|the|our) (?:appointment|meeting|place|office|1))(?: at)?",
        r"(?:where|wheres|were) (?:am|do|are|should|must|will) (?:i|we) (?:(?:have|need|meant|"
        r"supposed|got) to "
        r")?(?:go|gonna|going|goin|come|coming|be|meet|meeting|seeing you|see you|meet you|"
        r"meeting you|report|attend|turn up|head|heading)(?: to| you| tomorrow)*",
        r"(?:where|were) (?:do|am) i (?:meant|supposed) (?:to )?(?:be|go|come|meet you)",
        r"(?:which|what) (?:office|building|place) (?:is (?:it|my appointment|the appointment)(?: "
        r"at| "
        r"in)?|do i (?:go|come) to|am i (?:going|coming|meant to go) to)",
        r"(?:what|whats) (?:is )?the (?:place|venue|address)(?: called| again)?",
        r"(?:where|wheres) (?:it )?at",
        r"(?:is|was) (?:it|that|this 1) (?:at |in )?(?:the )?same (?:place|office|building|"
        r"venue)(?: (?:as "
        r"(?:before|usual|last time|always)))?",
        rf"{w.TELL} where (?:it is|its at|im going|i go|im meant to (?:go|be|come)|to go|to come|"
        r"to be|i "
        r"have to go|i meet you|my appointment is|the appointment is|the place is)",
        r"^(?:sorry |hi |and |so |ok )*where(?: (?:again|please|then|though|tho|mate|to))*(?: "
        r"\?)?$",
    ),
    Q.WHO: (
        r"(?:who|hu|whos|whose) (?:am|will|do|did|are) (?:i|we) (?:(?:meant|supposed|have|need|"
        r"got) to )?"
        rf"(?:be )?(?:{w.SEE}|ask for|report to|speak to|talk to|gonna see|gonna meet)",
        r"(?:who|whos|whose) (?:is )?(?:it|that|this 1|(?:my|the|our) (?:next )?(?:appointment|"
        r"meeting|1|"
        r"visit)) (?:with|wi|w)",
        rf"whos (?:am )?i {w.SEE}",
        r"who (?:with|wi)",
        r"(?:which|what) worker (?:is it|am i (?:seeing|meeting|with)|do i see|will i see)(?: "
        r"with)?",
        r"(?:who|whos) (?:is |will be |gonna be )?(?:seeing|ringing|calling|phoning|meeting|"
        r"visiting|"
        r"coming to see|gonna ring|gonna call) me",
        rf"{w.TELL} who (?:its with|it is with|im seeing|im meeting|i see|i ask for|to ask for|im "
        r"with|im "
        r"meant to see|my appointment is with|the appointment is with)",
    ),
    Q.IS_BOOKED: (
        rf"(?:is|has|was) {w.THE_ONE} {w.STILL}{w.BOOKED}(?: yes)?",
        r"^(?:hi |sorry |so |and |ok )*(?:are we |we |is it |it is |its )?(?:still )?(?:on|good|"
        r"ok|happening|"
        r"going ahead) for (?:mon|tue|wed|thu|fri|sat|sun|today|tomorrow|this week)(?: then)? \?$",
        rf"is {w.THE_ONE} {w.STILL}(?:on|booked|happening) (?:for )?(?:tomorrow|today|mon|tue|"
        r"wed|thu|fri)",
        rf"(?:am|are) (?:i|we) {w.STILL}(?:booked|booked in|down|on|confirmed|in the diary|on "
        r"the list)",
        rf"(?:do|have) i {w.STILL}(?:got|have|gotta) (?:an|a|my|that|the) (?:appointment|meeting)",
        rf"have i {w.STILL}(?:got )?(?:an|a|my) (?:appointment|meeting)(?: booked| booked in)?",
        r"did (?:that|it|my appointment|the booking) (?:book|go through|get booked|get confirmed)",
        rf"(?:just )?(?:checking|check|making sure|make sure) (?:if |that )?(?:its|im|it is|my "
        rf"appointment is|the appointment is|were) {w.STILL}{w.BOOKED}",
        r"can you (?:just )?(?:confirm|check) (?:that |if )?(?:my|the) (?:appointment|"
        r"meeting)(?: is "
        rf"{w.STILL}{w.BOOKED})?",
        rf"(?:can you (?:just )?(?:confirm|check)|{w.TELL}) (?:that |if )?(?:im|its|it is) "
        rf"{w.STILL}{w.BOOKED}",
    ),
    Q.HOLIDAY: (
        r"(?:do|would|will|should) i (?:still )?(?:(?:have|need|got|gotta|ave) )?(?:to "
        rf")?{w.ATTEND} "
        rf"(?:(?:on|over|for|at|during|if its|when its|as its|cos its) )?{w.HOLIDAY}",
        rf"am i (?:still )?(?:(?:meant|supposed|due|needed) )?(?:to )?(?:be )?{w.ATTEND} "
        rf"(?:(?:on|over|for|at|during|if its|cos its|even though its|with) )?{w.HOLIDAY}",
        r"(?:are|r|will) (?:you|yous|u lot) (?:be )?(?:still )?(?:all )?(?:open|closed|shut|there|"
        r"in|working|on|off) "
        rf"(?:(?:on|over|for|at|during|cos its) )?{w.HOLIDAY}",
        r"(?:is|will) (?:it|the office|the place|my appointment|the appointment|that) (?:be "
        r")?(?:still )?"
        r"(?:open|shut|closed|on|off|going ahead|happening) (?:(?:on|over|for|at|during|with|cos "
        r"its) "
        rf")?{w.HOLIDAY}",
        r"(?:its |thats |mon is |mon |tomorrow is |fri is |fri )?(?:a )?"
        rf"{w.HOLIDAY} (?:so )?(?:do|am|are) (?:i|we|you) (?:still )?(?:(?:have|need|gotta|meant) "
        r")?(?:to "
        rf")?(?:{w.ATTEND}|open|closed|shut)",
        rf"(?:what|wot|wat) (?:about|happens|happens on|happens over|if its|bout) {w.HOLIDAY}",
        rf"does {w.HOLIDAY} (?:affect|change|matter for|effect) (?:it|my appointment|my next "
        r"appointment)",
    ),
    Q.MISSED: (
        rf"(?:have|av|hav) i (?:just )?(?:missed|mised|mist|missd) {w.MISSED_1}",
        rf"(?:did|have) i (?:just )?miss {w.MISSED_1}",
        rf"(?:ive not|ive|i havent|i have not|i didnt|havent|not) (?:missed|miss) {w.MISSED_1} "
        r"have i",
        rf"(?:ive|i) (?:missed|havent missed|didnt miss) {w.MISSED_1} (?:have i|did i|havent i|"
        r"didnt i)",
        r"was i (?:meant|supposed|sposed|ment|due) (?:to )?(?:be |come )?(?:there|in|see you|come|"
        r"in to "
        r"see you|come in) (?:today|yesterday|this week|last week|this morning|on (?:mon|tue|wed|"
        r"thu|"
        r"fri))",
        r"was (?:my|the) appointment (?:today|yesterday|this morning|last week|on (?:mon|tue|wed|"
        r"thu|fri))",
        r"(?:have i|did i) (?:missed|miss) (?:any|any appointment|any of them|any meetings)",
    ),
    Q.LEFT: (
        rf"how (?:many|meny|much) (?:{w.SOME} )?(?:have i got|do i have|are there|have i|i got|"
        r"ive got|do i "
        r"still have|have i still got|is there|i have)(?: (?:still|got))? "
        r"(?:left to do|left|to go|to do|remaining)",
        rf"how (?:many|much) {w.SOME}(?: (?:are|is|have))? (?:left|to go)",
        r"how long (?:have i got|do i have|is|have i|is there|i got|ive got)(?: (?:still|got))? "
        r"(?:left|to go)",
        r"how (?:long|much longer) (?:left|to go|have i got|do i have)(?: left| to go)?",
        r"how (?:many|much) (?:more|longer) (?:appointment |times |sessions )?(?:do i|have i|till|"
        r"til)"
        r"(?: (?:have|need|got|gotta))?(?: to (?:come|do|attend|go))?(?: left)?",
        r"whats left(?: (?:for me|to do|on|of|for me to do)(?: (?:my|the|this) (?:plan|order|"
        r"licence))?)?",
        r"what (?:do i have|have i got|is|else have i got|else do i have) left(?: to do)?",
        rf"when (?:does|do|will|is) (?:my|the) (?:order|licence|plan|probation|community order) "
        rf"(?:be )?{w.END}",
        r"when (?:am|will) i (?:be )?(?:done|finished)(?: with (?:this|you|it|you lot|all this|"
        r"probation))?",
        r"how long (?:till|until|before) im (?:done|finished)(?: with (?:this|you|you lot|"
        r"probation))?",
    ),
}
