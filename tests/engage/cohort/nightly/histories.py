"""Random histories of people: statuses, custody, replies, attendance, deliveries and reviews, with
moments around clock changes and month ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from engage.appointments.kinds import OutcomeCode
from engage.cohort.kinds import Rag
from engage.legal.model import CustodyKind
from engage.people.model import ContactStatus, CustodyStatus

HUBS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Europe/London", {}),
    ("Europe/London", {"silent_days": 3, "red_without_contact_days": 3, "green_months": 1}),
    ("Pacific/Auckland", {"silent_days": 30, "red_without_contact_days": 30, "green_months": 6}),
)
FIVE_YEARS = 5 * 365
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True)
class Text:
    """A text to the person: how long ago it was written, and how long after that it was delivered
    (None: never).
    """

    ago: timedelta
    delivered_after: timedelta | None


@dataclass(frozen=True)
class Stay:
    """A custody spell: how many days ago it started, and for how many days (None: it goes on)."""

    ago: int
    days: int | None
    kind: CustodyKind = CustodyKind.CUSTODY
    sentence_days: int | None = None


@dataclass(frozen=True)
class Review:
    """A review, and how long ago it was."""

    ago: timedelta
    rag: Rag


@dataclass(frozen=True)
class History:
    """What is recorded of one person.

    `claimed`: replies from their number before a worker claimed it for them. `reviews` is None if
    they are not on the cohort.
    """

    hub: int
    known: timedelta
    contact: ContactStatus
    custody: CustodyStatus
    replies: Sequence[timedelta]
    claimed: Sequence[timedelta]
    texts: Sequence[Text]
    appointments: Sequence[tuple[timedelta, OutcomeCode]]
    stays: Sequence[Stay]
    reviews: Sequence[Review] | None = None
    earlier_reviews: Sequence[Review] = ()


def _around(*days: int, most: int) -> st.SearchStrategy[timedelta]:
    """How long ago: mostly near the days that matter, on both sides of midnight and of the hour."""
    whole = st.one_of(st.sampled_from(days), st.integers(0, most))
    minutes = st.one_of(st.sampled_from([0, 1, 59, 60, 61]), st.integers(0, 24 * 60))
    return st.builds(lambda day, minute: day * A_DAY + minute * A_MINUTE, whole, minutes)


def _minutes(many: int) -> timedelta:
    return many * A_MINUTE


_AGO = _around(0, 2, 3, 12, 13, 14, 15, 29, 30, 31, most=90)
_DELAY = st.one_of(st.none(), st.integers(0, 72 * 60).map(_minutes))


def _texts(last: timedelta, drawn: Sequence[tuple[timedelta, timedelta | None]]) -> list[Text]:
    """Texts in turn, each some time before the one before; none is delivered after now."""
    found = []
    for before, delay in drawn:
        last += before
        found.append(Text(last, None if delay is None else min(delay, last)))
    return found


_TEXTS = st.builds(
    _texts,
    _AGO,
    st.lists(st.tuples(st.integers(1, 72 * 60).map(_minutes), _DELAY), max_size=3),
)
_CODE = st.sampled_from(
    [
        OutcomeCode.ATTENDED_COMPLIED,
        OutcomeCode.ATTENDED_FAILED_TO_COMPLY,
        OutcomeCode.SENT_HOME_SERVICE,
        OutcomeCode.SENT_HOME_BEHAVIOUR,
        OutcomeCode.FAILED_TO_ATTEND,
        OutcomeCode.ABSENT_MEDICAL,
    ]
)
_REVIEW = st.builds(
    Review,
    _around(*range(27, 33), *range(58, 62), *range(88, 93), *range(180, 185), most=400),
    st.sampled_from([Rag.GREEN, Rag.GREEN, Rag.GREEN, Rag.AMBER, Rag.RED]),
)
_GREEN = st.builds(Review, _around(*range(27, 33), most=32), st.just(Rag.GREEN))
_REVIEWS = st.one_of(
    st.none(),
    st.lists(_GREEN, min_size=1, max_size=1),
    st.lists(_REVIEW, max_size=6, unique_by=lambda one: one.ago),
)
_CHANGES = [
    datetime(2027, 3, 28, 1, tzinfo=UTC),
    datetime(2027, 10, 31, 1, tzinfo=UTC),
    datetime(2027, 9, 25, 14, tzinfo=UTC),
    datetime(2028, 4, 1, 14, tzinfo=UTC),
    datetime(2028, 1, 1, tzinfo=UTC),
]
"""Clock changes of both zones, and the new year."""
_MONTH_ENDS = [
    datetime(2027, 2, 28, tzinfo=UTC),
    datetime(2028, 2, 29, tzinfo=UTC),
    datetime(2027, 4, 30, tzinfo=UTC),
    datetime(2027, 9, 30, tzinfo=UTC),
]
"""Days that are a month, or some, after more than one day."""


def _moments(starts: Sequence[datetime], days: int) -> st.SearchStrategy[datetime]:
    """Moments up to `days` before or after one of `starts`."""
    return st.builds(
        lambda start, day, minutes: start + day * A_DAY + minutes * A_MINUTE,
        st.sampled_from(starts),
        st.integers(-days, days),
        st.integers(0, 24 * 60),
    )


MOMENTS = st.one_of(_moments(_CHANGES, 15), _moments(_MONTH_ENDS, 1))


def _stays(drawn: Sequence[tuple[int, int]], goes_on: Stay | None) -> tuple[Stay, ...]:
    """Custody spells one after another, as they can be recorded; the last may go on."""
    stays, ago = [], 90
    for gap, days in drawn:
        start = ago - gap
        if start - days < 0:
            break
        stays.append(Stay(start, days))
        ago = start - days
    if goes_on is not None:
        stays.append(Stay(min(goes_on.ago, ago), None, goes_on.kind, goes_on.sentence_days))
    return tuple(stays)


_GOES_ON = st.one_of(
    st.none(),
    st.builds(
        Stay,
        st.integers(0, 90),
        st.none(),
        st.just(CustodyKind.CUSTODY),
        st.one_of(st.none(), st.sampled_from([90, FIVE_YEARS - 1, FIVE_YEARS])),
    ),
    st.builds(Stay, st.integers(0, 90), st.none(), st.just(CustodyKind.REMAND)),
)
STAYS = st.builds(
    _stays,
    st.lists(
        st.tuples(st.sampled_from([0, 0, 1, 20, 60, 74]), st.sampled_from([0, 1, 3, 14, 30])),
        max_size=3,
    ),
    _GOES_ON,
)


def _mostly(usual: Any, others: Sequence[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from([usual] * 2 * len(others) + list(others))


HISTORIES = st.builds(
    History,
    hub=st.integers(0, len(HUBS) - 1),
    known=_AGO,
    contact=_mostly(ContactStatus.OPEN, list(ContactStatus)),
    custody=_mostly(CustodyStatus.COMMUNITY, list(CustodyStatus)),
    replies=st.lists(_AGO, max_size=2),
    claimed=st.lists(_AGO, max_size=1),
    texts=_TEXTS,
    appointments=st.lists(st.tuples(_AGO, _CODE), max_size=3),
    stays=STAYS,
    reviews=_REVIEWS,
    earlier_reviews=st.lists(_REVIEW, max_size=2, unique_by=lambda one: one.ago),
)
