"""Every meaning that a text can have, end to end: a phone sends it in everyday words, and the
expected effects follow on the phone, the record and the page.

One person for each text, all in one service, on a Monday at a quarter to eleven. docs/rules.md says
what may follow from each meaning, and nothing else may.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from itertools import product
from typing import Any

import pytest
import requests

from engage.understanding.vocabulary import Intent
from tests.end_to_end.conftest import empty_database
from tests.end_to_end.meanings import CASES, MeaningCase
from tests.end_to_end.service import RunningService, eventually, running
from tests.simulator import Phone

EARLY = datetime.fromisoformat("2027-03-22T09:30:00+00:00")
NOW = datetime.fromisoformat("2027-03-22T10:45:00+00:00")
MISSED_AT, SOON, TOMORROW = (
    datetime.fromisoformat(f"2027-03-{at}:00+00:00") for at in ("22T10:00", "22T11:30", "23T15:00")
)


@dataclass
class Texter:
    """One person with their phone, their appointment, and the number of texts they had before they
    replied.
    """

    person: dict[str, Any]
    phone: Phone
    booked: dict[str, Any] | None = None


@dataclass
class Everyone:
    """The service with all people."""

    service: RunningService
    people: dict[MeaningCase, Texter]
    officer: requests.Session


def number_of(place: int) -> str:
    """The phone number of the case at that place in the table."""
    return f"07700 900{300 + place}"


@pytest.fixture(scope="module")
def everyone(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everyone]:
    """All people added and asked as their case says; the questions have reached the phones."""
    with (
        empty_database(server_url) as url,
        running(url, tmp_path_factory.mktemp("service"), EARLY) as service,
    ):
        people = {case: _add_person(service, place, case) for place, case in enumerate(CASES)}
        service.travel(NOW)
        _add_free_times(service)
        for case, one in people.items():
            _ask(service, case, one)
        service.simulator.settle()
        yield Everyone(service, people, service.sign_in("p.hale@probation.example"))


def _add_person(service: RunningService, place: int, case: MeaningCase) -> Texter:
    """At half past nine: people asked how they are get a check-in at ten, people who will miss an
    appointment get one then.
    """
    person = service.add_person(
        f"X8800{place:02d}", "Sam", number_of(place), language=case.language
    )
    one = Texter(person, service.phone(f"+44{number_of(place).replace(' ', '')[1:]}"))
    if case.asked == "checkin":
        service.api.post(
            f"/people/{person['id']}/check-in-plan", {"every_weeks": 1, "weekday": 0, "hour": 10}
        )
    if case.asked == "absence":
        one.booked = service.book(person, MISSED_AT)
    return one


def _ask(service: RunningService, case: MeaningCase, one: Texter) -> None:
    """At a quarter to eleven: send the person the last question."""
    if case.asked in ("appointment", "rebook", "offer"):
        one.booked = service.book(one.person, TOMORROW)
    if case.asked == "soon":
        one.booked = service.book(one.person, SOON)
    if case.asked in ("rebook", "offer"):
        service.api.post(f"/people/{one.person['id']}/rebooking", {"allowed": True})
    if case.asked == "absence" and one.booked is not None:
        service.api.post(f"/appointments/{one.booked['id']}/outcome", {"code": "AFTA"})
    if case.asked == "stopped":
        one.phone.reply("STOP")
    if case.asked != "none":
        one.phone.wait_for()
    if case.asked == "offer":
        service.simulator.settle()
        one.phone.reply("can we change it to another day please")
        one.phone.wait_for("Which suits you")


def _add_free_times(service: RunningService) -> None:
    """Two times on each of three days, enough for both people who ask."""
    for day, hour in product((24, 25, 26), (11, 12)):
        body = {"worker": "p.hale@probation.example", "type": "office", "minutes": 30}
        at = f"2027-03-{day}T{hour}:00:00Z"
        service.api.post(
            "/free-times", {**body, "starts_at": at, "place_alias": "the hall, Mill Lane"}
        )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.meaning}: {case.text}")
def test_what_a_text_means_and_what_follows(everyone: Everyone, case: MeaningCase) -> None:
    """Interpreted as its meaning; one answer or none; the expected intents, reports and signals and
    no others; shown on the page.
    """
    service, one = everyone.service, everyone.people[case]
    before = len(one.phone.received())
    one.phone.reply(case.text)
    entry = eventually(
        lambda: next(
            (text for text in service.incoming(one.person) if text["body"] == case.text), None
        )
    )
    assert (entry["intent"], entry["needs_human"]) == (case.meaning, case.human), entry
    if case.answer is not None:
        eventually(lambda: len(one.phone.received()) > before, what="an answer")
        assert case.answer in one.phone.received()[-1]
    service.simulator.settle()
    assert len(one.phone.received()) == before + (case.answer is not None), one.phone.received()

    assert service.signal_kinds(one.person) == list(case.signals)
    for signal in service.signals(one.person):
        assert entry["id"] in str(signal["evidence"])
    reports = [
        (report["kind"], report["fact"] or "", report["state"])
        for which in ("self-reports", "self-reports/health")
        for report in service.api.all(f"/people/{one.person['id']}/{which}")
        if not report["hidden"]
    ]
    assert set(reports) == ({(*case.report, "self_reported")} if case.report else set())
    if one.booked is not None:
        after = service.appointment(one.booked["id"])
        assert [said["kind"] for said in after["said"]] == list(case.said)
        assert after["state"] == "booked"
        assert [outcome["code"] for outcome in after["outcomes"]] == (
            ["AFTA"] if case.asked == "absence" else []
        )
        assert (after["revision"] == 2) == (case.meaning == "slot_choice")
        assert all(
            (said["cause"], said["minutes_late"]) == (case.cause, case.value)
            for said in after["said"]
        )
    _check_details(service, case, one)

    page = " ".join(
        unescape(
            everyone.officer.get(f"{service.web}/people/{one.person['id']}", timeout=30).text
        ).split()
    )
    assert case.text in page and f"Read as: {Intent(case.meaning).meaning.label}" in page


def _check_details(service: RunningService, case: MeaningCase, one: Texter) -> None:
    """Effects of one meaning only."""
    match case.meaning:
        case "crisis":
            _check_due_within(service, one, timedelta(minutes=15))
            assert service.api.get(f"/people/{one.person['id']}")["texts_paused_at"] is not None
        case "harm_to_others":
            _check_due_within(service, one, timedelta(minutes=15))
        case "opt_out":
            assert _reasons_against_texts(service, one) >= {"stopped"}
        case "wrong_number":
            assert _reasons_against_texts(service, one) >= {"stopped", "number_suspended"}
            (point,) = service.api.get(f"/people/{one.person['id']}/contact-points")["items"]
            assert point["state"] == "suspended"
        case "opt_in":
            assert not one.phone.opted_out
            service.book(one.person, TOMORROW)
            one.phone.wait_for("You see Pat")
        case "absence_reason" if one.booked is not None:
            (reason,) = service.appointment(one.booked["id"])["absence_reasons"]
            assert (reason["cause"], reason["proposed"], reason["decision"]) == (
                "illness",
                "AAME",
                None,
            )
        case "slot_choice" if one.booked is not None:
            assert service.appointment(one.booked["id"])["starts_at"] == "2027-03-25T11:00:00+00:00"
        case "checkin_answer":
            (asked,) = service.api.get(f"/people/{one.person['id']}/check-ins")["items"]
            assert (asked["state"], asked["value"]) == ("answered", case.value)


def _check_due_within(service: RunningService, one: Texter, time: timedelta) -> None:
    """The only signal is due within that time after it was raised."""
    (signal,) = service.signals(one.person)
    raised, due = (datetime.fromisoformat(signal[name]) for name in ("raised_at", "due_at"))
    assert due - raised == time


def _reasons_against_texts(service: RunningService, one: Texter) -> set[str]:
    """Book another appointment, and return the reasons why no text about it is sent."""
    booked = service.book(one.person, TOMORROW + timedelta(days=2))
    skipped = eventually(
        lambda: [
            one
            for one in service.appointment(booked["id"])["reminders"]
            if one["state"] == "skipped"
        ]
    )
    return {reason["code"] for reason in skipped[0]["reasons"]}


def test_every_meaning_has_a_case() -> None:
    """Every one, and at least six texts in Welsh."""
    assert {case.meaning for case in CASES} == {intent.value for intent in Intent}
    assert sum(case.language == "cy" for case in CASES) >= 6
