"""A phone that somebody else reads: nothing of ours goes to it any more, and a human is told.

Not even safety advice goes: it would show whoever holds the phone that the person asked for help,
and that is when people get hurt. Their offender manager rings when it is safe, or sees them. What
is queued is called back. Only a worker who verifies the number anew lets texts go to it again.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import stop
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.signals import raise_signal
from engage.people import phones
from engage.signals import SignalKind
from engage.understanding.safety.unsafe_phone import read_by_another
from engage.understanding.vocabulary import Intent

OTHER_READER = "Somebody else may read this phone"
_STOP = re.compile(
    r"\b(?:stop|unsubscribe|no more|remove me|stopiwch|stopia|dim mwy|dim rhagor)\b", re.IGNORECASE
)


def hush(turn: ReplyContext, held: Sequence[PhoneOwner]) -> bool:
    """Answer nothing to a phone that somebody else reads; True when this very text shows it, which
    suspends the number for everybody on it.
    """
    if any(holder.point.unsafe_since is not None for holder in held):
        turn.quiet = True
    if not read_by_another(turn.body):
        return False
    turn.quiet = True
    for holder in held:
        _suspend(turn, holder)
    return True


def hand_over(turn: ReplyContext, held: Sequence[PhoneOwner]) -> Handled:
    """Nothing else is made of such a text, but that a wish in so many words for no more texts is
    kept, without a word to the phone.

    A reader that guesses takes "somebody else has this phone" for a wrong number or a STOP, and the
    other reader may have written the rest.
    """
    if turn.heard.acts and turn.heard.intent is Intent.OPT_OUT and _STOP.search(turn.body):
        return replace(
            stop.stop(turn, held),
            words="Stopped all texts to the number; somebody else may read this phone, so no answer went",
            needs_human=True,
        )
    return Handled(
        "Somebody else may read this phone: no text goes to it, and no answer went",
        needs_human=True,
        person_id=held[0].person.id if len(held) == 1 else None,
        intent=Intent.OTHER,
        acted=False,
    )


def _suspend(turn: ReplyContext, holder: PhoneOwner) -> None:
    if holder.point.unsafe_since is None:
        holder.point.unsafe_since = turn.now
    phones.mark_suspended(
        turn.session, holder.person, holder.point, why=OTHER_READER, actor="person", now=turn.now
    )
    raise_signal(
        turn.session,
        SignalKind.UNSAFE_PHONE,
        holder.person,
        about=str(holder.point.id),
        why="A text shows that somebody else may read their phone. Nothing is sent to it. Do not say why on that phone.",
        evidence=turn.evidence,
        now=turn.now,
    )
