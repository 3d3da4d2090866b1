"""The death of a person: texts stop, every order and period in prison ends. The record stays."""

import uuid
from datetime import date, datetime

from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.hub_settings import today_at
from engage.core import events
from engage.core.errors import Conflict
from engage.legal import custody, orders
from engage.legal.model import OrderEnding
from engage.legal.open_record import (
    day_problems,
    refuse,
    to_change,
)
from engage.people.model import ContactStatus, Person
from engage.people.service import update_person


def record_death(
    session: Session, actor: Actor, person_id: uuid.UUID, on: date, now: datetime
) -> Person:
    """Record that the person died on a day, today at the latest. Queued texts are withdrawn;
    running orders end on that day.

    An order that started later ends on its first day. Raises Invalid for a future day or one before
    birth, Conflict (code `dead`) if already recorded.
    """
    person = to_change(session, actor, person_id, now=now, what="record death")
    if person.contact_status is ContactStatus.DEAD:
        raise Conflict("Their death is already recorded.", code="dead")
    problems = day_problems({"on": on}, today_at(session, person.hub_id, now), past=("on",))
    if not problems and person.date_of_birth is not None and on < person.date_of_birth:
        problems["on"] = "They were born after that day"
    refuse(problems)
    update_person(session, actor, person.id, {"contact_status": ContactStatus.DEAD}, now=now)
    for order in orders.of_person(session, person.id):
        if order.ended_on is None:
            last = max(order.starts_on, min(on, order.ends_on))
            orders.write_end(
                session, person, order, last, OrderEnding.DIED, actor=actor.label, now=now
            )
    spell = custody.current(session, person.id)
    if spell is not None:
        custody.write_release(
            session, person, spell, max(on, spell.since), actor=actor.label, now=now
        )
    events.record_for_person(session, "person.died", person, actor=actor.label, now=now, died_on=on)
    return person
