"""Lists agree with single records: a list for an ability holds exactly the people for whom
`open_person` grants it.
"""

from datetime import datetime
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access import scope
from engage.access.policy import Ability, open_person
from engage.agencies.model import Membership, Role
from engage.conversation.staff_actions import mark_read
from engage.core.errors import EngageError, NotFound
from engage.people.model import Person, RecordAccess
from engage.people.service import ensure_involved
from engage.queries.conversation import unread
from tests import builders
from tests.engage.conversation.phones import says


@pytest.mark.parametrize(("role", "ability"), list(product(Role, Ability)))
def test_lists_agree_with_single_records(
    role: Role, ability: Ability, session: Session, now: datetime
) -> None:
    """For every role and ability: own people and those of others, restricted, excluded, and in
    another hub.
    """
    hub, other_hub = builders.hub(session), builders.hub(session, "Teesside")
    reader, other = builders.staff(session, hub, role), builders.staff(session, hub)
    stranger = builders.staff(session, other_hub)
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
    listed = set(session.scalars(select(Person.id).where(scope.people(actor, ability))))
    opened = set()
    for one in people:
        try:
            open_person(session, actor, one.id, now=now, what="test", ability=ability)
        except EngageError:
            continue
        opened.add(one.id)
    assert listed == opened


def test_a_role_in_one_hub_gives_nothing_in_another(session: Session, now: datetime) -> None:
    """An offender manager here who is a support worker there sees only the signals of the caseload
    here.
    """
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
        return set(session.scalars(select(Person.id).where(scope.people(actor, ability))))

    assert listed(Ability.VIEW) == {own.id, partners.id} and listed(Ability.SIGNALS) == {own.id}


@pytest.mark.parametrize(
    ("restricted", "reads"), [((False, False), True), ((True, False), True), ((True, True), False)]
)
def test_texts_from_a_shared_phone_are_read_in_the_hub_of_its_people(
    session: Session, now: datetime, restricted: tuple[bool, bool], reads: bool
) -> None:
    """A coordinator of that hub reads them, unless all its people are restricted. A coordinator of
    another hub does not.
    """
    here, there = builders.hub(session), builders.hub(session, "Teesside")
    om = builders.staff(session, here)
    for one in restricted:
        builders.person(session, om, restricted=one)
    near = builders.actor(builders.staff(session, here, Role.COORDINATOR))
    far = builders.actor(builders.staff(session, there, Role.COORDINATOR))
    reading = says(session, "its jay i got nicked", now)
    assert reading.person_id is None
    for actor, may in ((near, reads), (far, False)):
        assert unread.count_unknown(session, actor) == may
        assert len(unread.unknown_numbers(session, actor)) == may
        assert (unread.unknown_number_of(session, actor, reading.id) is not None) is may
    with pytest.raises(NotFound):
        mark_read(session, far, reading.id, now=now)
    if reads:
        assert mark_read(session, near, reading.id, now=now).read_at == now


def test_texts_from_an_unknown_number_are_for_every_coordinator(
    session: Session, now: datetime
) -> None:
    """It is not known which hub they are for."""
    hub = builders.hub(session)
    reading = says(session, "who is this", now)
    for role, may in (
        (Role.COORDINATOR, True),
        (Role.SUPERVISOR, True),
        (Role.OFFENDER_MANAGER, False),
    ):
        actor = builders.actor(builders.staff(session, hub, role))
        assert unread.count_unknown(session, actor) == may
        assert (unread.unknown_number_of(session, actor, reading.id) is not None) is may
