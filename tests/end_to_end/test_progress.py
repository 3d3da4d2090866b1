"""What people tell and ask, end to end: news, a lapse, the words that always work and questions,
from the phone to the page and back.
"""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from engage.texts import lint
from tests.end_to_end.house import House, csrf_token, eventually

MONDAY = datetime(2027, 3, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def house(shared_house: House) -> House:
    """The service that the tests of this module share."""
    return shared_house


def told(house: House, person: dict[str, Any]) -> list[dict[str, Any]]:
    """What the person has told, latest first."""
    return list(house.api.get(f"/people/{person['id']}/self-reports")["items"])


def test_keys_to_a_flat_are_shown_and_made_sure_of(house: House) -> None:
    """A text out of the blue: thanked for, on the page in their words, made sure of with one click,
    which leads on to where that is.
    """
    person = house.add_person("X870001", "Ann", "07700 900701")
    phone = house.phone("+447700900701")
    phone.reply("got the keys to my flat")
    phone.wait_for("Thanks for telling us Ann. That is good news.")
    (report,) = told(house, person)
    assert (report["kind"], report["fact"], report["state"]) == (
        "housing",
        "got_home",
        "self_reported",
    )
    assert report["words"] == "got the keys to my flat" and house.signal_kinds(person) == []
    browser = house.sign_in("p.hale@probation.example")
    page = browser.get(f"{house.web}/people/{person['id']}", timeout=30).text
    assert "got the keys to my flat" in page and "Their own word" in page
    (button,) = re.findall(r'action="(/reports/[^"]+/verify)"', page)
    after = browser.post(
        f"{house.web}{button}", data={"csrf_token": csrf_token(page)}, timeout=30
    ).text
    assert "Where do they live?" in after and told(house, person)[0]["state"] == "verified"
    assert "Made sure of" in browser.get(f"{house.web}/people/{person['id']}", timeout=30).text


def test_a_lapse_is_answered_with_support(house: House) -> None:
    """Thanked, told what helps, nothing a stranger could learn from; the offender manager is asked
    to support first; nothing else changes.
    """
    person = house.add_person("X870002", "Bea", "07700 900702")
    booked = house.book(person, MONDAY)
    phone = house.phone("+447700900702")
    phone.wait_for("You see Pat")
    phone.reply("i had a slip last night and used again")
    answer = phone.wait_for("what would help")
    assert lint(answer.body) == [] and "999" in answer.body
    assert house.signal_kinds(person) == ["lapse_told"]
    assert [report["kind"] for report in told(house, person)] == ["lapse"]
    after = house.appointment(booked["id"])
    assert (after["state"], after["starts_at"], after["outcomes"]) == (
        "booked",
        booked["starts_at"],
        [],
    )


@pytest.mark.parametrize(
    ("number", "language", "text", "answer"),
    [
        ("703", "cy", "wythnos", "Y 7 diwrnod nesaf: Llun 22, 10:00yb Pat"),
        (
            "704",
            "en",
            "WHO CAN SEE THIS?",
            "Pat, the team who work with you and people who check our work",
        ),
        ("705", "en", "progress", "There is nothing to count yet"),
        ("706", "en", "where is it", "10:00am, the centre on Bridge St. Questions? Reply CALL"),
        ("707", "cy", "CYMORTH", "NESAF am beth sydd wedi ei drefnu"),
    ],
)
def test_what_is_asked_is_answered_from_the_record(
    house: House, number: str, language: str, text: str, answer: str
) -> None:
    """One answer each, at once, and nobody has to read it."""
    person = house.add_person(f"X870{number}", "Cai", f"07700 900{number}", language=language)
    house.book(person, MONDAY)
    phone = house.phone(f"+447700900{number}")
    eventually(lambda: phone.received())
    phone.reply(text)
    phone.wait_for(answer)
    assert [entry["needs_human"] for entry in house.incoming(person)] == [False]
    assert len(phone.received()) == 2
