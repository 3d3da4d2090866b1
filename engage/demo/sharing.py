"""What the invented hub shares: disclosures to partners under its agreements as rows, and a few
evidence packs, made as in real use.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from engage.access.model import Disclosure
from engage.access.policy import staff_actor
from engage.demo.hub import DemoHub
from engage.demo.lives import Group
from engage.demo.people import DemoPerson
from engage.demo.rows import Rows
from engage.documents.evidence_pack import service

PACKS = 3
PACK_DAYS = 180
"""The days that a demonstration pack covers."""


def write(rows: Rows, demo: DemoHub, one: DemoPerson, now: datetime, luck: Random) -> None:
    """Disclosures to a partner with an agreement, for two people in five, since they joined."""
    if luck.random() >= 0.4:
        return
    workers = {agency.id: worker for agency, worker in demo.partners}
    agreement = luck.choice(demo.agreements)
    for _ in range(luck.randint(1, 3)):
        ago = timedelta(
            days=luck.randint(1, (now.date() - one.life.adopted_on).days), hours=luck.randint(1, 6)
        )
        at, fields = now - ago, [luck.choice(agreement.fields)]
        agency = next(agency for agency, _ in demo.partners if agency.id == agreement.agency_id)
        by = f"staff:{workers[agency.id].id}"
        rows.add(
            Disclosure,
            person_id=one.id,
            agreement_id=agreement.id,
            agency_id=agency.id,
            recipient=agency.name,
            purpose=agreement.purpose,
            lawful_basis=agreement.lawful_basis,
            fields=fields,
            actor=by,
            at=at,
        )
        rows.add_event(
            "record.disclosed",
            at,
            hub_id=demo.hub.id,
            person_id=one.id,
            actor=by,
            agreement=agreement.id,
            fields=fields,
        )


def make_packs(session: Session, demo: DemoHub, people: Sequence[DemoPerson], now: datetime) -> int:
    """Make evidence packs for the court about a few people, by their offender managers, after
    everything else is written. Return how many.
    """
    chosen = [one for one in people if one.life.group is Group.ORDER and not one.life.left_on][
        :PACKS
    ]
    for one in chosen:
        service.make(
            session,
            staff_actor(one.officer),
            one.id,
            from_on=max(one.life.adopted_on, now.date() - timedelta(days=PACK_DAYS)),
            until_on=now.date(),
            purpose="Breach of the order",
            recipient="Sunderland Magistrates",
            now=now,
        )
    return len(chosen)
