"""No bus fare, late, here, missed: what a person texts about an appointment, up to the worker's
page and decision, end to end.
"""

from datetime import UTC, datetime
from typing import Any

import requests

from tests.end_to_end.service import RunningService, eventually

TEN = datetime(2027, 3, 22, 10, 0, tzinfo=UTC)
NAMES = {"Jay": 601, "Kim": 602, "Lou": 603, "Max": 604, "Nel": 605}


def phone(name: str) -> str:
    """The number of a person in this story."""
    return f"+447700900{NAMES[name]}"


def words_of(service: RunningService, browser: requests.Session, path: str) -> str:
    """A page with single spaces."""
    return " ".join(browser.get(f"{service.web}{path}", timeout=30).text.split())


def signals_of(service: RunningService, person: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Wait for the open signals of a kind."""
    return eventually(
        lambda: [one for one in service.signals(person) if one["kind"] == kind],
        what=f"{kind} is raised",
    )


def test_from_no_bus_fare_to_a_reason_accepted(service: RunningService) -> None:
    """The fare is reported before the day; ten minutes late shows on the worker's day; "here"
    disputes a recorded absence; a missed appointment is asked about, the answer is a proposal, and
    a worker accepts it; without an answer there is a second text.
    """
    people = {
        name: service.add_person(f"X800{number}", name, f"07700 900{number}")
        for name, number in NAMES.items()
    }
    booked = {name: service.book(person, TEN) for name, person in people.items()}
    for name in NAMES:
        service.phone(phone(name)).wait_for("Mon 22 March, 10am")

    service.phone(phone("Max")).reply("cant make it no bus fare")
    service.phone(phone("Max")).wait_for("(travel). Pat will look for a way.")
    (barrier,) = signals_of(service, people["Max"], "barrier")
    assert datetime.fromisoformat(barrier["due_at"]) <= TEN and "bus" in barrier["action"]
    assert [one["cause"] for one in service.appointment(booked["Max"]["id"])["said"]] == [
        "transport"
    ]
    pat = service.sign_in("p.hale@probation.example")
    assert "bus fare" in words_of(service, pat, "/today")

    service.travel(datetime(2027, 3, 22, 9, 52, tzinfo=UTC))
    service.phone(phone("Jay")).reply("running 10 mins late")
    service.phone(phone("Jay")).wait_for("see that you are late")
    service.phone(phone("Kim")).reply("im here")
    service.phone(phone("Kim")).wait_for("see that you are here")
    pat = service.sign_in("p.hale@probation.example")
    for path in ("/today", "/day/2027-03-22"):
        words = words_of(service, pat, path)
        assert "Jay Test</a>: 10 minutes late, said 9:52am" in words
        assert "Kim Test</a>: says they are here, said 9:52am" in words

    service.travel(datetime(2027, 3, 22, 11, 0, tzinfo=UTC))
    pat = service.sign_in("p.hale@probation.example")
    for name in ("Kim", "Lou", "Nel"):
        path = f"/appointments/{booked[name]['id']}/outcome"
        service.submit(pat, path, {"code": "AFTA", "note": ""})
    (disputed,) = signals_of(service, people["Kim"], "claim_disputed")
    assert {link["type"] for link in disputed["evidence"]} == {"outcome", "appointment", "inbound"}
    for name in ("Lou", "Nel"):
        text = service.phone(phone(name)).wait_for("We did not see you today")
        assert "Please tell us why by Mon 29 March" in text.body

    service.phone(phone("Lou")).reply("sorry i was ill in bed all day")
    service.phone(phone("Lou")).wait_for("Thanks for telling us Lou")
    path = f"/appointments/{booked['Lou']['id']}"
    page = pat.get(f"{service.web}{path}", timeout=30).text
    (reason,) = service.appointment(booked["Lou"]["id"])["absence_reasons"]
    assert (reason["cause"], reason["proposed"], reason["decision"]) == ("illness", "AAME", None)
    assert "sorry i was ill in bed all day" in page and "Accept AAME" in page
    assert [one["code"] for one in service.appointment(booked["Lou"]["id"])["outcomes"]] == ["AFTA"]
    given = page.split('name="reason" value="')[1].split('"')[0]
    service.post(pat, f"{path}/absence", {"reason": given, "decision": "accepted"}, page)
    outcomes = service.appointment(booked["Lou"]["id"])["outcomes"]
    assert [one["code"] for one in outcomes if one["superseded_at"] is None] == ["AAME"]

    service.travel(datetime(2027, 3, 27, 10, 0, 1, tzinfo=UTC))
    service.phone(phone("Nel")).wait_for("We did not see you on Mon 22 March, 10am")
    signals_of(service, people["Nel"], "evidence_due")
    assert not [
        body for body in service.phone(phone("Lou")).received() if "did not see you on" in body
    ]
