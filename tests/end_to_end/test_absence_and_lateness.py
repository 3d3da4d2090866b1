"""No bus fare, late, here, missed: what a phone says about an appointment, up to the worker's page
and the worker's decision, end to end.
"""

from datetime import UTC, datetime
from typing import Any

import requests

from tests.end_to_end.house import House, eventually

TEN = datetime(2027, 3, 22, 10, 0, tzinfo=UTC)
NAMES = {"Jay": 601, "Kim": 602, "Lou": 603, "Max": 604, "Nel": 605}


def phone(name: str) -> str:
    """The number of somebody of this story."""
    return f"+447700900{NAMES[name]}"


def words_of(house: House, browser: requests.Session, path: str) -> str:
    """A page, with its white space tidied."""
    return " ".join(browser.get(f"{house.web}{path}", timeout=30).text.split())


def signals_of(house: House, person: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The open signals of a kind, waited for."""
    return eventually(
        lambda: [one for one in house.signals(person) if one["kind"] == kind],
        what=f"{kind} is raised",
    )


def test_from_no_bus_fare_to_a_reason_accepted(house: House) -> None:
    """The fare is told before the day; ten minutes late stands on the worker's day; "here" against
    a recorded absence is disputed; a missed one is asked about, the answer proposes, and a worker
    accepts; who does not answer is asked once more.
    """
    people = {
        name: house.add_person(f"X800{number}", name, f"07700 900{number}")
        for name, number in NAMES.items()
    }
    booked = {name: house.book(person, TEN) for name, person in people.items()}
    for name in NAMES:
        house.phone(phone(name)).wait_for("Mon 22 March, 10:00am")

    house.phone(phone("Max")).reply("cant make it no bus fare")
    house.phone(phone("Max")).wait_for("will be in touch")
    (barrier,) = signals_of(house, people["Max"], "barrier")
    assert datetime.fromisoformat(barrier["due_at"]) <= TEN and "bus" in barrier["action"]
    assert [one["cause"] for one in house.appointment(booked["Max"]["id"])["said"]] == ["transport"]
    pat = house.sign_in("p.hale@probation.example")
    assert "bus fare" in words_of(house, pat, "/today")

    house.travel(datetime(2027, 3, 22, 9, 52, tzinfo=UTC))
    house.phone(phone("Jay")).reply("running 10 mins late")
    house.phone(phone("Jay")).wait_for("see that you are late")
    house.phone(phone("Kim")).reply("im here")
    house.phone(phone("Kim")).wait_for("see that you are here")
    pat = house.sign_in("p.hale@probation.example")
    for path in ("/today", "/day/2027-03-22"):
        words = words_of(house, pat, path)
        assert "Jay Test</a>: 10 minutes late, said 9:52am" in words
        assert "Kim Test</a>: says they are here, said 9:52am" in words

    house.travel(datetime(2027, 3, 22, 11, 0, tzinfo=UTC))
    pat = house.sign_in("p.hale@probation.example")
    for name in ("Kim", "Lou", "Nel"):
        path = f"/appointments/{booked[name]['id']}/outcome"
        house.submit(pat, path, {"code": "AFTA", "note": ""})
    (disputed,) = signals_of(house, people["Kim"], "claim_disputed")
    assert {link["type"] for link in disputed["evidence"]} == {"outcome", "appointment", "inbound"}
    for name in ("Lou", "Nel"):
        text = house.phone(phone(name)).wait_for("We did not see you today")
        assert "Please tell us why by Mon 29 March" in text.body

    house.phone(phone("Lou")).reply("sorry i was ill in bed all day")
    house.phone(phone("Lou")).wait_for("Thanks for telling us Lou")
    path = f"/appointments/{booked['Lou']['id']}"
    page = pat.get(f"{house.web}{path}", timeout=30).text
    (reason,) = house.appointment(booked["Lou"]["id"])["absence_reasons"]
    assert (reason["cause"], reason["proposed"], reason["decision"]) == ("illness", "AAME", None)
    assert "sorry i was ill in bed all day" in page and "Accept AAME" in page
    assert [one["code"] for one in house.appointment(booked["Lou"]["id"])["outcomes"]] == ["AFTA"]
    given = page.split('name="reason" value="')[1].split('"')[0]
    house.post(pat, f"{path}/absence", {"reason": given, "decision": "accepted"}, page)
    outcomes = house.appointment(booked["Lou"]["id"])["outcomes"]
    assert [one["code"] for one in outcomes if one["superseded_at"] is None] == ["AAME"]

    house.travel(datetime(2027, 3, 27, 10, 0, 1, tzinfo=UTC))
    house.phone(phone("Nel")).wait_for("We did not see you on Mon 22 March, 10:00am")
    signals_of(house, people["Nel"], "evidence_due")
    assert not [
        body for body in house.phone(phone("Lou")).received() if "did not see you on" in body
    ]
