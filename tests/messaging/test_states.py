"""A message moves only as the table allows."""

import itertools
from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from engage.core.db import Database
from messaging import states, transitions
from messaging.states import ALLOWED, ENDED, MessageStatus
from messaging.tables import Message
from messaging.transitions import Move
from tests.messaging.builders import NOW, put, put_committed, put_in, read

S = MessageStatus
_PAIRS = list(itertools.product(S, S))


@pytest.mark.parametrize(("old", "new"), _PAIRS, ids=[f"{old}-{new}" for old, new in _PAIRS])
def test_every_pair_obeys_the_table(
    session: Session, old: MessageStatus, new: MessageStatus
) -> None:
    """For each pair of statuses the statement does what the table says, and otherwise changes
    nothing at all.
    """
    message = put_in(session, "one", old, reason="as it was")
    moved = transitions.move(session, [message.id], new, now=NOW, reason="moved")
    session.refresh(message)
    if new in ALLOWED[old]:
        assert [(one.id, one.old, one.new) for one in moved] == [(message.id, old, new)]
        assert (message.status, message.reason) == (new, "moved")
        assert (message.ended_at is not None) == (new in ENDED)
    else:
        assert moved == []
        assert (message.status, message.reason) == (old, "as it was")


def test_no_reported_status_leads_back_to_the_queue() -> None:
    """From a status that rests on the provider's report, no chain of moves leads back to
    sending.
    """
    for start in (S.ACCEPTED, S.SENT, S.DELIVERED, S.UNDELIVERED, S.FAILED):
        reached, todo = set[MessageStatus](), [start]
        while todo:
            for to in ALLOWED[todo.pop()] - reached:
                reached.add(to)
                todo.append(to)
        assert reached.isdisjoint({S.QUEUED, S.SENDING, S.UNKNOWN})
    assert ALLOWED[S.DELIVERED] == frozenset()


def test_unknown_is_never_sent_again_without_passing_through_the_queue() -> None:
    """No lease turns into a second send: neither sending nor unknown ever becomes sending."""
    assert S.SENDING not in ALLOWED[S.UNKNOWN]
    assert states.may_become(S.SENDING) == {S.QUEUED}


def test_each_status_records_its_time(session: Session) -> None:
    """Accepted, sent and delivered each record their time, and only a final status records an
    end.
    """
    message = put_in(session, "one", S.SENDING)
    for minutes, to in enumerate((S.ACCEPTED, S.SENT, S.DELIVERED)):
        transitions.move(session, [message.id], to, now=NOW + timedelta(minutes=minutes))
    session.refresh(message)
    assert message.accepted_at == NOW
    assert message.sent_at == NOW + timedelta(minutes=1)
    assert message.delivered_at == message.ended_at == NOW + timedelta(minutes=2)


def test_an_old_attempt_cannot_move_a_new_one(session: Session) -> None:
    """A move for an earlier attempt does not happen."""
    message = put_in(session, "one", S.SENDING, attempts=2)
    stale = Move(message.id, S.REFUSED, NOW, attempt=1)
    assert transitions.apply(session, [stale]) == []
    assert transitions.apply(session, [Move(message.id, S.REFUSED, NOW, attempt=2)]) != []


def test_many_moves_in_one_statement_each_judged_alone(session: Session) -> None:
    """In a bulk move the allowed moves happen; the others, and those with unknown ids, do not."""
    first, second = put(session, "one"), put_in(session, "two", S.DELIVERED)
    moved = transitions.move(
        session, [first.id, second.id, uuid4(), first.id], S.WITHDRAWN, now=NOW
    )
    assert [one.id for one in moved] == [first.id]


def test_of_many_threads_one_makes_the_move(committed: Database) -> None:
    """Eight threads withdraw the same message at once: exactly one of them succeeds."""
    id = put_committed(committed, "one")
    start, won = Barrier(8), []

    def run() -> None:
        start.wait()
        with committed.begin() as session:
            won.extend(transitions.move(session, [id], S.WITHDRAWN, now=NOW))

    threads = [Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_a_move_that_waited_judges_what_it_then_finds(committed: Database) -> None:
    """While a receipt's transaction has locked the row, a late result waits, then finds `delivered`
    and changes nothing.
    """
    id = put_committed(committed, "one")
    late: list[transitions.Moved] = []

    def settle() -> None:
        with committed.begin() as session:
            late.extend(
                transitions.apply(
                    session, [Move(id, S.ACCEPTED, NOW, provider="twilio", provider_sid="SM1")]
                )
            )

    with committed.begin() as session:
        session.execute(update(Message).where(Message.id == id).values(status=S.SENDING))
    with committed.begin() as session:
        transitions.move(session, [id], S.DELIVERED, now=NOW)
        session.flush()
        thread = Thread(target=settle)
        thread.start()
        thread.join(0.2)
        assert thread.is_alive()
    thread.join(5)
    assert late == []
    assert read(committed, id).status is S.DELIVERED
