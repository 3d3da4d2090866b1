"""Receipts are stored once and applied as soon as they can be, in whatever order they come."""

import itertools
from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.core.db import Database
from messaging import receipts, states, transitions
from messaging.gateways.twilio import webhooks as twilio
from messaging.receipts import Applied, apply_waiting
from messaging.states import MessageStatus
from messaging.tables import Message, Receipt
from messaging.transitions import Move
from tests.messaging.builders import NOW, put, put_committed, put_in, read

S = MessageStatus
SID = "SM" + "1" * 32


def report(
    session: Session, status: str, mid: UUID | str | None, sid: str = SID, **more: str
) -> bool:
    """A status callback arrives."""
    params = {
        "MessageSid": sid,
        "SmsSid": sid,
        "MessageStatus": status,
        "SmsStatus": status,
        **more,
    }
    return receipts.store(session, twilio.read_receipt(params, str(mid) if mid else None), now=NOW)


def report_and_apply(
    session: Session, status: str, mid: UUID | str | None, sid: str = SID, **more: str
) -> list[Applied]:
    """A status callback arrives and is applied."""
    report(session, status, mid, sid, **more)
    return apply_waiting(session, NOW, 100)


def test_the_same_receipt_again_is_kept_once(session: Session) -> None:
    """A repeated callback is one row; another status or another message is another row."""
    id = put(session, "one").id
    assert report(session, "sent", id)
    assert not report(session, "sent", id)
    assert report(session, "delivered", id)
    assert report(session, "sent", uuid4())
    assert session.scalar(select(func.count()).select_from(Receipt)) == 3


def test_eight_threads_store_one_receipt(committed: Database) -> None:
    """The same callback on eight connections at once is one row, stored by one of them."""
    start, stored = Barrier(8), list[bool]()

    def run() -> None:
        start.wait()
        with committed.begin() as session:
            stored.append(report(session, "delivered", "m"))

    threads = [Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(stored) == [False] * 7 + [True]


def test_a_receipt_moves_its_message_and_says_so(session: Session) -> None:
    """The change is returned, with what the caller needs to act on it."""
    message = put_in(session, "one", S.ACCEPTED, provider="twilio", provider_sid=SID)
    (applied,) = report_and_apply(session, "delivered", message.id)
    assert (applied.message_id, applied.old, applied.new) == (message.id, S.ACCEPTED, S.DELIVERED)
    assert not applied.number_dead
    session.refresh(message)
    assert (message.status, message.delivered_at) == (S.DELIVERED, NOW)
    assert apply_waiting(session, NOW, 100) == []


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("accepted", S.ACCEPTED),
        ("scheduled", S.ACCEPTED),
        ("queued", S.ACCEPTED),
        ("sending", S.ACCEPTED),
        ("sent", S.SENT),
        ("delivered", S.DELIVERED),
        ("read", S.DELIVERED),
        ("undelivered", S.UNDELIVERED),
        ("failed", S.FAILED),
        ("canceled", S.FAILED),
    ],
)
def test_a_receipt_that_beats_the_answer_is_applied(
    session: Session, word: str, status: MessageStatus
) -> None:
    """While the message is still `sending`, a callback gives it its status and the provider's id;
    settling it later moves nothing back.
    """
    message = put_in(session, "one", S.SENDING, attempts=1)
    assert [one.new for one in report_and_apply(session, word, message.id)] == [status]
    settled = transitions.apply(
        session, [Move(message.id, S.ACCEPTED, NOW, provider="twilio", provider_sid=SID)]
    )
    assert settled == []
    session.refresh(message)
    assert (message.status, message.provider_sid) == (status, SID)


@pytest.mark.parametrize("old", [S.UNKNOWN, S.QUEUED, S.WITHDRAWN, S.EXPIRED, S.WITHHELD])
def test_a_receipt_with_our_id_settles_an_unknown_text(
    session: Session, old: MessageStatus
) -> None:
    """An unknown text is resolved, and a text that was about to be sent again, or was given up,
    turns out to have been sent.
    """
    message = put_in(session, "one", old)
    assert [one.new for one in report_and_apply(session, "delivered", message.id)] == [S.DELIVERED]


def test_a_late_sent_changes_nothing_and_is_kept(session: Session) -> None:
    """`sent` after `delivered` is a receipt like any other, without effect."""
    message = put_in(session, "one", S.ACCEPTED, provider="twilio", provider_sid=SID)
    report_and_apply(session, "delivered", message.id)
    assert report_and_apply(session, "sent", message.id) == []
    late = session.scalars(select(Receipt).where(Receipt.status == "sent")).one()
    assert late.applied_at == NOW
    assert late.problem == "The message already had this status or a later one"
    session.refresh(message)
    assert message.status is S.DELIVERED


@pytest.mark.parametrize(
    "order", list(itertools.permutations(["queued", "sending", "sent", "delivered"]))
)
def test_in_any_order_the_final_status_is_delivered(
    session: Session, order: tuple[str, ...]
) -> None:
    """Every order of the four callbacks of a delivered text, all in one batch, ends with
    `delivered`.
    """
    message = put_in(session, "one", S.SENDING)
    for word in order:
        report(session, word, message.id)
    apply_waiting(session, NOW, 100)
    session.refresh(message)
    assert message.status is S.DELIVERED
    assert session.scalar(select(func.count()).where(Receipt.applied_at.is_(None))) == 0


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    words=st.lists(
        st.sampled_from(
            ["accepted", "queued", "sending", "sent", "delivered", "undelivered", "failed"]
        )
    ),
    cuts=st.lists(st.booleans(), min_size=20, max_size=20),
)
def test_no_sequence_moves_back(session: Session, words: list[str], cuts: list[bool]) -> None:
    """However receipts come and are batched, each step is one that the table allows, and a final
    status stays.
    """
    with session.begin_nested() as inner:
        message = put_in(session, f"key-{uuid4()}", S.SENDING)
        status, path = S.SENDING, list[Applied]()
        for n, word in enumerate(words):
            report(session, word, message.id, x=str(n))
            if cuts[n % len(cuts)]:
                path += apply_waiting(session, NOW, 100)
        path += apply_waiting(session, NOW, 100)
        for step in path:
            assert step.old is status
            assert step.new in states.ALLOWED[status]
            status = step.new
        inner.rollback()


def test_a_receipt_before_the_sid_is_known_waits_and_is_applied(session: Session) -> None:
    """Without our id it matches nothing yet; when the provider's id is stored it finds its message
    at once.
    """
    message = put_in(session, "one", S.SENDING)
    assert report_and_apply(session, "delivered", None) == []
    transitions.apply(
        session, [Move(message.id, S.ACCEPTED, NOW, provider="twilio", provider_sid=SID)]
    )
    assert apply_waiting(session, NOW, 100) == []
    receipts.bring_forward(session, [SID], NOW)
    assert [one.new for one in apply_waiting(session, NOW, 100)] == [S.DELIVERED]


def test_unmatched_receipts_wait_and_delay_no_other(session: Session) -> None:
    """Receipts with unknown and unreadable ids are kept, checked less and less often and in the end
    no more; others are not delayed.
    """
    for n in range(50):
        report(session, "sent", uuid4(), sid=f"SM{n:032x}")
    report(session, "sent", "not-an-id' OR 1=1", sid="")
    message = put_in(session, "one", S.SENDING)
    report(session, "sent", message.id)
    moment, applied = NOW, list[Applied]()
    for _ in range(20):
        applied += apply_waiting(session, moment, 20)
        moment += timedelta(hours=1)
    assert [one.message_id for one in applied] == [message.id]
    for _ in range(60):
        apply_waiting(session, moment, 20)
        moment += timedelta(hours=1)
    waiting = session.scalars(select(Receipt).where(Receipt.applied_at.is_(None))).all()
    assert len(waiting) == 51
    assert all(one.look_at is None and one.problem for one in waiting)


@pytest.mark.parametrize(
    ("code", "dead", "words"),
    [("30005", True, "not in use"), ("30003", False, "may work later"), ("", False, "no reason")],
)
def test_a_failure_has_its_code_in_words(
    session: Session, code: str, dead: bool, words: str
) -> None:
    """The network's reason is put into words, with whether the number is dead."""
    message = put_in(session, "one", S.SENT, provider="twilio", provider_sid=SID)
    (applied,) = report_and_apply(session, "undelivered", message.id, ErrorCode=code)
    assert applied.number_dead is dead
    assert words in (applied.reason or "")
    session.refresh(message)
    assert message.reason == applied.reason


def test_a_receipt_about_another_text_of_the_same_message_changes_nothing(session: Session) -> None:
    """If a message ever reached the provider twice, the second text's receipts are kept and marked,
    not mixed in.
    """
    message = put_in(session, "one", S.ACCEPTED, provider="twilio", provider_sid=SID)
    assert report_and_apply(session, "delivered", message.id, sid="SM" + "2" * 32) == []
    assert "another text" in (session.scalars(select(Receipt)).one().problem or "")


def test_a_sid_that_belongs_to_another_message_is_not_given_twice(session: Session) -> None:
    """A callback whose two ids belong to two messages moves neither."""
    put_in(session, "one", S.ACCEPTED, provider="twilio", provider_sid=SID)
    other = put_in(session, "two", S.UNKNOWN)
    assert report_and_apply(session, "delivered", other.id) == []


def test_an_unknown_status_word_is_kept(session: Session) -> None:
    """A new word of the provider is stored as it came and moves nothing."""
    message = put_in(session, "one", S.ACCEPTED, provider="twilio", provider_sid=SID)
    assert report_and_apply(session, "teleported", message.id) == []
    assert session.scalars(select(Receipt)).one().status == "teleported"


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"MessageSid": "x" * 5000, "MessageStatus": "y" * 5000, "ErrorCode": "9" * 50},
        {"MessageStatus": "sent\x00", "Body": "\ud800", "ErrorCode": "-1"},
        {"": "", "MessageSid": "", "MessageStatus": "", "ErrorCode": "٣"},
    ],
)
def test_odd_receipts_are_stored(session: Session, params: dict[str, str]) -> None:
    """Nothing in a callback prevents it from being stored."""
    assert receipts.store(session, twilio.read_receipt(params, "?"), now=NOW)
    assert apply_waiting(session, NOW, 10) == []


def test_two_workers_apply_each_receipt_once(committed: Database) -> None:
    """Four threads over a hundred receipts of fifty messages: each move is reported once, and all
    end delivered.
    """
    ids = [put_committed(committed, f"text-{n}") for n in range(50)]
    with committed.begin() as session:
        for n, id in enumerate(ids):
            report(session, "delivered", id, sid=f"SM{n:032x}")
            report(session, "sent", id, sid=f"SM{n:032x}")
    moved: list[Applied] = []
    start = Barrier(4)

    def run() -> None:
        start.wait()
        for _ in range(20):
            with committed.begin() as session:
                moved.extend(apply_waiting(session, NOW, 10))

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ends = [one.message_id for one in moved if one.new is S.DELIVERED]
    assert sorted(ends) == sorted(ids)
    with committed.begin() as session:
        assert set(session.scalars(select(Message.status))) == {S.DELIVERED}
    assert read(committed, ids[0]).provider_sid == f"SM{0:032x}"
