"""Every meaning that a text can have, end to end: a phone texts it in everyday words, and what may
follow follows, on the phone, the record and the page.

One person for each text, all in one house, on a Monday at a quarter to eleven. What may follow from
each meaning, and nothing more, is in docs/rules.md.
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
from tests.end_to_end.house import House, eventually, running
from tests.simulator import Phone

EARLY = datetime.fromisoformat("2027-03-22T09:30:00+00:00")
NOW = datetime.fromisoformat("2027-03-22T10:45:00+00:00")
MISSED_AT, SOON, TOMORROW = (
    datetime.fromisoformat(f"2027-03-{at}:00+00:00") for at in ("22T10:00", "22T11:30", "23T15:00")
)
SAFETY = {"en": "116 123", "cy": "ffoniwch 116 123"}
TOLD = "Thanks for telling us"


@dataclass(frozen=True)
class Case:
    """One text, what was asked before it, and what comes of it. `answer` is in the text that goes
    back; None says that none does.
    """

    meaning: str
    text: str
    answer: str | None
    asked: str = "none"
    language: str = "en"
    said: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    report: tuple[str, str] | None = None
    human: bool = False
    cause: str | None = None
    value: int | None = None


CASES = (
    Case(
        "crisis",
        "i dont want to live anymore",
        SAFETY["en"],
        "appointment",
        signals=("crisis",),
        human=True,
    ),
    Case(
        "crisis",
        "dwi isio marw",
        SAFETY["cy"],
        "appointment",
        "cy",
        signals=("crisis",),
        human=True,
    ),
    Case(
        "harm_to_others",
        "i am going to kill him",
        None,
        "appointment",
        signals=("harm_to_others",),
        human=True,
    ),
    Case(
        "opt_out",
        "please stop sending me messages",
        "You still need to come",
        "appointment",
        signals=("opted_out",),
    ),
    Case(
        "opt_out",
        "peidiwch a tecstio fi eto",
        "Ni chewch fwy",
        "appointment",
        "cy",
        signals=("opted_out",),
    ),
    Case(
        "wrong_number",
        "you have got the wrong number mate",
        "taken this number off",
        "appointment",
        signals=("wrong_number",),
    ),
    Case(
        "wrong_number",
        "rhif anghywir",
        "tynnu'r rhif",
        "appointment",
        "cy",
        signals=("wrong_number",),
    ),
    Case(
        "call_me",
        "can you ring me please",
        "asked Pat to ring you",
        "appointment",
        signals=("call_requested",),
    ),
    Case(
        "call_me",
        "allwch chi ffonio fi",
        "i Pat ffonio",
        "appointment",
        "cy",
        signals=("call_requested",),
    ),
    Case(
        "reschedule",
        "can we change it to another day please",
        "about another time",
        "appointment",
        signals=("cannot_attend",),
    ),
    Case(
        "reschedule",
        "can we change it to another day please",
        "Reply 1 for Wed 24",
        "rebook",
        signals=("cannot_attend",),
    ),
    Case(
        "decline",
        "cant make it no bus fare",
        "about another time",
        "appointment",
        said=("cannot_attend",),
        signals=("barrier", "cannot_attend"),
        cause="transport",
    ),
    Case(
        "decline",
        "methu dod fory",
        "am amser arall",
        "appointment",
        "cy",
        said=("cannot_attend",),
        signals=("cannot_attend",),
    ),
    Case(
        "running_late",
        "running 10 mins late",
        "see that you are late",
        "soon",
        said=("late",),
        value=10,
    ),
    Case("running_late", "dwin rhedeg yn hwyr", "eich bod yn hwyr", "soon", "cy", said=("late",)),
    Case("arrived", "im here", "see that you are here", "soon", said=("here",)),
    Case("arrived", "dwi yma", "eich bod yma", "soon", "cy", said=("here",)),
    Case(
        "progress_housing",
        "got the keys to my flat",
        "That is good news",
        report=("housing", "got_home"),
    ),
    Case(
        "progress_housing",
        "i got kicked out of my flat",
        "That sounds hard",
        report=("housing", "lost_home"),
        signals=("housing_loss",),
    ),
    Case(
        "progress_course",
        "started my college course today",
        "That is good news",
        report=("course", "started_course"),
    ),
    Case(
        "progress_group",
        "been to group today it was good",
        "That is good news",
        report=("group", "attended_group"),
    ),
    Case(
        "progress_work",
        "i got the job start monday",
        "That is good news",
        report=("work", "got_work"),
    ),
    Case(
        "progress_work",
        "lost my job today",
        "That sounds hard",
        report=("work", "lost_work"),
        signals=("work_loss",),
    ),
    Case("progress_health", "30 days clean today", "That is good news", report=("health", "clean")),
    Case(
        "lapse",
        "i slipped up and used last night",
        "We are glad you did",
        report=("lapse", ""),
        signals=("lapse_told",),
    ),
    Case(
        "absence_reason",
        "sorry i was ill in bed all day",
        TOLD,
        "absence",
        signals=("no_show",),
        human=True,
    ),
    Case("question", "where is it", "3:00pm, the centre on Bridge St. Questions?", "appointment"),
    Case(
        "question",
        "pryd mae'r apwyntiad nesaf",
        "3:00yh, the centre on Bridge St",
        "appointment",
        "cy",
    ),
    Case(
        "question",
        "will i get my travel paid back",
        "Pat will read this",
        "appointment",
        human=True,
    ),
    Case(
        "slot_choice",
        "the second one please",
        "Your time has changed to Thu 25 March, 11:00am",
        "offer",
    ),
    Case(
        "checkin_answer",
        "not great this week",
        "Would a call help?",
        "checkin",
        signals=("feeling_low",),
        value=3,
    ),
    Case("checkin_answer", "1", "Bydd Pat yn gweld hwn", "checkin", "cy", value=1),
    Case(
        "confirm",
        "yes ill be there",
        "See you Tue 23 March, 3:00pm",
        "appointment",
        said=("will_attend",),
    ),
    Case("confirm", "ok", "See you Tue 23 March, 3:00pm", "appointment", said=("will_attend",)),
    Case("confirm", "byddaf yna", "Welwn ni chi", "appointment", "cy", said=("will_attend",)),
    Case("opt_in", "please text me again", "You will get our texts again", "stopped"),
    Case("help", "how does this work", "in your own words if you like"),
    Case("help", "sut mae hyn yn gweithio", "NESAF am beth", "none", "cy"),
    Case("thanks", "thank you", None),
    Case("other", "did u see the match last night", "Pat will read this", human=True),
)
READ_AS = {
    "crisis": "may be in danger",
    "harm_to_others": "may be a danger to somebody",
    "opt_out": "wants no more texts",
    "wrong_number": "wrong number",
    "call_me": "asks for a call",
    "reschedule": "wants another time",
    "decline": "cannot come",
    "running_late": "running late",
    "arrived": "is here",
    "progress_housing": "news about housing",
    "progress_course": "news about a course",
    "progress_group": "news about a group",
    "progress_work": "news about work",
    "progress_health": "news about health",
    "lapse": "tells of a lapse",
    "absence_reason": "reason for an absence",
    "question": "a question",
    "slot_choice": "a choice",
    "checkin_answer": "check-in answer",
    "confirm": "will come",
    "opt_in": "wants texts again",
    "help": "asked for help with texts",
    "thanks": "thanks",
    "other": "not understood",
}


@dataclass
class Someone:
    """One person of the house with their phone, what is booked for them, and how many texts they
    had before they texted.
    """

    person: dict[str, Any]
    phone: Phone
    booked: dict[str, Any] | None = None


@dataclass
class Street:
    """The house with everybody in it."""

    house: House
    people: dict[Case, Someone]
    officer: requests.Session


def number_of(place: int) -> str:
    """The phone of the case at a place of the table."""
    return f"07700 900{300 + place}"


@pytest.fixture(scope="module")
def street(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """Everybody added and asked what their case says; the texts that ask have reached the phones."""
    with (
        empty_database(server_url) as url,
        running(url, tmp_path_factory.mktemp("house"), EARLY) as house,
    ):
        people = {case: _move_in(house, place, case) for place, case in enumerate(CASES)}
        house.travel(NOW)
        _put_in_free_times(house)
        for case, one in people.items():
            _ask(house, case, one)
        house.simulator.settle()
        yield Street(house, people, house.sign_in("p.hale@probation.example"))


def _move_in(house: House, place: int, case: Case) -> Someone:
    """At half past nine: whoever is asked how they are has a check-in at ten, whoever will be
    missed an appointment then.
    """
    person = house.add_person(f"X8800{place:02d}", "Sam", number_of(place), language=case.language)
    one = Someone(person, house.phone(f"+44{number_of(place).replace(' ', '')[1:]}"))
    if case.asked == "checkin":
        house.api.post(
            f"/people/{person['id']}/check-in-plan", {"every_weeks": 1, "weekday": 0, "hour": 10}
        )
    if case.asked == "absence":
        one.booked = house.book(person, MISSED_AT)
    return one


def _ask(house: House, case: Case, one: Someone) -> None:
    """At a quarter to eleven: bring about what the person was last asked."""
    if case.asked in ("appointment", "rebook", "offer"):
        one.booked = house.book(one.person, TOMORROW)
    if case.asked == "soon":
        one.booked = house.book(one.person, SOON)
    if case.asked in ("rebook", "offer"):
        house.api.post(f"/people/{one.person['id']}/rebooking", {"allowed": True})
    if case.asked == "absence" and one.booked is not None:
        house.api.post(f"/appointments/{one.booked['id']}/outcome", {"code": "AFTA"})
    if case.asked == "stopped":
        one.phone.reply("STOP")
    if case.asked != "none":
        one.phone.wait_for()
    if case.asked == "offer":
        house.simulator.settle()
        one.phone.reply("can we change it to another day please")
        one.phone.wait_for("Reply 1 for")


def _put_in_free_times(house: House) -> None:
    """Two times on each of three days, so that there are some for both who ask."""
    for day, hour in product((24, 25, 26), (11, 12)):
        body = {"worker": "p.hale@probation.example", "type": "office", "minutes": 30}
        at = f"2027-03-{day}T{hour}:00:00Z"
        house.api.post(
            "/free-times", {**body, "starts_at": at, "place_alias": "the hall, Mill Lane"}
        )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.meaning}: {case.text}")
def test_what_a_text_means_and_what_follows(street: Street, case: Case) -> None:
    """Read as what it means; one answer or none; what was said, told and raised stands, and nothing
    else; the page shows it.
    """
    house, one = street.house, street.people[case]
    before = len(one.phone.received())
    one.phone.reply(case.text)
    entry = eventually(
        lambda: next(
            (text for text in house.incoming(one.person) if text["body"] == case.text), None
        )
    )
    assert (entry["intent"], entry["needs_human"]) == (case.meaning, case.human), entry
    if case.answer is not None:
        one.phone.wait_for(case.answer)
    house.simulator.settle()
    assert len(one.phone.received()) == before + (case.answer is not None), one.phone.received()

    assert house.signal_kinds(one.person) == list(case.signals)
    for signal in house.signals(one.person):
        assert entry["id"] in str(signal["evidence"])
    reports = [
        (report["kind"], report["fact"] or "", report["state"])
        for which in ("self-reports", "self-reports/health")
        for report in house.api.all(f"/people/{one.person['id']}/{which}")
        if not report["hidden"]
    ]
    assert set(reports) == ({(*case.report, "self_reported")} if case.report else set())
    if one.booked is not None:
        after = house.appointment(one.booked["id"])
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
    _look_closer(house, case, one)

    page = " ".join(
        unescape(
            street.officer.get(f"{house.web}/people/{one.person['id']}", timeout=30).text
        ).split()
    )
    assert case.text in page and f"Read as: {READ_AS[case.meaning]}" in page


def _look_closer(house: House, case: Case, one: Someone) -> None:
    """What only one meaning brings about."""
    match case.meaning:
        case "crisis":
            _told_within(house, one, timedelta(minutes=15))
            assert house.api.get(f"/people/{one.person['id']}")["texts_paused_at"] is not None
        case "harm_to_others":
            _told_within(house, one, timedelta(minutes=15))
        case "opt_out":
            assert _why_not_texted(house, one) >= {"stopped"}
        case "wrong_number":
            assert _why_not_texted(house, one) >= {"stopped", "number_suspended"}
            (point,) = house.api.get(f"/people/{one.person['id']}/contact-points")["items"]
            assert point["state"] == "suspended"
        case "opt_in":
            assert not one.phone.opted_out
            house.book(one.person, TOMORROW)
            one.phone.wait_for("You see Pat")
        case "absence_reason" if one.booked is not None:
            (reason,) = house.appointment(one.booked["id"])["absence_reasons"]
            assert (reason["cause"], reason["proposed"], reason["decision"]) == (
                "illness",
                "AAME",
                None,
            )
        case "slot_choice" if one.booked is not None:
            assert house.appointment(one.booked["id"])["starts_at"] == "2027-03-25T11:00:00+00:00"
        case "checkin_answer":
            (asked,) = house.api.get(f"/people/{one.person['id']}/check-ins")["items"]
            assert (asked["state"], asked["value"]) == ("answered", case.value)


def _told_within(house: House, one: Someone, time: timedelta) -> None:
    """The one signal is due so soon after it was raised."""
    (signal,) = house.signals(one.person)
    raised, due = (datetime.fromisoformat(signal[name]) for name in ("raised_at", "due_at"))
    assert due - raised == time


def _why_not_texted(house: House, one: Someone) -> set[str]:
    """Book something else, and give the reasons for which no text about it goes."""
    booked = house.book(one.person, TOMORROW + timedelta(days=2))
    skipped = eventually(
        lambda: [
            one for one in house.appointment(booked["id"])["reminders"] if one["state"] == "skipped"
        ]
    )
    return {reason["code"] for reason in skipped[0]["reasons"]}


def test_every_meaning_has_a_case() -> None:
    """All twenty-four, and at least six texts in Welsh."""
    assert {case.meaning for case in CASES} == {intent.value for intent in Intent}
    assert sum(case.language == "cy" for case in CASES) >= 6
