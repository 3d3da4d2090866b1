"""A list for an ability holds exactly the people for whom opening one would grant it: lists and single records never disagree."""

from datetime import datetime
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Membership, Role
from engage.errors import EngageError
from engage.insight import sight
from engage.people.access import Ability, open_person
from engage.people.model import Person, RecordAccess
from engage.people.service import ensure_involved
from tests import builders


@pytest.mark.parametrize(("role", "ability"), list(product(Role, Ability)))
def test_lists_agree_with_single_records(
    role: Role, ability: Ability, session: Session, now: datetime
) -> None:
    """For every role and ability, over own, others', restricted, barred and far-away people."""
    hub, far = builders.hub(session), builders.hub(session, "Teesside")
    reader, other = builders.staff(session, hub, role), builders.staff(session, hub)
    stranger = builders.staff(session, far)
    people = [
        builders.person(session, reader, number=None),
        builders.person(session, other, number=None),
        builders.person(session, other, number=None, restricted=True),
        builders.person(session, reader, number=None, restricted=True),
        builders.person(session, other, number=None),
        builders.person(session, stranger, number=None),
    ]
    session.add(RecordAccess(person_id=people[4].id, staff_id=reader.id, excluded=True))
    for one in people[1:]:
        ensure_involved(session, one.id, reader.agency_id, now=now)
    session.flush()
    actor = builders.actor(reader)
    listed = set(session.scalars(select(Person.id).where(sight.people(actor, ability))))
    opened = set()
    for one in people:
        try:
            open_person(session, actor, one.id, now=now, what="test", ability=ability)
        except EngageError:
            continue
        opened.add(one.id)
    assert listed == opened


def test_two_roles_do_not_lend_each_other_sight(session: Session, now: datetime) -> None:
    """An offender manager here and support worker there has the signals of the one caseload alone."""
    here, there = builders.hub(session), builders.hub(session, "Teesside")
    both = builders.staff(session, here)
    session.add(Membership(staff_id=both.id, hub_id=there.id, role=Role.SUPPORT_WORKER))
    session.flush()
    session.refresh(both)
    own = builders.person(session, both, number=None)
    partners = builders.person(session, builders.staff(session, there), number=None)
    ensure_involved(session, partners.id, both.agency_id, now=now)
    actor = builders.actor(both)

    def listed(ability: Ability) -> set[object]:
        return set(session.scalars(select(Person.id).where(sight.people(actor, ability))))

    assert listed(Ability.VIEW) == {own.id, partners.id} and listed(Ability.SIGNALS) == {own.id}
