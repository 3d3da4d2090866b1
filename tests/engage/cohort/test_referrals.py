"""Referrals: who may refer whom, what waits, what is a duplicate, and what the referring agency
does not learn.
"""

import threading
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import AgencyKind, Hub, Role, Staff
from engage.cohort import referrals
from engage.cohort.model import Referral, ReferralState
from engage.cohort.referral_access import open_referral
from engage.core.db import Database
from engage.core.errors import (
    Conflict,
    EngageError,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.core.model import Event
from engage.plan.kinds import Pathway
from tests import builders
from tests.engage.cohort.table import (
    BORN,
    call,
    items,
    police,
    refer,
)


@pytest.fixture
def hub(session: Session) -> Hub:
    """The hub Tyneside."""
    return builders.hub(session)


@pytest.fixture
def keeper(session: Session, hub: Hub) -> Actor:
    """Its coordinator."""
    return builders.actor(builders.staff(session, hub, Role.COORDINATOR, name="Chidi Okafor"))


@pytest.fixture
def charity(session: Session, hub: Hub) -> Actor:
    """A support worker of a charity."""
    builders.agency(session, hub, "Open Door", AgencyKind.CHARITY)
    worker = builders.staff(
        session, hub, Role.SUPPORT_WORKER, name="Jo Lamb", agency_name="Open Door"
    )
    return builders.actor(worker)


def test_any_agencys_staff_refer_anybody_and_it_waits(
    session: Session, hub: Hub, charity: Actor
) -> None:
    """It stores the agency, who referred, and the needs in order; the event names neither the
    person nor the reason.
    """
    made = refer(
        session, charity, hub, needs=(Pathway.HEALTH, Pathway.ACCOMMODATION), date_of_birth=BORN
    )
    assert made.state is ReferralState.WAITING and made.agency_id == charity.agency_id
    assert made.needs == ["accommodation", "health"] and made.referred_by == charity.label
    event = session.scalars(select(Event).where(Event.kind == "referral.made")).one()
    assert (
        event.person_id is None and "Tate" not in str(event.data) and "theft" not in str(event.data)
    )


@pytest.mark.parametrize(
    ("role", "error"), [(Role.AUDITOR, Forbidden), (Role.ADMINISTRATOR, Forbidden)]
)
def test_auditors_and_administrators_refer_nobody(
    session: Session, hub: Hub, role: Role, error: type[EngageError]
) -> None:
    """Their role is refused."""
    with pytest.raises(error):
        refer(session, builders.actor(builders.staff(session, hub, role)), hub)


def test_nobody_refers_to_a_hub_that_is_not_theirs_or_is_closed(
    session: Session, hub: Hub, charity: Actor
) -> None:
    """Another hub is not found; a closed one takes nobody."""
    with pytest.raises(NotFound):
        refer(session, charity, builders.hub(session, "Gwent"))
    hub.closed_at = builders.NOW
    with pytest.raises(Conflict):
        refer(session, charity, hub)


def test_only_the_police_select_at_the_point_of_arrest(
    session: Session, hub: Hub, charity: Actor
) -> None:
    """Others are refused by the field."""
    with pytest.raises(Invalid) as refused:
        refer(session, charity, hub, at_arrest=True)
    assert set(refused.value.fields) == {"at_arrest"}
    assert refer(session, builders.actor(police(session, hub)), hub, at_arrest=True).at_arrest


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"first_name": " "}, "first_name"),
        ({"last_name": ""}, "last_name"),
        ({"reasons": "  "}, "reasons"),
        ({"date_of_birth": date(2027, 3, 20)}, "date_of_birth"),
        ({"date_of_birth": date(1899, 12, 31)}, "date_of_birth"),
    ],
)
def test_bad_input_is_refused_beside_its_field(
    session: Session, hub: Hub, charity: Actor, given: dict[str, object], field: str
) -> None:
    """And nothing is stored."""
    with pytest.raises(Invalid) as refused:
        refer(session, charity, hub, **given)
    assert set(refused.value.fields) == {field} and session.query(Referral).count() == 0


def test_the_same_crn_waits_once_and_the_second_keeps_its_words(
    session: Session, hub: Hub, charity: Actor, keeper: Actor
) -> None:
    """It is a duplicate of the first; when that is withdrawn, it waits itself."""
    first = refer(session, charity, hub, crn="X111111")
    second = refer(session, keeper, hub, crn="X111111", reasons="Seen again")
    assert second.state is ReferralState.DUPLICATE and second.duplicate_of_id == first.id
    assert second.reasons == "Seen again"
    referrals.withdraw(session, charity, first.id, why="Moved to Leeds", now=builders.NOW)
    assert second.state is ReferralState.WAITING
    third = refer(session, keeper, hub, crn="X111111")
    assert third.state is ReferralState.DUPLICATE and third.duplicate_of_id == second.id


def test_two_referrals_of_one_crn_at_the_same_moment(committed: Database) -> None:
    """Exactly one waits, in any order of the threads."""
    with committed.begin() as session:
        hub = builders.hub(session)
        actor = builders.actor(builders.staff(session, hub))
    gate = threading.Barrier(2)

    def send() -> None:
        gate.wait()
        with committed.begin() as session:
            refer(session, actor, session.get_one(Hub, hub.id), crn="X111111")

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with committed.begin() as session:
        states = sorted(session.scalars(select(Referral.state)))
    assert states == [ReferralState.DUPLICATE, ReferralState.WAITING]


def test_a_known_person_is_linked_and_the_agency_learns_nothing(
    session: Session, hub: Hub, charity: Actor, keeper: Actor
) -> None:
    """The row links the person; the support worker who referred sees only what they sent."""
    known = builders.person(session, builders.staff(session, hub), crn="X111111")
    made = refer(session, charity, hub, crn="X111111")
    assert made.person_id == known.id
    assert open_referral(session, charity, made.id, now=builders.NOW) is made
    assert open_referral(session, keeper, made.id, now=builders.NOW) is made


def test_who_sees_a_referral(session: Session, hub: Hub, charity: Actor, keeper: Actor) -> None:
    """The agency that sent it and readers of the queue; not a worker of another agency, or one
    excluded from the record.
    """
    made = refer(session, charity, hub, crn="X111111")
    om = builders.staff(session, hub)
    with pytest.raises(NotFound):
        open_referral(session, builders.actor(om), made.id, now=builders.NOW)
    builders.person(session, om, crn="X222222", restricted=True)
    hidden = refer(session, charity, hub, crn="X222222")
    with pytest.raises(NotFound):
        open_referral(session, keeper, hidden.id, now=builders.NOW)


def test_the_agency_and_the_coordinator_withdraw_a_waiting_referral(
    session: Session, hub: Hub, charity: Actor, keeper: Actor
) -> None:
    """An auditor may not; a second time is a conflict."""
    made = refer(session, charity, hub)
    auditor = builders.actor(builders.staff(session, hub, Role.AUDITOR, name="Robin Platt"))
    with pytest.raises(Forbidden):
        referrals.withdraw(session, auditor, made.id, why="x", now=builders.NOW)
    referrals.withdraw(session, keeper, made.id, why="In error", now=builders.NOW)
    with pytest.raises(Conflict):
        referrals.withdraw(session, charity, made.id, why="x", now=builders.NOW)


def test_the_coordinator_marks_a_duplicate(
    session: Session, hub: Hub, charity: Actor, keeper: Actor
) -> None:
    """Of one that waits in the same hub, and nothing else; it leaves the agenda."""
    meeting = call(session, keeper, hub)
    one, two = refer(session, charity, hub, first_name="Ry"), refer(session, charity, hub)
    assert set(items(session, meeting)) == {"Ry", "Ryan"}
    with pytest.raises(Forbidden):
        referrals.mark_duplicate(session, charity, two.id, one.id, now=builders.NOW)
    with pytest.raises(Invalid):
        referrals.mark_duplicate(session, keeper, two.id, two.id, now=builders.NOW)
    referrals.mark_duplicate(session, keeper, two.id, one.id, now=builders.NOW)
    assert set(items(session, meeting)) == {"Ry"}
    with pytest.raises(Invalid):
        referrals.mark_duplicate(session, keeper, one.id, two.id, now=builders.NOW)


def test_identifying_links_the_person(
    session: Session, hub: Hub, charity: Actor, keeper: Actor
) -> None:
    """The person replaces the referral on the agenda; a CRN that already waits is a conflict."""
    known = builders.person(session, builders.staff(session, hub), crn="X111111")
    meeting = call(session, keeper, hub)
    made = refer(session, charity, hub)
    assert items(session, meeting) == {"Ryan": ["referral"]}
    with pytest.raises(Forbidden):
        referrals.identify(
            session, charity, made.id, crn="X111111", date_of_birth=None, now=builders.NOW
        )
    referrals.identify(
        session, keeper, made.id, crn="X111111", date_of_birth=BORN, now=builders.NOW
    )
    assert made.person_id == known.id and items(session, meeting) == {"Katrina": ["referral"]}
    again = refer(session, charity, hub)
    with pytest.raises(Conflict):
        referrals.identify(
            session, keeper, again.id, crn="X111111", date_of_birth=None, now=builders.NOW
        )


def test_staff_refer_for_their_own_agency(
    session: Session, hub: Hub, charity: Actor, keeper: Actor
) -> None:
    """Naming another agency changes nothing."""
    other = session.get_one(Staff, keeper.id).agency_id
    assert refer(session, charity, hub, agency_id=other).agency_id == charity.agency_id
