"""A compromised phone: somebody else reads it, so no text is sent to it and the offender manager is
told.

Not even safety advice may be sent: it would show the other reader that the person asked for help,
and that is when people get hurt. The offender manager rings when it is safe, or sees the person.
Queued texts are withdrawn. Only a worker who verifies the number again allows texts to it.
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
from engage.understanding.safety.unsafe_phone import shows_other_reader
from engage.understanding.vocabulary import Intent

OTHER_READER = "Somebody else may read this phone"
_STOP = re.compile(
    r"\b(?:stop|unsubscribe|no more|remove me|stopiwch|stopia|dim mwy|dim rhagor)\b", re.IGNORECASE
)


def silence_if_read_by_other(context: ReplyContext, owners: Sequence[PhoneOwner]) -> ReplyContext:
    """Send no answer to a phone that another person reads. If the text shows it, suspend the number
    for everybody who has it.
    """
    is_known = any(owner.point.unsafe_since is not None for owner in owners)
    is_shown = shows_other_reader(context.body)
    if is_shown:
        for owner in owners:
            _suspend(context, owner)
    return replace(context, quiet=context.quiet or is_known or is_shown, other_reader=is_shown)


def leave_to_worker(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    """Leave a text that shows another reader to a worker. Only an explicit request for no more
    texts is followed, without an answer.

    "Somebody else has this phone" is easily taken for a wrong number or a STOP, and the other
    reader may have written the text.
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
            stop.stop_texts(context, owners),
            words=(
                "Stopped all texts to the number; no answer sent: somebody else may read this phone"
            ),
            needs_human=True,
        )
    return Handled(
        "Somebody else may read this phone: no texts are sent to it, and no answer was sent",
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
        why="A text shows that somebody else may read their phone. No texts are sent to it. Do not"
        " mention the reason on that phone.",
        evidence=context.evidence,
        now=context.now,
    )
