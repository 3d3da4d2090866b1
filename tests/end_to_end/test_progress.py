"""What people report and ask, end to end: self-reports, a lapse, the words that always work and
questions, from the phone to the page and back.
"""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from engage.texts import lint
from tests.end_to_end.service import RunningService, csrf_token, eventually

MONDAY = datetime(2027, 3, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def service(shared_service: RunningService) -> RunningService:
    """The service that the tests of this module share."""
    return shared_service


def told(service: RunningService, person: dict[str, Any]) -> list[dict[str, Any]]:
    """The person's self-reports, latest first."""
    return list(service.api.get(f"/people/{person['id']}/self-reports")["items"])


def test_keys_to_a_flat_are_shown_and_made_sure_of(service: RunningService) -> None:
    """An unprompted text: thanked for, on the page in their words, verified with one click, which
    leads to the housing form.
    """
    person = service.add_person("X870001", "Ann", "07700 900701")
    phone = service.phone("+447700900701")
    phone.reply("got the keys to my flat")
    phone.wait_for("Thanks for telling us Ann. That is good news.")
    (report,) = told(service, person)
    assert (report["kind"], report["fact"], report["state"]) == (
        "housing",
        "got_home",
        "self_reported",
    )
    assert report["words"] == "got the keys to my flat" and service.signal_kinds(person) == []
    browser = service.sign_in("p.hale@probation.example")
    page = browser.get(f"{service.web}/people/{person['id']}", timeout=30).text
    assert "got the keys to my flat" in page and "Self-reported" in page
    (button,) = re.findall(r'action="(/reports/[^"]+/verify)"', page)
    after = browser.post(
        f"{service.web}{button}", data={"csrf_token": csrf_token(page)}, timeout=30
    ).text
    assert "Where do they live?" in after and told(service, person)[0]["state"] == "verified"
    assert "Verified" in browser.get(f"{service.web}/people/{person['id']}", timeout=30).text


def test_a_lapse_is_answered_with_support(service: RunningService) -> None:
    """Thanked, told what helps, nothing a stranger could learn from; the offender manager is asked
    to support first; nothing else changes.
    """
    person = service.add_person("X870002", "Bea", "07700 900702")
    booked = service.book(person, MONDAY)
    phone = service.phone("+447700900702")
    phone.wait_for("You see Pat")
    phone.reply("i had a slip last night and used again")
    answer = phone.wait_for("what would help")
    assert lint(answer.body) == [] and "999" in answer.body
    assert service.signal_kinds(person) == ["lapse_told"]
    assert [report["kind"] for report in told(service, person)] == ["lapse"]
    after = service.appointment(booked["id"])
    assert (after["state"], after["starts_at"], after["outcomes"]) == (
        "booked",
        booked["starts_at"],
        [],
    )


@pytest.mark.parametrize(
    ("number", "language", "text", "answer"),
    [
        ("703", "cy", "wythnos", "Y 7 diwrnod nesaf: Llun 22, 10yb Pat"),
        (
            "704",
            "en",
            "WHO CAN SEE THIS?",
            "Pat, the team who work with you and people who check our work",
        ),
        ("705", "en", "progress", "There is nothing to count yet"),
        ("706", "en", "where is it", "10am, the centre on Bridge St. Questions? Reply CALL"),
        ("707", "cy", "CYMORTH", "NESAF am beth sydd wedi ei drefnu"),
    ],
)
def test_what_is_asked_is_answered_from_the_record(
    service: RunningService, number: str, language: str, text: str, answer: str
) -> None:
    """One answer each, at once, and no one has to read it."""
    person = service.add_person(f"X870{number}", "Cai", f"07700 900{number}", language=language)
    service.book(person, MONDAY)
    phone = service.phone(f"+447700900{number}")
    eventually(lambda: phone.received())
    phone.reply(text)
    phone.wait_for(answer)
    assert [entry["needs_human"] for entry in service.incoming(person)] == [False]
    assert len(phone.received()) == 2
