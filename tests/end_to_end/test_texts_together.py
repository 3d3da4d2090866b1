"""Split texts, corrections, and machines that answer each other: through simulator, webhook,
worker, interface and page.
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.end_to_end.service import RunningService, eventually

MONDAY = datetime(2027, 3, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def service(shared_service: RunningService) -> RunningService:
    """The service that the tests of this module share."""
    return shared_service


def booked(
    service: RunningService, crn: str, name: str, last: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A person with one appointment on Monday whose text has reached the phone."""
    person = service.add_person(crn, name, f"07700 9004{last:02d}")
    appointment = service.book(person, MONDAY)
    service.phone(f"+4477009004{last:02d}").wait_for("Mon 22 March")
    return person, appointment


def read(service: RunningService, person: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """The person's texts, oldest first, once that many have been read."""
    return list(
        reversed(
            eventually(
                lambda: (
                    found
                    if len(found := service.incoming(person)) == count
                    and all(one["done"] for one in found)
                    else None
                )
            )
        )
    )


def test_a_refusal_in_three_texts_is_one_refusal(service: RunningService) -> None:
    """`i cant` / `make it` / `monday`: no yes, one signal, one answer; the page shows all three."""
    person, appointment = booked(service, "X840001", "Ann", 1)
    phone = service.phone("+447700900401")
    for place, body in enumerate(["i cant", "make it", "monday"], start=1):
        phone.reply(body)
        read(service, person, place)
    words = service.appointment(appointment["id"])["said"]
    assert {one["kind"] for one in words} == {"cannot_attend"}
    assert service.signal_kinds(person) == ["cannot_attend"]
    assert len([body for body in phone.received() if "be in touch" in body]) == 1
    page = service.sign_in("p.hale@probation.example").get(
        f"{service.web}/people/{person['id']}", timeout=30
    )
    assert page.ok and all(words in page.text for words in ("i cant", "make it", "monday"))


def test_a_correction_replaces_what_was_said(service: RunningService) -> None:
    """`yes`, then `sorry meant no`: the no stands, and the worker sees both and that the first was
    taken back.
    """
    person, appointment = booked(service, "X840002", "Bea", 2)
    phone = service.phone("+447700900402")
    phone.reply("yes")
    phone.wait_for("See you Mon 22 March")
    phone.reply("sorry meant no")
    phone.wait_for("be in touch")
    assert service.signal_kinds(person) == ["cannot_attend"]
    first, second = read(service, person, 2)
    assert "taken back" in first["done"] and "Replaces what they said before" in second["done"]
    page = service.sign_in("p.hale@probation.example").get(
        f"{service.web}/people/{person['id']}", timeout=30
    )
    assert "taken back by a later text" in page.text
    assert service.appointment(appointment["id"])["state"] == "booked"


def test_two_machines_stop_by_themselves(service: RunningService) -> None:
    """A phone that answers each of our texts with the same words: it ends within a few texts, and
    one item waits for a human.
    """
    person, _ = booked(service, "X840003", "Cal", 3)
    phone = service.phone("+447700900403")
    answered = 0
    phone.reply("Thanks for getting in touch! Reply HELP to know more")
    for count in range(1, 30):
        read(service, person, count)
        service.simulator.settle()
        if len(phone.received()) == answered:
            break
        answered = len(phone.received())
        phone.reply("Thanks for getting in touch! Reply HELP to know more")
    else:
        raise AssertionError(f"still answering: {phone.received()}")
    assert answered <= 5
    texts = service.incoming(person)
    assert len([one for one in texts if one["needs_human"]]) <= 2


def test_a_flood_is_kept_and_one_item_waits_while_others_are_answered(
    service: RunningService,
) -> None:
    """Sixty texts in a rush: all in the thread, one that was passed over waits, and another person
    is answered meanwhile.
    """
    person, _ = booked(service, "X840004", "Dot", 4)
    other, _ = booked(service, "X840005", "Eli", 5)
    flood = service.phone("+447700900404")
    for count in range(60):
        flood.reply(f"word {count}", wait=False)
        if count == 30:
            service.phone("+447700900405").reply("yes")
    service.phone("+447700900405").wait_for("See you Mon 22 March")
    eventually(lambda: len(_all_in(service, person)) == 60, within=60)
    passed = [one for one in _all_in(service, person) if "too many texts" in one["done"]]
    assert len(passed) >= 20
    assert len([one for one in passed if one["needs_human"]]) == 1
    assert service.signal_kinds(other) == []


def _all_in(service: RunningService, person: dict[str, Any]) -> list[dict[str, Any]]:
    entries = service.api.all(f"/people/{person['id']}/messages")
    return [one for one in entries if one["direction"] == "in" and one["done"]]
