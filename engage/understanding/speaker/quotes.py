"""Takes out of a text what the writer only quotes: the reaction of a phone (`Liked “…”`), and words
of ours that were quoted, forwarded or copied back.

Pure. What is quoted must never be read as said. Words of the writer's own always stay.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from engage.understanding.vocabulary import Reaction


@dataclass(frozen=True)
class OwnWords:
    """The `words` that the writer added, and the `reaction` if a phone reported one. `is_quote`:
    something that was only quoted was taken out.
    """

    words: str
    reaction: Reaction | None = None
    is_quote: bool = False


MAX_LENGTH = 1_600
"""Characters that are searched. No network carries a longer text."""
MIN_QUOTED = 20
"""Characters. Shorter words of ours can be somebody's own words too ("See you then")."""
_OPENING, _CLOSING = '“„«"‟❝‘', '”“»"‟❞’'
_QUOTED = rf"[{_OPENING}].*[{_CLOSING}]"
_GAP = r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"
_THINGS = (
    r"(?:an? |your |the |one |\d+ )?(?:image|images|photos?|pictures?|videos?|movies?|attachments?|"
    r"(?:audio|voice) messages?|voice (?:memo|note)s?|messages?|texts?|stickers?|links?|files?|"
    r"contacts?|locations?|gifs?|memojis?|animojis?|handwritten messages?|digital touch messages?|"
    r"imessages?|polls?)"
)
_OBJECT = rf"(?:{_QUOTED}|{_THINGS})"
_VERBS: dict[Reaction, str] = {
    Reaction.LIKES: (
        r"liked|loved|hearted|thumbs? up(?:ped)?|a aimé|a adoré|aime|adore|gefällt(?: mir)?|"
        r"geliked|geliebt|liebt|mag|le gustó|le gusta|le encantó|le encanta|me gusta|me encanta|"
        r"ha messo mi piace a|piace|ama|adora|ha adorato|polubił(?:a|\(a\))?|lubi|uwielbia|"
        r"gostou d[eao]|adorou|amou|a apreciat|apreciază|a iubit|iubește|vond leuk|vindt leuk|"
        r"geweldig gevonden|tykkäsi|gillade|likte|synes godt om|beğendi|bayıldı|hoffwyd|hoffodd|"
        r"wedi hoffi|yn hoffi|caru|a ajouté un c(?:œ|oe)ur à|hat ein herz hinzugefügt zu|"
        r"added a heart to|added a thumbs up to|gave a thumbs up to"
    ),
    Reaction.DISLIKES: (
        r"disliked|thumbs? down(?:ed)?|questioned|n'a pas aimé|gefällt nicht|no le gustó|"
        r"no le gusta|non piace|nie podoba(?: się)?|não gostou d[eao]|nu a apreciat|"
        r"vond niet leuk|s'est interrogée? sur|dudó de|preguntó por|a pus la îndoială|"
        r"zakwestionował(?:a)?|ddim yn hoffi"
    ),
    Reaction.OTHER: (
        r"laughed at|laughed|emphasi[sz]ed|highlighted|a ri de|a mis en évidence|a insisté sur|"
        r"hat gelacht über|gelacht über|hervorgehoben|betont|se rió de|le dio risa|enfatizó|"
        r"ha riso (?:a|di)|ha enfatizzato|zaśmiał(?:a)? się z|podkreślił(?:a)?|riu d[eao]|"
        r"enfatizou|a râs la|a subliniat|lachte om|benadrukte|chwarddodd"
    ),
}
_SIGN = r"[^\w\s“„«\"‘’'.,!?()/-]+(?:\u200d[^\w\s“„«\"]+)*"
_REMOVED = re.compile(
    rf"{_GAP}(?:(?:removed|took back|deleted) (?:an?|the|their|your) .{{1,40}}? (?:from|on|to) "
    rf"{_OBJECT}|(?:a supprimé|a retiré|hat entfernt|eliminó|quitó|ha rimosso|usunął|usunęła|"
    rf"removeu|a eliminat|verwijderde)\b.{{0,40}}?{_QUOTED}|{_SIGN}{_GAP} ?removed from ?{_GAP}"
    rf"{_OBJECT}){_GAP}[.!]?{_GAP}",
    re.IGNORECASE | re.DOTALL,
)
_SIGN_REACTION = re.compile(
    rf"{_GAP}(?:(?:(?:reacted|reacts|responded|replied)(?: with)?|a réagi(?: avec| par)?|"
    rf"hat mit|reagierte(?: mit)?|reaccionó(?: con)?|ha reagito(?: con)?|"
    rf"zareagował(?:a)?|reagiu(?: com)?|a reacționat(?: cu)?|reageerde(?: met)?|ymatebodd)\s+"
    rf"(?P<verb>{_SIGN})\s*(?:to|on|at|à|auf|a|na|la|op|i)?\s*|"
    rf"(?P<sign>{_SIGN}){_GAP}\s*(?:to|on|at|à|auf|a|na|la|op|i)\s*{_GAP})"
    rf"{_OBJECT}(?:\s*reagiert)?{_GAP}[.!]?",
    re.IGNORECASE | re.DOTALL,
)
_VERB_REACTIONS = {
    reaction: re.compile(
        rf"{_GAP}(?:{verbs}):?\s*{_OBJECT}(?: leuk| niet leuk)?{_GAP}[.!]?",
        re.IGNORECASE | re.DOTALL,
    )
    for reaction, verbs in _VERBS.items()
}
_LIKING_SIGNS = frozenset("👍❤♥😍🥰👌🙏✅😊🙂💯💕💖🧡💛💚💙💜🤍🤝")
_DISLIKING_SIGNS = frozenset("👎❌🚫❓🤔😡😠😢☹🙁💔")
_FORWARDED = re.compile(
    r"^\s*(?:-+\s*)?(?:fwd?|forwarded(?: message)?|begin forwarded message|original message)\b"
    r"\s*[:>-]*",
    re.IGNORECASE,
)
_QUOTE_LINE = re.compile(r"^\s*>.*$", re.MULTILINE)
_ONLY_MARKS = re.compile(r"[\W_]*")


def own_words(text: str, ours: Sequence[str] = ()) -> OwnWords:
    """The words of `text` that the writer added to what it quotes.

    `ours` are texts that were sent to the number lately: a copy of one is a quotation even without
    quotation marks. Never raises.
    """
    text = text[:MAX_LENGTH]
    reaction, rest = _reaction(text)
    rest = _without_ours(rest, ours)
    if reaction is None:
        rest = _QUOTE_LINE.sub(" ", rest)
        if rest != text:
            rest = _FORWARDED.sub(" ", rest)
    if reaction is None and rest == text:
        return OwnWords(text)
    words = "" if _ONLY_MARKS.fullmatch(rest) and not _has_sign(rest) else rest.strip()
    return OwnWords(words, reaction, is_quote=True)


def _reaction(text: str) -> tuple[Reaction | None, str]:
    """The reaction that the text starts with, and what comes after it."""
    if match := _REMOVED.match(text):
        return Reaction.OTHER, text[match.end() :]
    if match := _SIGN_REACTION.match(text):
        return _of_sign(match["verb"] or match["sign"]), text[match.end() :]
    for reaction, pattern in _VERB_REACTIONS.items():
        if match := pattern.match(text):
            return reaction, text[match.end() :]
    return None, text


def _of_sign(sign: str) -> Reaction:
    if not _LIKING_SIGNS.isdisjoint(sign):
        return Reaction.LIKES
    return Reaction.OTHER if _DISLIKING_SIGNS.isdisjoint(sign) else Reaction.DISLIKES


def _without_ours(text: str, ours: Sequence[str]) -> str:
    """`text` without copies of our texts, whole or cut short, whatever their quotation marks."""
    for body in ours:
        wanted = _plain(body)
        if len(wanted) < MIN_QUOTED:
            continue
        text = _without_copy(text, wanted)
    return text


def _without_copy(text: str, wanted: str) -> str:
    """`text` without the longest copy of the start of `wanted` that it holds."""
    plain, places = _plain_with_places(text)
    start = plain.find(wanted[:MIN_QUOTED])
    if start < 0:
        return text
    length = MIN_QUOTED
    while (
        length < len(wanted)
        and start + length < len(plain)
        and plain[start + length] == wanted[length]
    ):
        length += 1
    first, last = places[start], places[start + length - 1]
    return f"{text[:first].rstrip(_OPENING + ' ')} {text[last + 1 :].lstrip(_CLOSING + '… .')}"


def _plain(text: str) -> str:
    return _plain_with_places(text)[0]


def _plain_with_places(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text in lower case, and where each of them stands."""
    kept: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for folded in unicodedata.normalize("NFKD", character).casefold():
            if folded.isalnum():
                kept.append(folded)
                places.append(place)
    return "".join(kept), places


def _has_sign(text: str) -> bool:
    return any(unicodedata.category(character) == "So" for character in text)
