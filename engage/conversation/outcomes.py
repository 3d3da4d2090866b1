"""Outcomes that several steps and handlers share."""

from engage.conversation import answers
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.phone_owner import PhoneOwner

FOR_WORKER = "for a worker to read"
"""Ends the words of a text that a worker must read."""
UNCLEAR = "Not clear enough to act on"


def leave_to_worker(context: ReplyContext, owner: PhoneOwner, why: str) -> Handled:
    """Leave a text to a worker, and tell the person so, though not every time."""
    answers.send_not_sure(context, owner)
    return Handled(f"{why}; {FOR_WORKER}", needs_human=True, person_id=owner.person.id, acted=False)
