"""The registry of what may stop a text: nothing is missing from it, and its page shows it whole."""

import ast
import inspect
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from engage.appointments import absence_rules
from engage.appointments.reminders import rules as reminder_rules
from engage.labels.messaging import PURPOSES
from engage.people.model import Person
from engage.people.rules import Reason
from engage.progress.check_ins import rules as check_in_rules
from engage.sending.last_look import UNKNOWN_PURPOSE, last_look
from engage.sending.registry import REGISTRY
from engage.texts import Purpose
from messaging.sending.dispatch import Claimed, Defer
from messaging.states import MessageStatus
from tests.engage.appointments.stage import claimed
from tests.engage.conversation.phones import gone
from tests.engage.sending.page import PAGE, render

ROOT = Path(__file__).parents[3]


def test_every_purpose_has_one_row_and_a_label() -> None:
    """A purpose without a row would be put off for ever."""
    purposes = [row.purpose for row in REGISTRY]
    assert len(purposes) == len(set(purposes))
    assert set(purposes) == set(Purpose) == set(PURPOSES)


def test_every_text_is_queued_with_a_purpose() -> None:
    """Each call of `outbox.Text` in engage and api names a member of `Purpose` in its context."""
    found = list(_queued_purposes())
    assert len(found) >= 7
    for place, purpose in found:
        assert purpose is not None, f"{place} queues a text without a purpose"
        named = purpose.removeprefix("Purpose.")
        assert named in Purpose.__members__ or purpose == "wanted.purpose", place


def _queued_purposes() -> Iterator[tuple[str, str | None]]:
    for folder in ("engage", "api"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in ("outbox.Text", "Text"):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", _purpose(node)


def _purpose(call: ast.Call) -> str | None:
    for keyword in call.keywords:
        if keyword.arg == "context" and isinstance(keyword.value, ast.Dict):
            for key, value in zip(keyword.value.keys, keyword.value.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "purpose":
                    return ast.unparse(value)
    return None


@pytest.mark.parametrize("module", [reminder_rules, absence_rules, check_in_rules])
def test_every_reason_to_skip_a_text_is_listed(module: ModuleType) -> None:
    """A reason that a module of rules names stands in a row."""
    named = {one for _, one in inspect.getmembers(module) if isinstance(one, Reason)}
    assert named <= {reason for row in REGISTRY for reason in row.reasons}


def test_the_order_of_the_looks() -> None:
    """The first look that applies decides, so the order is part of the rule."""
    order = {row.purpose: [look.name for look in row.looks] for row in REGISTRY}
    unprompted = ["person", "number", "rule 1", "hours"]
    assert order == {
        Purpose.REMINDER: ["reminder", "cancelled", "moved", "number", "rule 1", "day", "hours"],
        Purpose.REPLY: [
            "unknown number",
            "person",
            "other reader",
            "last words",
            "number",
            "rule 1",
        ],
        Purpose.STAFF: unprompted,
        Purpose.NUMBER_CHECK: ["person", "number", "waiting", "rule 1", "hours"],
        Purpose.CHECK_IN: unprompted,
        Purpose.ACTION: unprompted,
        Purpose.PRAISE: unprompted,
        Purpose.WORKER_CHANGED: unprompted,
        Purpose.NOTICE: ["taken up", "wanted"],
    }


@pytest.mark.parametrize("context", [{}, {"purpose": "advert"}, {"purpose": None}])
def test_a_text_of_an_unknown_purpose_waits(
    session: Session, katrina: Person, now: datetime, context: dict[str, str | None]
) -> None:
    """It is never sent without a last look: a worker of a newer version may know it."""
    text = claimed(gone(session, katrina, now, status=MessageStatus.QUEUED))
    text = replace(text, context=context)
    verdict = Defer(now + timedelta(minutes=1), UNKNOWN_PURPOSE)
    assert last_look(session, [text], now) == {text.id: verdict}


def test_facts_are_read_for_all_texts_at_once(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A claim of many texts of every purpose costs as many statements as a claim of one of each."""
    text = claimed(gone(session, katrina, now, status=MessageStatus.QUEUED))
    staff = str(katrina.offender_manager_id)
    texts = [
        replace(text, id=uuid4(), context={"purpose": purpose, "staff": staff, "item": item})
        for purpose in Purpose
        for item in [f"signal:{uuid4()}"] * 3
    ]
    assert _statements(session, texts[::3], now) == _statements(session, texts, now) == 6


def _statements(session: Session, texts: Sequence[Claimed], now: datetime) -> int:
    seen: list[str] = []

    def note(*given: Any) -> None:
        seen.append(given[2])

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        last_look(session, texts, now)
    finally:
        event.remove(connection, "before_cursor_execute", note)
    return len(seen)


def test_the_page_is_up_to_date() -> None:
    """docs/what-stops-a-text.md shows rule 1 and every look."""
    assert PAGE.read_text() == render(), "run .venv/bin/python -m tests.engage.sending.page"
