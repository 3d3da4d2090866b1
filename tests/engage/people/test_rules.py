"""Rule 1 as a table: each reason, its words, and the order in which the reasons are stated."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engage.people.rules import (
    REASONS,
    AnswerScope,
    ContactFacts,
    ContactRules,
    Reason,
    Verdict,
    may_text,
)

ZONE = ZoneInfo("Europe/London")
NOON = datetime(2027, 3, 22, 12, tzinfo=ZONE)
GOOD = ContactFacts(
    number_state="verified",
    number_problem=None,
    shared_with=0,
    shared_agreed=False,
    suppressed=False,
    safe_until=NOON + timedelta(days=1),
    contact_status="open",
    custody_status="community",
    restricted=False,
    restricted_texts_allowed=False,
    approved=True,
    texts_today=0,
)


def ask(facts: ContactFacts, at: datetime = NOON) -> Verdict:
    """The verdict with the usual numbers of a hub."""
    return may_text(facts, ContactRules(), at, ZONE)


@pytest.mark.parametrize(
    ("facts", "code", "words"),
    [
        ({"number_state": None}, "no_number", "No mobile number"),
        ({"number_state": "unusable"}, "number_unusable", "The number is no UK mobile number"),
        (
            {"number_state": "unusable", "number_problem": "Too short"},
            "number_unusable",
            "Too short",
        ),
        (
            {"number_state": "suspended"},
            "number_suspended",
            "The number is suspended until a worker has looked",
        ),
        (
            {"number_state": "suspended", "number_problem": "Texts cannot reach it"},
            "number_suspended",
            "Texts cannot reach it",
        ),
        (
            {"number_state": "unverified"},
            "number_unverified",
            "The number is not yet confirmed as theirs",
        ),
        (
            {"number_state": "checking"},
            "number_unverified",
            "The number is not yet confirmed as theirs",
        ),
        ({"shared_with": 1}, "number_shared", "Another person has the same number"),
        ({"suppressed": True}, "stopped", "The number asked for no more texts"),
        ({"safe_until": None}, "not_safe", "No recent check that texts are safe"),
        ({"safe_until": NOON}, "not_safe", "No recent check that texts are safe"),
        ({"contact_status": "suspended"}, "contact_suspended", "Contact by text is suspended"),
        ({"contact_status": "closed"}, "contact_closed", "The case is closed"),
        ({"contact_status": "dead"}, "person_dead", "The person has died"),
        ({"custody_status": "custody"}, "custody", "The person is in custody"),
        ({"custody_status": "remand"}, "remand", "The person is remanded in custody"),
        ({"custody_status": "warrant"}, "warrant", "The person is on warrant"),
        (
            {"custody_status": "unlawfully_at_large"},
            "unlawfully_at_large",
            "The person is unlawfully at large",
        ),
        ({"paused": True}, "paused", "Texts wait until a worker has spoken with them"),
        (
            {"restricted": True},
            "restricted",
            "Limited-access record: the offender manager has not allowed texts",
        ),
        ({"approved": False}, "not_approved", "The offender manager has not approved texts"),
    ],
)
def test_each_lasting_reason(facts: dict[str, Any], code: str, words: str) -> None:
    """One thing is wrong: one reason, which does not end by itself."""
    verdict = ask(replace(GOOD, **facts))
    assert verdict.reasons == verdict.lasting == (Reason(code, words),)
    assert not verdict.allowed and not verdict.passing_only


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"shared_with": 2, "shared_agreed": True},
        {"restricted": True, "restricted_texts_allowed": True},
        {"text_from_hour": 12},
        {"texts_today": 2},
    ],
)
def test_nothing_against_a_text(facts: dict[str, Any]) -> None:
    """Agreed sharing, allowed texts and a cap that is not full stop nothing."""
    verdict = ask(replace(GOOD, **facts))
    assert verdict.allowed and not verdict.passing_only and not verdict.capped


@pytest.mark.parametrize(
    ("facts", "hour"),
    [
        ({}, 8),
        ({}, 20),
        ({"text_from_hour": 13}, 12),
        ({"text_until_hour": 12}, 12),
        ({"text_from_hour": 5}, 8),
    ],
)
def test_the_hour_passes(facts: dict[str, Any], hour: int) -> None:
    """The hub's hours, which a person's own hours only ever narrow."""
    verdict = ask(replace(GOOD, **facts), NOON.replace(hour=hour))
    assert verdict.reasons == (Reason("quiet_hours", "Outside the hours for texts", passing=True),)
    assert verdict.passing_only and verdict.lasting == () and not verdict.capped


def test_the_daily_cap_passes() -> None:
    """The reason gives the number of texts of the day."""
    verdict = ask(replace(GOOD, texts_today=3))
    assert verdict.reasons == (Reason("daily_cap", "Already 3 texts today", passing=True),)
    assert verdict.passing_only and verdict.capped


@pytest.mark.parametrize(
    ("facts", "answers", "withdraws"),
    [
        ({}, AnswerScope.OPEN, None),
        ({"texts_today": 3}, AnswerScope.OPEN, None),
        ({"paused": True}, AnswerScope.OPEN, None),
        ({"number_state": "checking"}, AnswerScope.NEUTRAL, None),
        ({"shared_with": 1, "safe_until": None, "paused": True}, AnswerScope.NEUTRAL, None),
        ({"safe_until": None, "approved": False}, AnswerScope.SILENT, None),
        ({"suppressed": True}, AnswerScope.SILENT, None),
        (
            {"contact_status": "dead", "custody_status": "remand"},
            AnswerScope.SILENT,
            "Contact with the person is suspended or closed",
        ),
        (
            {"custody_status": "warrant", "restricted": True},
            AnswerScope.SILENT,
            "The person is in custody, on warrant or unlawfully at large",
        ),
        ({"restricted": True, "paused": True}, AnswerScope.SILENT, "The record is restricted"),
    ],
)
def test_answers_and_texts_that_wait(
    facts: dict[str, Any], answers: AnswerScope, withdraws: str | None
) -> None:
    """The strictest reason limits answers; the first that withdraws texts gives its words."""
    verdict = ask(replace(GOOD, **facts))
    assert (verdict.answers, verdict.withdraws) == (answers, withdraws)


def test_every_reason_is_stated_in_order() -> None:
    """The number first, then the person, then the hour and the cap."""
    worst = replace(
        GOOD,
        number_state="checking",
        shared_with=1,
        suppressed=True,
        contact_status="closed",
        custody_status="remand",
        paused=True,
        restricted=True,
        approved=False,
        texts_today=4,
    )
    verdict = ask(worst, NOON.replace(hour=23))
    assert [reason.code for reason in verdict.reasons] == [
        "number_unverified",
        "number_shared",
        "stopped",
        "contact_closed",
        "remand",
        "paused",
        "restricted",
        "not_approved",
        "quiet_hours",
        "daily_cap",
    ]
    assert [reason.code for reason in verdict.lasting] == [
        reason.code for reason in verdict.reasons[:-2]
    ]


@pytest.mark.parametrize(("state", "code"), [(None, "no_number"), ("unusable", "number_unusable")])
def test_no_usable_number_is_the_only_reason_about_the_number(state: str | None, code: str) -> None:
    """Whether it is shared, stopped or safe does not matter then; the person still does."""
    facts = replace(
        GOOD, number_state=state, shared_with=1, suppressed=True, safe_until=None, approved=False
    )
    assert [reason.code for reason in ask(facts).reasons] == [code, "not_approved"]


def test_codes_are_unique() -> None:
    """Pages and other systems tell the reasons apart by their codes."""
    codes = [row.reason.code for row in REASONS]
    assert len(codes) == len(set(codes)) == 19
