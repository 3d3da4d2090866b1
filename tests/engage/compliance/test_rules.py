"""Rules 6, 7 and 8 as tables of cases."""

import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engage.appointments.kinds import OutcomeCode
from engage.compliance import rules
from engage.compliance.rules import ComplianceSettings, Failure, Step
from engage.legal.kinds import OrderKind

LONDON = ZoneInfo("Europe/London")
TODAY = date(2027, 3, 20)
UAAB, AFTC, ATSH = (
    OutcomeCode.UNACCEPTABLE_ABSENCE,
    OutcomeCode.ATTENDED_FAILED_TO_COMPLY,
    OutcomeCode.SENT_HOME_BEHAVIOUR,
)
CO, SSO, LICENCE = OrderKind.COMMUNITY_ORDER, OrderKind.SUSPENDED_SENTENCE_ORDER, OrderKind.LICENCE
GOOD_FRIDAY, EASTER_MONDAY = date(2027, 3, 26), date(2027, 3, 29)
SETTINGS = ComplianceSettings(
    months=12,
    consider=2,
    sent_home=False,
    working_days=10,
    closed=(GOOD_FRIDAY, EASTER_MONDAY),
    zone=LONDON,
)


def failure(on: date, code: OutcomeCode = UAAB, decided: date | None = None) -> Failure:
    """A failure at ten on that day, decided at noon on the same day or another."""
    starts_at = datetime(on.year, on.month, on.day, 10, tzinfo=LONDON)
    day = decided or on
    decided_at = datetime(day.year, day.month, day.day, 12, tzinfo=LONDON)
    return Failure(uuid.uuid4(), uuid.uuid4(), code, on, starts_at, decided_at)


def days_ago(*days: int) -> list[Failure]:
    """Failures so many days ago."""
    return [failure(TODAY - timedelta(days=many)) for many in days]


@pytest.mark.parametrize("code", list(OutcomeCode))
@pytest.mark.parametrize("enforceable", [True, False])
@pytest.mark.parametrize("sent_home", [True, False])
def test_which_outcomes_count(code: OutcomeCode, enforceable: bool, sent_home: bool) -> None:
    """Rule 6 [practice]: `UAAB` and `AFTC`, `ATSH` by setting, at enforceable appointments; a
    provisional absence never.
    """
    expected = enforceable and (code in (UAAB, AFTC) or (code is ATSH and sent_home))
    assert rules.counts(code, enforceable=enforceable, sent_home=sent_home) is expected


WINDOWS = [
    (date(2027, 3, 20), 12, date(2026, 3, 21)),
    (date(2028, 2, 29), 12, date(2027, 3, 1)),
    (date(2029, 2, 28), 12, date(2028, 2, 29)),
    (date(2027, 8, 31), 6, date(2027, 3, 1)),
]


@pytest.mark.parametrize(("on", "months", "first"), WINDOWS)
def test_the_rolling_window(on: date, months: int, first: date) -> None:
    """Rule 6: the last 12 months, 29 February and short months included."""
    assert rules.window_starts(on, months) == first


@pytest.mark.parametrize(
    ("warned_on", "last"),
    [
        (date(2027, 3, 20), date(2028, 3, 19)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2027, 3, 1), date(2028, 2, 29)),
    ],
)
def test_how_long_a_warning_holds(warned_on: date, last: date) -> None:
    """Rule 7 [law]: liable for exactly 12 months."""
    assert rules.liability_ends(warned_on, 12) == last
    assert (
        rules.window_starts(last, 12)
        <= warned_on
        < rules.window_starts(last + timedelta(days=1), 12)
    )


LADDER: list[tuple[OrderKind | None, list[int], int | None, int, Step, bool]] = [
    # under, failures so many days ago, warned so many days ago, how many are answered, suggested,
    # consider
    (CO, [], None, 0, Step.NOTHING, False),
    (CO, [10], None, 0, Step.WARN_OR_REFER, False),
    (CO, [40, 10], None, 0, Step.WARN_OR_REFER, True),
    (SSO, [40, 10], None, 0, Step.WARN_OR_REFER, True),
    (CO, [40], 30, 1, Step.NOTHING, False),
    (CO, [40, 10], 30, 1, Step.MUST_REFER, True),
    (SSO, [40, 10], 30, 1, Step.MUST_REFER, True),
    (CO, [10], 11, 0, Step.MUST_REFER, False),
    (CO, [10], 10, 0, Step.WARN_OR_REFER, False),
    (CO, [40, 10], 5, 1, Step.WARN_OR_REFER, True),
    (CO, [10], 400, 0, Step.WARN_OR_REFER, False),
    (CO, [380, 366, 10], None, 0, Step.WARN_OR_REFER, False),
    (CO, [40, 10], 30, 2, Step.NOTHING, False),
    (LICENCE, [10], None, 0, Step.OM_DECIDES, False),
    (LICENCE, [40, 10], 30, 1, Step.OM_DECIDES, True),
    (None, [40, 10], None, 0, Step.NO_ORDER, True),
    (None, [], None, 0, Step.NOTHING, False),
]


@pytest.mark.parametrize(("kind", "ago", "warned", "answered", "step", "consider"), LADDER)
def test_the_ladder(
    kind: OrderKind | None,
    ago: list[int],
    warned: int | None,
    answered: int,
    step: Step,
    consider: bool,
) -> None:
    """Rules 6 [practice] and 7 [law]: no warning: warn or refer; after a warning: refer; on licence
    the offender manager decides.
    """
    failures = days_ago(*ago)
    found = rules.suggest(
        failures,
        kind=kind,
        warned_on=[] if warned is None else [TODAY - timedelta(days=warned)],
        answered=[one.outcome_id for one in failures[:answered]],
        on=TODAY,
        settings=SETTINGS,
    )
    assert (found.step, found.consider) == (step, consider)
    assert found.reasons and all(found.reasons)
    assert (found.due_on is not None) is (step is Step.MUST_REFER)


DUE = [
    (date(2027, 3, 1), date(2027, 3, 15)),
    (date(2027, 3, 19), date(2027, 4, 6)),
    (date(2027, 3, 20), date(2027, 4, 6)),
    (date(2027, 3, 27), date(2027, 4, 12)),
    (date(2027, 10, 29), date(2027, 11, 12)),
    (date(2028, 2, 15), date(2028, 2, 29)),
    (date(2028, 2, 29), date(2028, 3, 14)),
]


@pytest.mark.parametrize(("decided", "due"), DUE)
def test_when_a_referral_is_due(decided: date, due: date) -> None:
    """Rule 7 [law]: within 10 working days of the decision, without days on which the hub is
    closed, over the clock change too.
    """
    decided_at = datetime(decided.year, decided.month, decided.day, 12, tzinfo=LONDON)
    assert rules.refer_by(decided_at, SETTINGS) == due


@pytest.mark.parametrize(
    ("decided_at", "due"),
    [
        ("2027-07-01T22:59:00+00:00", date(2027, 7, 15)),
        ("2027-07-01T23:00:00+00:00", date(2027, 7, 16)),
        ("2027-12-01T23:59:00+00:00", date(2027, 12, 15)),
    ],
)
def test_the_term_starts_on_the_day_of_the_hub(decided_at: str, due: date) -> None:
    """Rule 7: in summer an hour before midnight UTC is already the next day."""
    assert rules.refer_by(datetime.fromisoformat(decided_at), SETTINGS) == due


def test_the_day_due_is_that_of_the_first_failure_after_the_warning() -> None:
    """Rule 7: a third failure does not delay the referral."""
    first, second = failure(date(2027, 3, 8), decided=date(2027, 3, 15)), failure(date(2027, 3, 18))
    found = rules.suggest(
        [second, first],
        kind=CO,
        warned_on=[date(2027, 2, 1)],
        answered=[],
        on=TODAY,
        settings=SETTINGS,
    )
    assert found.due_on == date(2027, 3, 31)
    assert "31 March 2027" in " ".join(found.reasons) and "1 February 2027" in " ".join(
        found.reasons
    )


@pytest.mark.parametrize(
    ("arrived", "expected"),
    [
        ([], True),
        ([None], True),
        ([False], True),
        ([False, None], True),
        ([True], False),
        ([False, True], False),
    ],
)
def test_no_text_arrived(arrived: list[bool | None], expected: bool) -> None:
    """Rule 8: a text not known to have arrived does not count as arrived."""
    assert rules.no_text_arrived(arrived) is expected
