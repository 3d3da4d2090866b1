"""The large demonstration: 500 people with a year of history, written in bulk, then swept as on any
night.

Random but seeded: the same seed and moment give the same lives. Nothing is sent: past texts are
written as sent. The people are invented and their numbers are in the range that Ofcom reserves for
drama. Never run in production: the callers refuse.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import text
from sqlalchemy.orm import Session

from engage.cohort.nightly import service as nightly
from engage.conversation.learning import rises
from engage.demo import case, check_ins, free_texts, hub, meetings, people, plans, sharing, texting
from engage.demo.hub import HUB
from engage.demo.lives import make_life
from engage.demo.rows import Rows

PEOPLE = 500
SEED = 1729
LAST_ID = uuid.UUID(int=2**128 - 1)


@dataclass(frozen=True)
class Demonstration:
    """What was added: the hub's name, the number of people and rows, and the number of signals
    raised by the nightly sweep.
    """

    hub: str
    people: int
    rows: int
    signals: int


def fill(
    session: Session, *, now: datetime, count: int = PEOPLE, seed: int = SEED
) -> Demonstration | None:
    """Add the demonstration in the caller's transaction. None if it already exists."""
    if hub.exists(session):
        return None
    luck, rows = Random(seed), Rows()
    built = hub.build(session, now=now, since=now - timedelta(days=400))
    everyone = []
    for number in range(count):
        one = people.write(rows, built, make_life(number, now.date(), luck), now, luck)
        order_id = case.write(rows, built, one, now, luck)
        plans.write(rows, built, one, now, luck)
        check_ins.write(rows, one, now, luck)
        sharing.write(rows, built, one, now, luck)
        free_texts.write(rows, one, now, Random(seed + number))
        failures = texting.write(rows, built, one, now, luck)
        case.write_enforcement(rows, one, order_id, failures.of.get(one.id, []), now.date(), luck)
        everyone.append(one)
    meetings.write(rows, built, everyone, now, luck)
    written = rows.write(session)
    session.execute(text("ANALYZE"))
    raised, _ = nightly.sweep_people(session, after=nightly.BEFORE_ALL, upto=LAST_ID, now=now)
    written += sharing.make_packs(session, built, everyone, now)
    rises.record_new(session, now=now)
    return Demonstration(HUB, count, written, raised)
