"""What follows from each outcome of a send."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.gateways.base import Accepted, NotProcessed, Outcome, Refused, Unknown
from messaging.gateways.twilio.codes import CODES
from messaging.sending.retry import LONGEST_WAIT, after
from messaging.states import MessageStatus
from tests.messaging.builders import NOW

S = MessageStatus
LATER = NOW + timedelta(hours=4)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Accepted("SM1", "queued", 1), S.ACCEPTED),
        (Refused(21211, "no such number", permanent=True), S.REFUSED),
        (Refused(21610, "stopped"), S.REFUSED),
        (Refused(99999, ""), S.REFUSED),
        (NotProcessed(), S.QUEUED),
        (NotProcessed(429), S.QUEUED),
        (NotProcessed(20003), S.QUEUED),
        (Unknown("it did not answer in time"), S.UNKNOWN),
    ],
)
def test_each_outcome_has_one_next_status(outcome: Outcome, status: MessageStatus) -> None:
    """The table: accepted, refused, queued again, unknown; anything that is not accepted has its
    reason in words.
    """
    decision = after(outcome, codes=CODES, attempts=1, now=NOW, expires_at=LATER, chance=0.5)
    assert decision.status is status
    assert (decision.reason is None) == (status is S.ACCEPTED)


@given(
    attempts=st.integers(1, 200),
    chance=st.floats(0, 1, exclude_max=True),
    left=st.timedeltas(timedelta(seconds=1), timedelta(days=2)),
)
def test_retries_wait_longer_and_end_with_the_text(
    attempts: int, chance: float, left: timedelta
) -> None:
    """A text that was not processed is tried again before it expires, or else expires with the
    reason.
    """
    decision = after(
        NotProcessed(429),
        codes=CODES,
        attempts=attempts,
        now=NOW,
        expires_at=NOW + left,
        chance=chance,
    )
    if decision.status is S.QUEUED:
        assert decision.retry_at is not None
        assert NOW < decision.retry_at < NOW + left
        assert decision.retry_at - NOW <= LONGEST_WAIT * 1.5
    else:
        assert decision.status is S.EXPIRED
        assert "too busy" in (decision.reason or "") or "refused or dropped" in (
            decision.reason or ""
        )


def test_a_retry_after_is_respected() -> None:
    """A Retry-After longer than our own wait is kept, and slows the sender; a broken connection
    slows no sender.
    """
    asked = after(
        NotProcessed(20429, timedelta(seconds=40)),
        codes=CODES,
        attempts=1,
        now=NOW,
        expires_at=LATER,
        chance=0,
    )
    assert asked.retry_at == NOW + timedelta(seconds=40)
    assert (asked.slow_sender, asked.pause_sender) == (True, timedelta(seconds=40))
    assert not after(
        NotProcessed(), codes=CODES, attempts=1, now=NOW, expires_at=LATER, chance=0
    ).slow_sender


@pytest.mark.parametrize("code", [21211, 21612, 21614, 21635, 30005, 30006])
def test_codes_that_say_the_number_is_dead(code: int) -> None:
    """These mean a new number is needed."""
    assert CODES.number_dead(code)


@pytest.mark.parametrize("code", [None, 21610, 30003, 30007, 30008, 20003, 12345])
def test_codes_that_do_not(code: int | None) -> None:
    """A phone that is off, a filter or an unknown code says nothing final about a number."""
    assert not CODES.number_dead(code)


def test_known_codes_have_words() -> None:
    """Every code that we list has a sentence; an unknown code is shown."""
    assert CODES.words(30003).startswith("The phone could not be reached")
    assert "31337" in CODES.words(31337)
    assert CODES.words(None)
