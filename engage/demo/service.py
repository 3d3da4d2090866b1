"""Fill a database with the large demonstration: 500 people with a year behind them, written in
bulk, then looked at as every night does.

Random but seeded: the same seed and moment give the same lives. Nothing goes out: texts of the past
are written as sent. The people are invented and their numbers come from the range that Ofcom keeps
for drama. Never run in production: the callers refuse.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import text
from sqlalchemy.orm import Session

from engage.cohort.nightly import service as nightly
from engage.demo import case, checkins, house, meetings, people, plans, sharing, texting
from engage.demo.house import HUB
from engage.demo.lives import life
from engage.demo.rows import Rows

PEOPLE = 500
SEED = 1729
LAST = uuid.UUID(int=2**128 - 1)


@dataclass(frozen=True)
class Demonstration:
    """What was added: the hub's name, how many people and rows, and how many signals the night made
    of them.
    """

    hub: str
    people: int
    rows: int
    signals: int


def fill(
    session: Session, *, now: datetime, count: int = PEOPLE, seed: int = SEED
) -> Demonstration | None:
    """Add the demonstration in the caller's transaction; None where it is there already."""
    if house.exists(session):
        return None
    luck, rows = Random(seed), Rows()
    built = house.build(session, now=now, since=now - timedelta(days=400))
    everybody = []
    for number in range(count):
        one = people.write(rows, built, life(number, now.date(), luck), now, luck)
        order_id = case.write(rows, built, one, now, luck)
        plans.write(rows, built, one, now, luck)
        checkins.write(rows, one, now, luck)
        sharing.write(rows, built, one, now, luck)
        failures = texting.write(rows, built, one, now, luck)
        case.enforce(rows, one, order_id, failures.of.get(one.id, []), now.date(), luck)
        everybody.append(one)
    meetings.write(rows, built, everybody, now, luck)
    written = rows.write(session)
    session.execute(text("ANALYZE"))
    raised, _ = nightly.sweep_people(session, after=nightly.BEFORE_ALL, upto=LAST, now=now)
    written += sharing.packs(session, built, everybody, now)
    return Demonstration(HUB, count, written, raised)
