"""A worker takes a conversation over, answers and hands back, and a wrong interpretation is
corrected: phones, webhook, worker, pages, command.
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.end_to_end.service import RunningService, eventually

MONDAY = datetime(2027, 3, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def service(shared_service: RunningService) -> RunningService:
    """The service that the tests of this module share."""
    return shared_service


def standing(service: RunningService, booked: dict[str, Any]) -> list[str]:
    """The current intents about an appointment."""
    said = service.appointment(booked["id"])["said"]
    return [one["kind"] for one in said if one["withdrawn_at"] is None]


def came(service: RunningService, person: dict[str, Any], words: str) -> dict[str, Any]:
    """A text of the person, once it has been read."""
    return eventually(
        lambda: next((entry for entry in service.incoming(person) if entry["body"] == words), None),
        what=words,
    )


def press(
    service: RunningService,
    browser: requests.Session,
    person: dict[str, Any],
    path: str,
    **form: str,
) -> str:
    """Press a button on the person's page. Returns the next page."""
    page = browser.get(f"{service.web}/people/{person['id']}", timeout=30).text
    return service.post(browser, path, form, page).text


def test_taken_over_a_yes_is_left_to_the_worker_and_handed_back_it_is_recorded(
    service: RunningService,
) -> None:
    """Take over; "yes" is kept and not answered; the worker answers; hand back; the next yes is
    recorded and thanked for.
    """
    person = service.add_person("X810001", "Ann", "07700 900351")
    booked, phone = service.book(person, MONDAY), service.phone("+447700900351")
    phone.wait_for("You see Pat")
    pat = service.sign_in("p.hale@probation.example")
    here = f"/people/{person['id']}"
    shown = press(service, pat, person, f"{here}/conversation/take-over")
    assert "You have this conversation" in shown and "Hand back to Engage" in shown
    phone.reply("yes")
    entry = came(service, person, "yes")
    assert entry["needs_human"] and "Pat has the conversation" in entry["done"]
    assert entry["evidence"] == ["yes"] and entry["confidence"] > 0.5
    service.simulator.settle()
    assert standing(service, booked) == [] and len(phone.received()) == 1
    service.submit(
        pat, f"{here}/text", {"body": "Great Ann, how are you getting there? Pat", "once": "a" * 32}
    )
    phone.wait_for("how are you getting there")
    assert service.api.get(f"{here}/conversation")["held_by"]["staff"]["name"] == "Pat Hale"
    shown = press(service, pat, person, f"{here}/conversation/hand-back")
    assert "You have this conversation" not in shown
    phone.reply("yes i will be there")
    eventually(lambda: standing(service, booked) == ["will_attend"])
    phone.wait_for("See you")
    page = pat.get(f"{service.web}{here}", timeout=30).text
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Conversation taken over by a worker" in words and "Conversation handed back" in words
    assert re.search(r"Read as: will come \(0\.\d\d\) from “yes”", words)


def test_a_wrong_reading_is_corrected_by_a_click_kept_without_identity_and_exported(
    service: RunningService, tmp_path: Path
) -> None:
    """The yes no longer counts, the no does, no answer is sent; the administrator accepts the line
    and exports it.
    """
    person = service.add_person("X810002", "Bea", "07700 900352")
    booked, phone = service.book(person, MONDAY), service.phone("+447700900352")
    phone.wait_for("You see Pat")
    phone.reply("yes i will be there")
    eventually(lambda: standing(service, booked) == ["will_attend"])
    entry = came(service, person, "yes i will be there")
    eventually(lambda: len(phone.received()) == 2)
    pat = service.sign_in("p.hale@probation.example")
    reading = entry["reading_id"]
    form = {"intent": "decline", "back": person["id"]}
    shown = press(service, pat, person, f"/readings/{reading}/correct", **form)
    assert "Corrected to: cannot come" in re.sub(r"<[^>]+>", "", shown)
    assert standing(service, booked) == ["cannot_attend"]
    assert service.signal_kinds(person) == ["cannot_attend"]
    service.simulator.settle()
    assert len(phone.received()) == 2
    phone.reply("hiya pat its bea, lost me bus pass, ring 07700 900399")
    second = came(service, person, "hiya pat its bea, lost me bus pass, ring 07700 900399")
    service.api.post(
        f"/readings/{second['reading_id']}/correct", {"intent": "reschedule"}, status=200
    )
    alex = service.sign_in(_administrator(service))
    page = alex.get(f"{service.web}/corrections", timeout=30).text
    assert "Bea" not in page and "900399" not in page and "its [name], lost me bus pass" in page
    for line in re.findall(r"/corrections/([0-9a-f-]{36})/accept", page):
        service.post(alex, f"/corrections/{line}/accept", {}, page)
    target = tmp_path / "corrections.tsv"
    assert "Wrote 2 lines." in service.engage("corrections", "export", str(target)).stdout
    assert sorted(target.read_text().splitlines()) == [
        "appointment\tdecline\tyes i will be there",
        f"{_prompt(second)}\treschedule\thiya [name] its [name], lost me bus pass, ring [number]",
    ]
    assert (
        alex.get(f"{service.web}/people/{person['id']}/conversation-log", timeout=30).status_code
        == 403
    )
    exported = pat.get(f"{service.web}/people/{person['id']}/conversation-log.csv", timeout=30)
    assert (
        exported.ok
        and "yes i will be there" in exported.text
        and "cannot come,Pat Hale" in exported.text
    )


def _prompt(entry: dict[str, Any]) -> str:
    """The corpus name of what was asked before a text."""
    return {"today": "appointment", "answered": "appointment", "appointment": "appointment"}.get(
        entry["prompt"], "none"
    )


def _administrator(service: RunningService) -> str:
    """The address of an administrator of the hub."""
    for line in service.engage("staff", "list").stdout.splitlines():
        if "administrator" in line:
            found = re.search(r"\S+@\S+", line)
            assert found
            return found.group()
    raise AssertionError("no administrator")
