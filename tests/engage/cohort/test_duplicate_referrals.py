"""Of several referrals of one person one always waits, whoever withdraws theirs, even if two are
marked as duplicates at the same moment.
"""

import threading

from sqlalchemy.orm import Session

from engage.agencies.model import AgencyKind, Role, Staff
from engage.cohort import referrals
from engage.cohort.model import Referral, ReferralState
from engage.core.db import Database
from engage.core.errors import EngageError
from tests import builders
from tests.engage.cohort.table import call, items, refer


def test_one_agency_does_not_withdraw_what_another_asked_for(session: Session) -> None:
    """The first referral is withdrawn: its duplicate waits and is on the agenda; a third follows
    it.
    """
    hub = builders.hub(session)
    keeper = builders.actor(builders.staff(session, hub, Role.COORDINATOR, name="Chidi Okafor"))
    builders.agency(session, hub, "Open Door", AgencyKind.CHARITY)
    charity = builders.actor(
        builders.staff(session, hub, Role.SUPPORT_WORKER, name="Jo Lamb", agency_name="Open Door")
    )
    om = builders.actor(builders.staff(session, hub))
    meeting = call(session, keeper, hub)
    first = refer(session, charity, hub, crn="X111111", first_name="Ryan")
    second = refer(session, om, hub, crn="X111111", first_name="Ry")
    third = refer(session, keeper, hub, crn="X111111", first_name="R")
    assert set(items(session, meeting)) == {"Ryan"}
    referrals.withdraw(session, charity, first.id, why="Moved away", now=builders.NOW)
    assert (first.state, second.state) == (ReferralState.WITHDRAWN, ReferralState.WAITING)
    assert (second.ended_at, second.ended_why, second.duplicate_of_id) == (None, "", None)
    assert third.state is ReferralState.DUPLICATE and third.duplicate_of_id == second.id
    assert set(items(session, meeting)) == {"Ry"}


def test_two_marked_as_each_others_duplicate_leave_one_waiting(
    committed: Database,
) -> None:
    """The second of the two coordinators is refused."""
    with committed.begin() as session:
        hub = builders.hub(session)
        keeper = builders.staff(session, hub, Role.COORDINATOR, name="Chidi Okafor")
        by = builders.actor(keeper)
        one, two = refer(session, by, hub), refer(session, by, hub)
        ids = [(one.id, two.id), (two.id, one.id)]
    barrier, refused = threading.Barrier(2), list[EngageError]()

    def join(which: int) -> None:
        try:
            with committed.begin() as session:
                actor = builders.actor(session.get_one(Staff, keeper.id))
                session.get(Referral, ids[which][0])
                barrier.wait(10)
                referrals.mark_duplicate(session, actor, *ids[which], now=builders.NOW)
        except EngageError as error:
            refused.append(error)

    threads = [threading.Thread(target=join, args=(which,)) for which in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(refused) == 1
    with committed.begin() as session:
        states = sorted(session.get_one(Referral, id).state.value for id, _ in ids)
    assert states == ["duplicate", "waiting"]
