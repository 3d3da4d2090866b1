"""Recognises texts that a phone or an office sends automatically: "I'm driving", "out of office".
They need no answer.

Pure and strict: it knows only the usual wordings of machines. Nothing that a person may have typed
counts as one. Danger is looked for first, elsewhere.
"""

import re

from engage.understanding.choices import plain_words

MAX_LENGTH = 400
_WHOLE_TEXTS = re.compile(
    r"(?:(?:hi|hello|hey|sorry|helo|sori) )?(?:"
    r"(?:i'm|im|i am) driving(?: (?:right now|at the moment|now))?"
    r"(?: (?:i'll|ill|i will|and|so|but)"
    r" (?:(?:i )?(?:cant|can't|cannot|will|i'll|ill) )?(?:get back to you|reply|"
    r"call(?: you)?(?: back)?|see your message|talk|text|respond|answer)\b.*)?"
    r"|(?:i )?(?:can't|cant|cannot) talk right now(?: (?:i'll|ill|i will) call you (?:later|back))?"
    r"|(?:i'm|im|i am) driving with focus turned on.*"
    r"|(?:dwi'n|dwin|rwy'n|rydw i'n|wi'n) gyrru(?: (?:ar hyn o bryd|nawr|rwan))?"
    r")"
)
_BEGINNINGS = re.compile(
    r"(?:auto ?(?:reply|response|responder)|automatic (?:reply|response|message)|"
    r"automated (?:reply|response|message)|"
    r"this is an? (?:auto(?:mated|matic)?|auto ?reply|auto ?response) ?(?:reply|response|message|"
    r"text)?\b|"
    r"out of (?:the )?office|(?:i'm|im|i am|we are|we're) (?:currently )?out of (?:the )?office|"
    r"(?:thank you|thanks) for (?:your (?:message|text|enquiry|email)|contacting|"
    r"getting in touch with)\b"
    r".*\b(?:we (?:will|aim)|our (?:office|team|staff|opening|hours|lines)|office hours|"
    r"opening hours|working days?|reply as soon as|respond as soon as)\b|"
    r"this (?:number|inbox|mailbox|service) (?:is not monitored|isn't monitored|does not accept|"
    r"doesn't accept|cannot receive|can't receive|is unable to receive)|"
    r"(?:please )?do not reply to this (?:message|text|"
    r"number)(?: (?:as (?:it|this)|this (?:number|inbox|mailbox)|if you need|thank you)\b.*)?$|"
    r"message blocking is active|"
    r"(?:i'm|im|i am) (?:currently |now )?(?:on (?:annual |maternity |sick |paternity )?leave|away "
    r"from (?:my|the) (?:desk|office|phone|emails?))\b.*\b(?:no access|limited access|emergency|"
    r"urgent|contact|return|respond|reply|get back)\b|"
    r"(?:you have (?:\d+ |a |one )?(?:new |unread )*(?:voicemail|voice mail|voice message)|"
    r"(?:new )?(?:voicemail|voice mail|voice message) (?:from|received|transcript\w*|to text)|"
    r"(?:transcript\w*|transcription) of (?:your |a |the )?(?:voicemail|voice mail|voice message)|"
    r"(?:you have |you ve |you've )?(?:\d+ )?missed (?:a )?calls? from)\b|"
    r"(?:ateb|neges|ymateb) awtomatig|mae hwn yn (?:ateb|neges|ymateb) awtomatig|allan o'r swyddfa)"
)
_PERSONAL_WORDS = re.compile(
    r"\b(?:come|coming|make it|get there|be there|be late|running late|late for|"
    r"wrong (?:number|person)|not (?:mine|my|his|her)|"
    r"isn'?t (?:mine|my)|don'?t know (?:who|her|him|them|you)|stop|dod|methu|hwyr|anghywir)\b"
)
"""Words about attending or about whose phone it is: a person may have written such a text, however
it starts.
"""


_VOICEMAIL = re.compile(r"\b(?:voicemail|voice mail|voice message|missed call)\b")


def carries_a_call(text: str) -> bool:
    """Whether an automatic text reports a call or carries the words of one. A worker looks at it,
    because somebody spoke.
    """
    return is_auto_reply(text) and bool(_VOICEMAIL.search(plain_words(text)))


def is_auto_reply(text: str) -> bool:
    """Whether the text has the usual wording of a machine. Never raises."""
    if len(text) > MAX_LENGTH:
        return False
    words = plain_words(text)
    is_usual = bool(_WHOLE_TEXTS.fullmatch(words) or _BEGINNINGS.match(words))
    return is_usual and not _PERSONAL_WORDS.search(words)
