"""Thinks reminders over again for people whose reach has changed: a number was verified, custody
ended, texts were approved.

Whoever changes a person's reach only notes that it changed (people.contact.note_reach_changed), in
the same transaction; so nothing is forgotten, whichever way the change came, and nothing is sent
from here: what is planned is decided afresh when it falls due.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.appointments.reminders import planning
from engage.people.model import Person


def replan_changed(session: Session, *, now: datetime, limit: int = 20) -> int:
    """Plan again what was skipped and would still help, for up to `limit` people whose reach
    changed; returns how many people.
    """
    people = session.scalars(
        select(Person)
        .where(Person.contactability_changed_at.is_not(None))
        .order_by(Person.contactability_changed_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for person in people:
        person.contactability_changed_at = None
        planning.replan_skipped(session, person.id, now=now)
        planning.plan_two_hour_texts(session, person.id, now=now)
    return len(people)
