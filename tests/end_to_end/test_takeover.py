"""A worker takes a conversation over, answers and hands back, and a wrong reading is put right:
phones, webhook, worker, pages, command.
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.end_to_end.house import House, eventually

MONDAY = datetime(2027, 3, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def house(shared_house: House) -> House:
    """The service that the tests of this module share."""
    return shared_house


def standing(house: House, booked: dict[str, Any]) -> list[str]:
    """What was said about an appointment and counts."""
    said = house.appointment(booked["id"])["said"]
    return [one["kind"] for one in said if one["withdrawn_at"] is None]


def came(house: House, person: dict[str, Any], words: str) -> dict[str, Any]:
    """A text of the person once it has been read."""
    return eventually(
        lambda: next((entry for entry in house.incoming(person) if entry["body"] == words), None),
        what=words,
    )


def press(
    house: House, browser: requests.Session, person: dict[str, Any], path: str, **form: str
) -> str:
    """Press a button of the person's page; the page that follows."""
    page = browser.get(f"{house.web}/people/{person['id']}", timeout=30).text
    return house.post(browser, path, form, page).text


def test_taken_over_a_yes_is_left_to_the_worker_and_handed_back_it_is_recorded(
    house: House,
) -> None:
    """Take over; "yes" is kept and answered by nobody; the worker answers; hand back; the next yes
    is recorded and thanked for.
    """
    person = house.add_person("X810001", "Ann", "07700 900351")
    booked, phone = house.book(person, MONDAY), house.phone("+447700900351")
    phone.wait_for("You see Pat")
    pat = house.sign_in("p.hale@probation.example")
    here = f"/people/{person['id']}"
    shown = press(house, pat, person, f"{here}/conversation/take-over")
    assert "You have this conversation" in shown and "Hand back to Engage" in shown
    phone.reply("yes")
    entry = came(house, person, "yes")
    assert entry["needs_human"] and "Pat has the conversation" in entry["done"]
    assert entry["evidence"] == ["yes"] and entry["confidence"] > 0.5
    house.simulator.settle()
    assert standing(house, booked) == [] and len(phone.received()) == 1
    house.submit(
        pat, f"{here}/text", {"body": "Great Ann, how are you getting there? Pat", "once": "a" * 32}
    )
    phone.wait_for("how are you getting there")
    assert house.api.get(f"{here}/conversation")["held_by"]["staff"]["name"] == "Pat Hale"
    shown = press(house, pat, person, f"{here}/conversation/hand-back")
    assert "You have this conversation" not in shown
    phone.reply("yes i will be there")
    eventually(lambda: standing(house, booked) == ["will_attend"])
    phone.wait_for("See you")
    page = pat.get(f"{house.web}{here}", timeout=30).text
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "A worker took the conversation over" in words and "Conversation handed back" in words
    assert re.search(r"Read as: will come \(0\.\d\d\) from “yes”", words)


def test_a_wrong_reading_is_corrected_by_a_click_kept_without_identity_and_exported(
    house: House, tmp_path: Path
) -> None:
    """The yes counts no more, the no does, nobody is answered; the administrator accepts the line
    and takes it out.
    """
    person = house.add_person("X810002", "Bea", "07700 900352")
    booked, phone = house.book(person, MONDAY), house.phone("+447700900352")
    phone.wait_for("You see Pat")
    phone.reply("yes i will be there")
    eventually(lambda: standing(house, booked) == ["will_attend"])
    entry = came(house, person, "yes i will be there")
    eventually(lambda: len(phone.received()) == 2)
    pat = house.sign_in("p.hale@probation.example")
    reading = entry["reading_id"]
    form = {"intent": "decline", "back": person["id"]}
    shown = press(house, pat, person, f"/readings/{reading}/correct", **form)
    assert "Corrected to: cannot come" in re.sub(r"<[^>]+>", "", shown)
    assert standing(house, booked) == ["cannot_attend"]
    assert house.signal_kinds(person) == ["cannot_attend"]
    house.simulator.settle()
    assert len(phone.received()) == 2
    phone.reply("hiya pat its bea, lost me bus pass, ring 07700 900399")
    second = came(house, person, "hiya pat its bea, lost me bus pass, ring 07700 900399")
    house.api.post(
        f"/readings/{second['reading_id']}/correct", {"intent": "reschedule"}, status=200
    )
    alex = house.sign_in(_administrator(house))
    page = alex.get(f"{house.web}/corrections", timeout=30).text
    assert "Bea" not in page and "900399" not in page and "its [name], lost me bus pass" in page
    for line in re.findall(r"/corrections/([0-9a-f-]{36})/accept", page):
        house.post(alex, f"/corrections/{line}/accept", {}, page)
    target = tmp_path / "corrections.tsv"
    assert "Wrote 2 lines." in house.engage("corrections", "export", str(target)).stdout
    assert sorted(target.read_text().splitlines()) == [
        "appointment\tdecline\tyes i will be there",
        f"{_prompt(second)}\treschedule\thiya [name] its [name], lost me bus pass, ring [number]",
    ]
    assert alex.get(f"{house.web}/people/{person['id']}/log", timeout=30).status_code == 403
    exported = pat.get(f"{house.web}/people/{person['id']}/log.csv", timeout=30)
    assert (
        exported.ok
        and "yes i will be there" in exported.text
        and "cannot come,Pat Hale" in exported.text
    )


def _prompt(entry: dict[str, Any]) -> str:
    """What the corpus calls what was asked before a text."""
    return {"today": "appointment", "answered": "appointment", "appointment": "appointment"}.get(
        entry["prompt"], "none"
    )


def _administrator(house: House) -> str:
    """The address of somebody who administers the hub."""
    for line in house.engage("staff", "list").stdout.splitlines():
        if "administrator" in line:
            found = re.search(r"\S+@\S+", line)
            assert found
            return found.group()
    raise AssertionError("no administrator")
