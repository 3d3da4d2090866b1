"""Every failed message is reported once, in the transaction of the caller that acts on it."""

from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from engage.core.db import Database
from messaging import failures, transitions
from messaging.failures import FAILED_STATUSES
from messaging.states import ENDED, MessageStatus
from tests.messaging.builders import NOW, put_in

S = MessageStatus


@pytest.mark.parametrize("status", list(MessageStatus))
def test_only_failed_messages_are_reported(session: Session, status: MessageStatus) -> None:
    """Refused, undelivered, failed, withheld and expired; neither withdrawn messages nor open
    ones.
    """
    put_in(session, "one", status, ended_at=NOW if status in ENDED else None)
    assert len(failures.take(session, now=NOW)) == (status in FAILED_STATUSES)


def test_a_report_has_what_the_caller_needs(session: Session) -> None:
    """The recipient, what the text was about, why it failed, and whether the number is dead or
    suppressed.
    """
    dead = put_in(
        session,
        "one",
        S.REFUSED,
        error_code=21614,
        reason="Not a mobile",
        group_key="a-1",
        ended_at=NOW,
    )
    put_in(session, "two", S.REFUSED, error_code=21610, ended_at=NOW)
    first, second = failures.take(session, now=NOW)
    assert (first.message_id, first.group_key, first.reason) == (dead.id, "a-1", "Not a mobile")
    assert (first.number_dead, first.opted_out) == (True, False)
    assert (second.number_dead, second.opted_out) == (False, True)


def test_reported_once_and_again_after_a_rollback(committed: Database) -> None:
    """A report in a transaction that fails is repeated; one in a transaction that commits is
    not.
    """
    with committed.begin() as session:
        put_in(session, "one", S.FAILED, ended_at=NOW)
    with pytest.raises(ZeroDivisionError), committed.begin() as session:
        assert len(failures.take(session, now=NOW)) == 1
        raise ZeroDivisionError
    with committed.begin() as session:
        assert len(failures.take(session, now=NOW)) == 1
    with committed.begin() as session:
        assert failures.take(session, now=NOW) == []


def test_a_second_failure_of_the_same_message_is_reported_too(session: Session) -> None:
    """Expired, and then a receipt shows that it was sent after all and failed: both are
    reported.
    """
    message = put_in(session, "one", S.EXPIRED, ended_at=NOW)
    assert len(failures.take(session, now=NOW)) == 1
    transitions.move(session, [message.id], S.FAILED, now=NOW)
    session.expire_all()
    assert [one.status for one in failures.take(session, now=NOW)] == [S.FAILED]


def test_four_threads_report_each_failed_message_once(committed: Database) -> None:
    """No failed message goes to two workers."""
    with committed.begin() as session:
        for n in range(40):
            put_in(session, f"text-{n}", S.UNDELIVERED, ended_at=NOW)
    reported: list[UUID] = []
    start = Barrier(4)

    def run() -> None:
        start.wait()
        for _ in range(8):
            with committed.begin() as session:
                reported.extend(one.message_id for one in failures.take(session, now=NOW, limit=5))

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reported) == len(set(reported)) == 40
