"""Transfers to another offender manager during a conversation.

A takeover keeps Engage from answering, so it must end when its worker may no longer see the person.
"""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.cohort import transfers
from engage.cohort.model import Transfer
from engage.conversation import takeover


def transfer_people(
    session: Session,
    actor: Actor,
    people: Collection[uuid.UUID],
    *,
    to_id: uuid.UUID,
    note: str,
    now: datetime,
) -> list[Transfer]:
    """Transfer people to another offender manager, and end takeovers by workers who may no longer
    see them. Raises as `transfer_many` does.
    """
    made = transfers.transfer_many(session, actor, people, to_id=to_id, note=note, now=now)
    for transfer in made:
        takeover.end_without_access(session, transfer.person_id, actor=actor, now=now)
    return made
