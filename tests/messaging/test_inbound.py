"""Texts to us are stored once and handled in order for each number, whatever a handler does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Event, Lock, Thread

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engage.core.db import Database
from messaging import inbound
from messaging.gateways.twilio import webhooks as twilio
from messaging.inbound import MAX_ATTEMPTS, Handled, Outcome, handle_next
from messaging.tables import Inbound, InboundStatus, Suppression
from tests.messaging.builders import NOW, SENDER, number


@pytest.fixture(autouse=True)
def first_is_one(committed: Database) -> None:
    """Number texts from 1 in every test: rolled-back texts use up numbers."""
    with committed.begin() as session:
        session.execute(text("TRUNCATE inbound RESTART IDENTITY CASCADE"))


def arrive(database: Database, n: int, who: int = 1, body: str = "Hello") -> bool:
    """The n-th text arrives, from this phone."""
    with database.begin() as session:
        return inbound.store(session, twilio.read_text(post(n, who, body)), now=NOW)


def post(n: int, who: int = 1, body: str = "Hello") -> dict[str, str]:
    """What the provider posts for it."""
    return {
        "MessageSid": f"SM{n:032x}",
        "From": number(who),
        "To": SENDER,
        "Body": body,
        "NumMedia": "0",
    }


def bodies(database: Database, status: InboundStatus) -> list[str]:
    """The stored texts, oldest first."""
    with database.begin() as session:
        return list(
            session.scalars(
                select(Inbound.body).where(Inbound.status == status).order_by(Inbound.id)
            )
        )


def nothing(session: Session, inbound: Inbound, now: datetime) -> None:
    """A handler that does nothing."""


def failing_on(
    body: str, seen: list[str], problem: Callable[[], Exception] = ValueError
) -> inbound.Handler:
    """A handler that records what it sees, writes something, and then fails at one text."""

    def handle(session: Session, inbound: Inbound, now: datetime) -> None:
        seen.append(inbound.body)
        row = {"id": inbound.id, "number": inbound.from_number}
        session.execute(
            text(
                "INSERT INTO suppression (id, number, since, reason, evidence)"
                " VALUES (gen_random_uuid(), :number, now(), 'effect', :id) ON CONFLICT DO NOTHING"
            ),
            row,
        )
        if inbound.body == body:
            raise problem()

    return handle


def test_five_posts_of_one_text_are_one_text(committed: Database) -> None:
    """The same provider id five times at once: one row, stored by one of the five, with one
    effect.
    """
    start, stored = Barrier(5), list[bool]()

    def run() -> None:
        start.wait()
        stored.append(arrive(committed, 1))

    threads = [Thread(target=run) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(stored) == [False] * 4 + [True]
    seen: list[str] = []
    assert handle_next(committed.begin, failing_on("", seen), now=NOW) == Handled(
        1, Outcome.HANDLED
    )
    assert handle_next(committed.begin, failing_on("", seen), now=NOW) is None
    assert seen == ["Hello"]


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"Body": "no id at all", "From": number(1)},
        {"MessageSid": "x" * 500, "From": "y" * 500, "Body": "z" * 20_000},
        {"MessageSid": "SM1", "Body": "NUL \x00 and \ud800 and \u202e", "NumMedia": "many"},
        {"SmsSid": "SM2", "From": "SHORT", "NumMedia": "-1"},
    ],
)
def test_odd_posts_are_kept_once(session: Session, params: dict[str, str]) -> None:
    """A signed text is never lost because a field is missing, and a repeat of it is still
    recognised.
    """
    assert inbound.store(session, twilio.read_text(params), now=NOW)
    assert not inbound.store(session, twilio.read_text(params), now=NOW)
    kept = session.scalars(select(Inbound)).one()
    assert set(kept.params) == set(params)


def test_in_order_per_number(committed: Database) -> None:
    """One worker handles a number's texts in the order in which they came."""
    for n in range(6):
        arrive(committed, n, who=n % 2, body=f"{n % 2}-{n}")
    seen: list[str] = []
    while handle_next(committed.begin, failing_on("", seen), now=NOW):
        pass
    assert [body for body in seen if body.startswith("0")] == ["0-0", "0-2", "0-4"]
    assert [body for body in seen if body.startswith("1")] == ["1-1", "1-3", "1-5"]


def test_four_workers_keep_the_order_of_every_number(committed: Database) -> None:
    """A hundred texts from ten phones, four threads: each handled once, each phone's in order, and
    several at a time.
    """
    for n in range(100):
        arrive(committed, n, who=n % 10, body=str(n))
    seen: dict[str, list[int]] = {}
    guard, at_once, most = Lock(), 0, 0

    def handle(session: Session, inbound: Inbound, now: datetime) -> None:
        nonlocal at_once, most
        with guard:
            at_once += 1
            most = max(most, at_once)
            seen.setdefault(inbound.from_number, []).append(int(inbound.body))
        session.execute(text("SELECT pg_sleep(0.002)"))
        with guard:
            at_once -= 1

    def run() -> None:
        start.wait()
        idle = 0
        while idle < 20:
            idle = 0 if handle_next(committed.begin, handle, now=NOW) else idle + 1

    start = Barrier(4)
    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(len(one) for one in seen.values()) == 100
    assert all(one == sorted(one) for one in seen.values())
    assert most > 1


def test_while_a_number_is_being_handled_only_other_numbers_are(committed: Database) -> None:
    """While a worker handles the first phone's oldest text, another worker gets the second phone's
    and never the first's next.
    """
    arrive(committed, 1, who=1, body="first")
    arrive(committed, 2, who=1, body="second")
    arrive(committed, 3, who=2, body="other")
    holding, let_go = Event(), Event()

    def hold(session: Session, inbound: Inbound, now: datetime) -> None:
        holding.set()
        assert let_go.wait(10)

    worker = Thread(target=lambda: handle_next(committed.begin, hold, now=NOW))
    worker.start()
    assert holding.wait(5)
    seen: list[str] = []
    assert handle_next(committed.begin, failing_on("", seen), now=NOW)
    assert handle_next(committed.begin, failing_on("", seen), now=NOW) is None
    assert seen == ["other"]
    let_go.set()
    worker.join(5)
    assert handle_next(committed.begin, failing_on("", seen), now=NOW)
    assert seen == ["other", "second"]


def test_a_failing_handler_leaves_nothing_behind_and_is_tried_again_later(
    committed: Database,
) -> None:
    """What it wrote is rolled back; the attempt and the problem are on the row; it is not tried
    again at once.
    """
    arrive(committed, 1, body="bad")
    seen: list[str] = []
    handler = failing_on("bad", seen)
    done = handle_next(committed.begin, handler, now=NOW)
    assert done == Handled(1, Outcome.RETRY)
    assert handle_next(committed.begin, handler, now=NOW) is None
    with committed.begin() as session:
        assert session.scalar(select(func.count()).select_from(Suppression)) == 0
        row = session.get_one(Inbound, 1)
        assert (row.attempts, row.status) == (1, InboundStatus.RECEIVED)
        assert row.problem == "ValueError: "
    assert handle_next(committed.begin, nothing, now=NOW + timedelta(seconds=1)) == Handled(
        1, Outcome.HANDLED
    )


def test_after_five_failures_a_text_is_set_aside_and_the_next_is_handled(
    committed: Database,
) -> None:
    """Until then later texts from the number wait and other people's do not; afterwards staff can
    still read it.
    """
    arrive(committed, 1, who=1, body="bad")
    arrive(committed, 2, who=1, body="after bad")
    arrive(committed, 3, who=2, body="another person")
    seen: list[str] = []
    handler, moment = failing_on("bad", seen), NOW
    outcomes = []
    for _ in range(20):
        while done := handle_next(committed.begin, handler, now=moment):
            outcomes.append(done.outcome)
        moment += timedelta(minutes=1)
    assert seen == ["bad", "another person", *["bad"] * (MAX_ATTEMPTS - 1), "after bad"]
    assert outcomes.count(Outcome.SET_ASIDE) == 1
    assert bodies(committed, InboundStatus.SET_ASIDE) == ["bad"]


def test_staff_can_queue_it_again_or_dismiss_it(committed: Database) -> None:
    """A text that was set aside can be queued again with its attempts reset, or dismissed; no other
    text can.
    """
    arrive(committed, 1, body="bad")
    moment = NOW
    for _ in range(MAX_ATTEMPTS):
        handle_next(committed.begin, failing_on("bad", []), now=moment)
        moment += timedelta(minutes=1)
    with committed.begin() as session:
        assert inbound.retry(session, 1, now=moment)
        assert not inbound.retry(session, 1, now=moment)
        assert not inbound.dismiss(session, 1, now=moment)
        assert not inbound.retry(session, 99, now=moment)
    assert handle_next(committed.begin, failing_on("bad", []), now=moment) == Handled(
        1, Outcome.RETRY
    )
    for _ in range(MAX_ATTEMPTS):
        moment += timedelta(minutes=1)
        handle_next(committed.begin, failing_on("bad", []), now=moment)
    with committed.begin() as session:
        assert inbound.dismiss(session, 1, now=moment)
    assert bodies(committed, InboundStatus.DISMISSED) == ["bad"]


def test_a_database_failure_does_not_count_as_an_attempt(committed: Database) -> None:
    """A deadlock or a cut connection inside a handler postpones the text and never sets it
    aside.
    """
    arrive(committed, 1, body="unlucky")

    def deadlock() -> Exception:
        return OperationalError("UPDATE", {}, Exception("deadlock detected"))

    moment = NOW
    for _ in range(MAX_ATTEMPTS * 2):
        done = handle_next(committed.begin, failing_on("unlucky", [], deadlock), now=moment)
        assert done == Handled(1, Outcome.RETRY)
        moment += timedelta(minutes=1)
    assert handle_next(committed.begin, nothing, now=moment) == Handled(1, Outcome.HANDLED)


def test_a_failure_at_the_commit_counts_as_a_failure(
    committed: Database,
) -> None:
    """A constraint that fails at the commit rolls back like any other failure."""
    arrive(committed, 1)
    arrive(committed, 2, who=2)

    def clash(session: Session, inbound: Inbound, now: datetime) -> None:
        if inbound.id == 1:
            inbound.message_sid = post(2)["MessageSid"]

    assert handle_next(committed.begin, clash, now=NOW) == Handled(1, Outcome.RETRY)
    with committed.begin() as session:
        assert session.get_one(Inbound, 1).message_sid == post(1)["MessageSid"]


def test_a_worker_that_dies_in_a_handler_leaves_the_text_unchanged(committed: Database) -> None:
    """When a process ends, its transaction ends: the text is handled by another worker, with no
    attempt counted.
    """
    arrive(committed, 1)

    def die(session: Session, inbound: Inbound, now: datetime) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        handle_next(committed.begin, die, now=NOW)
    assert handle_next(committed.begin, nothing, now=NOW) == Handled(1, Outcome.HANDLED)
