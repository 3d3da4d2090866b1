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


def notice(context: ReplyContext, owners: Sequence[PhoneOwner]) -> ReplyContext:
    """Answer nothing to a phone that another person reads. A text that shows it suspends the number
    for everybody who has it.
    """
    known = any(owner.point.unsafe_since is not None for owner in owners)
    shown = read_by_another(context.body)
    if shown:
        for owner in owners:
            _suspend(context, owner)
    return replace(context, quiet=context.quiet or known or shown, other_reader=shown)


def hand_over(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    """Leave a text that shows another reader to a worker. Only a wish in so many words for no more
    texts is followed, without an answer.

    A guess takes "somebody else has this phone" for a wrong number or a STOP, and the other reader
    may have written the rest.
    """
    if not context.other_reader:
        return None
    interpretation = context.interpretation
    if (
        interpretation.acts
        and interpretation.intent is Intent.OPT_OUT
        and _STOP.search(context.body)
    ):
        return replace(
            stop.stop(context, owners),
            words=(
                "Stopped all texts to the number; somebody else may read this phone, so no answer"
                " went"
            ),
            needs_human=True,
        )
    return Handled(
        "Somebody else may read this phone: no text goes to it, and no answer went",
        needs_human=True,
        person_id=owners[0].person.id if len(owners) == 1 else None,
        intent=Intent.OTHER,
        acted=False,
    )


def _suspend(context: ReplyContext, owner: PhoneOwner) -> None:
    if owner.point.unsafe_since is None:
        owner.point.unsafe_since = context.now
    phones.mark_suspended(
        context.session,
        owner.person,
        owner.point,
        why=OTHER_READER,
        actor="person",
        now=context.now,
    )
    raise_signal(
        context.session,
        SignalKind.UNSAFE_PHONE,
        owner.person,
        about=str(owner.point.id),
        why="A text shows that somebody else may read their phone. Nothing is sent to it. Do not say why on that phone.",
        evidence=context.evidence,
        now=context.now,
    )
