"""Which provider a text goes by, and when it may go by another."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from engage.core.db import Database
from messaging.gateways.base import Accepted, NotProcessed, Outcome, Refused, Unknown
from messaging.gateways.registry import NOTIFY, TWILIO
from messaging.outbox import Route
from messaging.sending import pacing, routes
from messaging.sending.claim import claim
from messaging.sending.dispatch import Dispatcher
from messaging.states import MessageStatus
from messaging.tables import Message, Provider
from tests.messaging.builders import NOW, SENDER, allow_all, put, put_committed, read
from tests.messaging.conftest import SimulatorClient

MINUTE = timedelta(minutes=1)
TEN = timedelta(minutes=10)
EITHER = Route(TWILIO.name, NOTIFY.name, TEN)
FAILED = NotProcessed()


def down(session: Session, provider: str = TWILIO.name, *, minutes: int = 11) -> None:
    """The provider has processed nothing for so long, tried every minute."""
    for ago in range(minutes, -1, -1):
        routes.record_outcomes(session, provider, [FAILED], NOW - ago * MINUTE)


def test_each_provider_claims_its_own_texts(session: Session) -> None:
    """A worker that sends by one provider never touches a text of another."""
    ours = put(session, "ours")
    theirs = put(session, "theirs", route=Route(NOTIFY.name))
    pacing.register(session, SENDER, 10)
    for provider, message in ((NOTIFY.name, theirs), (TWILIO.name, ours)):
        taken = claim(
            session,
            now=NOW,
            limit=10,
            worker="w",
            lease=MINUTE,
            provider=provider,
            senders=[SENDER],
            guard=allow_all,
        )
        assert [one.id for one in taken.texts] == [message.id]


@pytest.mark.parametrize(
    ("outcomes", "failing"),
    [
        ([FAILED], True),
        ([FAILED, NotProcessed(429)], True),
        ([FAILED, Accepted("SM1", "queued")], False),
        ([FAILED, Refused(21610, "stopped")], False),
        ([Unknown("silence")], False),
        ([], False),
    ],
)
def test_what_counts_as_out_of_reach(
    session: Session, outcomes: list[Outcome], failing: bool
) -> None:
    """Only texts that were certainly not received count, and one answer about any text shows that
    the provider is there.
    """
    routes.record_outcomes(session, TWILIO.name, outcomes, NOW)
    found = session.get(Provider, TWILIO.name)
    assert (found is not None and found.failing_since is not None) == failing


def test_since_when_is_kept_until_it_answers(session: Session) -> None:
    """The first failure counts, not the last; an answer clears it."""
    routes.record_outcomes(session, TWILIO.name, [FAILED], NOW)
    routes.record_outcomes(session, TWILIO.name, [FAILED], NOW + MINUTE)
    found = session.get_one(Provider, TWILIO.name, populate_existing=True)
    assert (found.failing_since, found.failed_at) == (NOW, NOW + MINUTE)
    routes.record_outcomes(session, TWILIO.name, [Accepted("SM1", "queued")], NOW + 2 * MINUTE)
    assert session.get_one(Provider, TWILIO.name, populate_existing=True).failing_since is None


@pytest.mark.parametrize(
    ("minutes", "route", "attempts", "status", "moves"),
    [
        (11, EITHER, 0, MessageStatus.QUEUED, True),
        (9, EITHER, 0, MessageStatus.QUEUED, False),
        (11, Route(), 0, MessageStatus.QUEUED, False),
        (11, EITHER, 1, MessageStatus.QUEUED, False),
        (11, EITHER, 1, MessageStatus.UNKNOWN, False),
        (11, EITHER, 1, MessageStatus.SENDING, False),
    ],
    ids=["long enough", "too soon", "not wanted", "tried before", "unknown", "on its way"],
)
def test_only_a_text_never_tried_goes_by_the_other(
    session: Session, minutes: int, route: Route, attempts: int, status: MessageStatus, moves: bool
) -> None:
    """Ten minutes out of reach, allowed by the caller, and no attempt yet: all three, or the text
    keeps its provider.
    """
    message = put(session, "one", route=route)
    session.execute(update(Message).values(status=status, attempts=attempts))
    down(session, minutes=minutes)
    assert routes.reroute(session, now=NOW) == moves
    session.refresh(message)
    assert message.provider == (NOTIFY.name if moves else TWILIO.name)
    assert routes.reroute(session, now=NOW) == 0


def test_nothing_moves_when_the_other_is_out_of_reach_too(session: Session) -> None:
    """Moving a text between two providers that are both out of reach helps no one."""
    put(session, "one", route=EITHER)
    down(session)
    down(session, NOTIFY.name, minutes=1)
    assert routes.reroute(session, now=NOW) == 0


def test_an_old_failure_does_not_count(session: Session) -> None:
    """After an hour without attempts it is not known whether it still fails: the next text tries
    the usual provider first.
    """
    put(session, "one", route=EITHER, send_after=NOW)
    down(session)
    assert routes.reroute(session, now=NOW + timedelta(hours=1)) == 0


def test_a_text_for_later_stays(session: Session) -> None:
    """A reminder for tomorrow has time to wait for its usual provider."""
    put(session, "one", route=EITHER, send_after=NOW + timedelta(hours=1))
    down(session)
    assert routes.reroute(session, now=NOW) == 0


def test_a_text_is_moved_before_it_is_claimed(
    committed: Database, worker: Callable[..., Dispatcher], simulator: SimulatorClient
) -> None:
    """A worker moves texts before it claims: one attempt at a provider out of reach would tie the
    text to it.
    """
    id = put_committed(committed, "one", route=EITHER)
    with committed.begin() as session:
        down(session)
    assert worker().run_once().claimed == 0
    assert (read(committed, id).provider, read(committed, id).attempts) == (NOTIFY.name, 0)
    assert simulator.requests() == []


def test_a_route_says_both_or_neither() -> None:
    """A fallback without its time, or the same provider twice, is the caller's mistake."""
    for wrong in (
        {"fallback": NOTIFY.name},
        {"after": TEN},
        {"fallback": TWILIO.name, "after": TEN},
    ):
        with pytest.raises(ValueError, match="fallback"):
            Route(TWILIO.name, **wrong)  # type: ignore[arg-type]


def test_the_row_carries_the_route(committed: Database) -> None:
    """The choice made when the text was queued is on its row."""
    id: UUID = put_committed(committed, "one", route=EITHER, redact=True)
    row: Message = read(committed, id)
    assert (row.provider, row.fallback, row.fallback_after, row.redact) == (
        TWILIO.name,
        NOTIFY.name,
        TEN,
        True,
    )
