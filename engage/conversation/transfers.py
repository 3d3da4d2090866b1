"""A person goes to another offender manager in the middle of a conversation: the old one's turn in
it ends with the transfer.

Whoever takes a conversation over keeps Engage from answering; somebody who may not see the person
any more must not go on doing that.
"""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.cohort import transfers
from engage.cohort.model import Transfer
from engage.conversation import takeover


def hand_over(
    session: Session,
    actor: Actor,
    people: Collection[uuid.UUID],
    *,
    to_id: uuid.UUID,
    note: str,
    now: datetime,
) -> list[Transfer]:
    """Transfer people to another offender manager and end the turns of workers who may not see them
    any more. Raises as transfers do.
    """
    made = transfers.transfer_many(session, actor, people, to_id=to_id, note=note, now=now)
    for one in made:
        takeover.end_unseen(session, one.person_id, actor=actor, now=now)
    return made
