"""Texts that a phone or an office sends by itself: "I'm driving", "out of office". Nobody wrote
them, so nobody is answered.

Pure and strict: only what is the usual wording of a machine. What a person may have typed is not
here, and danger is looked for first, elsewhere.
"""

import re

from engage.understanding.choices import plain_words

LONGEST = 400
_WHOLE = re.compile(
    r"(?:(?:hi|hello|hey|sorry|helo|sori) )?(?:"
    r"(?:i'm|im|i am) driving(?: (?:right now|at the moment|now))?"
    r"(?: (?:i'll|ill|i will|and|so|but) (?:(?:i )?(?:cant|can't|cannot|will|i'll|ill) )?(?:get back to you|reply|call(?: you)?(?: back)?|see your message|talk|text|respond|answer)\b.*)?"
    r"|(?:i )?(?:can't|cant|cannot) talk right now(?: (?:i'll|ill|i will) call you (?:later|back))?"
    r"|(?:i'm|im|i am) driving with focus turned on.*"
    r"|(?:dwi'n|dwin|rwy'n|rydw i'n|wi'n) gyrru(?: (?:ar hyn o bryd|nawr|rwan))?"
    r")"
)
_BEGINS = re.compile(
    r"(?:auto ?(?:reply|response|responder)|automatic (?:reply|response|message)|automated (?:reply|response|message)|"
    r"this is an? (?:auto(?:mated|matic)?|auto ?reply|auto ?response) ?(?:reply|response|message|text)?\b|"
    r"out of (?:the )?office|(?:i'm|im|i am|we are|we're) (?:currently )?out of (?:the )?office|"
    r"(?:thank you|thanks) for (?:your (?:message|text|enquiry|email)|contacting|getting in touch with)\b"
    r".*\b(?:we (?:will|aim)|our (?:office|team|staff|opening|hours|lines)|office hours|opening hours|working days?|reply as soon as|respond as soon as)\b|"
    r"this (?:number|inbox|mailbox|service) (?:is not monitored|isn't monitored|does not accept|doesn't accept|cannot receive|can't receive|is unable to receive)|"
    r"(?:please )?do not reply to this (?:message|text|number)(?: (?:as (?:it|this)|this (?:number|inbox|mailbox)|if you need|thank you)\b.*)?$|"
    r"message blocking is active|"
    r"(?:ateb|neges|ymateb) awtomatig|mae hwn yn (?:ateb|neges|ymateb) awtomatig|allan o'r swyddfa)"
)
_SAYS_MORE = re.compile(
    r"\b(?:come|coming|make it|get there|be there|be late|running late|late for|wrong (?:number|person)|not (?:mine|my|his|her)|"
    r"isn'?t (?:mine|my)|don'?t know (?:who|her|him|them|you)|stop|dod|methu|hwyr|anghywir)\b"
)
"""A word about coming or about whose phone it is: somebody may have written it, whatever it begins
with.
"""


def automatic(text: str) -> bool:
    """Whether the text is the usual wording of a machine. Never raises."""
    if len(text) > LONGEST:
        return False
    said = plain_words(text)
    return bool(_WHOLE.fullmatch(said) or _BEGINS.match(said)) and not _SAYS_MORE.search(said)
