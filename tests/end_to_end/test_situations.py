"""Situations that must come out right, end to end: through simulator, webhook, worker, interface
and pages. Each test names its situation.
"""

import re
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import requests

from tests.end_to_end.house import House, csrf_token, eventually

pytestmark = pytest.mark.usefixtures("fine_weather")

MONDAY = datetime(2027, 3, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def house(shared_house: House) -> House:
    """The service that the tests of this module share."""
    return shared_house


@pytest.fixture
def fine_weather(shared_house: House) -> None:
    """The simulated network behaves again, whatever a test before did to it."""
    shared_house.simulator.remove_rules()


def test_situation_01_an_unsigned_or_wrongly_signed_webhook_is_refused_and_stores_nothing(
    house: House,
) -> None:
    """403, no text in any thread, no signal, and a line in the log."""
    person = house.add_person("X800001", "Ann", "07700 900301")
    phone = house.phone("+447700900301")
    assert phone.reply("CALL", signature="wrong").statuses == [403]
    assert phone.reply("CALL", signature="absent").statuses == [403]
    assert phone.reply("HELP").statuses == [200]
    eventually(lambda: [entry["body"] for entry in house.incoming(person)] == ["HELP"])
    assert house.signal_kinds(person) == []
    assert house.log("web").count("webhook.refused") >= 2


def test_situation_02_the_same_text_five_times_at_once_has_one_effect(house: House) -> None:
    """One text in the thread, one signal with one piece of evidence, one answer."""
    person = house.add_person("X800002", "Bea", "07700 900302")
    phone = house.phone("+447700900302")
    assert phone.reply("CALL", copies=5).statuses == [200] * 5
    phone.wait_for("ring you")
    (signal,) = house.signals(person)
    assert signal["kind"] == "call_requested"
    assert len([link for link in signal["evidence"] if link["type"] == "inbound"]) == 1
    assert len(house.incoming(person)) == 1 and len(phone.received()) == 1


def test_situation_03_receipts_reversed_and_repeated_never_take_delivered_back(
    house: House,
) -> None:
    """A late `sent` after `delivered` is kept and changes nothing."""
    house.simulator.script(to="+447700900303", order="reversed", repeat=2)
    person = house.add_person("X800003", "Cal", "07700 900303")
    house.book(person, MONDAY)
    house.phone("+447700900303").wait_for("You see Pat")
    eventually(lambda: house.outgoing(person)[0]["status"] == "delivered")
    house.simulator.settle()
    house.simulator.remove_rules()
    eventually(lambda: _unapplied_receipts(house) == 0)
    assert house.outgoing(person)[0]["status"] == "delivered"


def test_situation_04_a_receipt_before_the_create_call_has_answered_is_applied(
    house: House,
) -> None:
    """All callbacks come before the answer; the text ends delivered, once."""
    house.simulator.script(to="+447700900304", early=True, latency=1)
    person = house.add_person("X800004", "Dot", "07700 900304")
    house.book(person, MONDAY)
    eventually(lambda: [text["status"] for text in house.outgoing(person)] == ["delivered"])
    house.simulator.settle()
    assert [text["status"] for text in house.outgoing(person)] == ["delivered"]
    assert len(house.phone("+447700900304").received()) == 1


def test_situation_07_a_cancelled_or_moved_appointment_voids_its_reminders_and_corrects(
    house: House,
) -> None:
    """Moved later, moved earlier, called off: each time the old reminders are void and one
    correction goes out.
    """
    person = house.add_person("X800007", "Eva", "07700 900307")
    phone = house.phone("+447700900307")
    booked = house.book(person, MONDAY + timedelta(days=7))
    phone.wait_for("Mon 29 March, 11:00am")
    for count, days in enumerate((8, 6), start=1):
        house.api.post(
            f"/appointments/{booked['id']}/move",
            {"starts_at": (MONDAY + timedelta(days=days)).isoformat()},
        )
        phone.wait_for("Your time has changed", count=count)
    moved = house.appointment(booked["id"])
    assert moved["revision"] == 3
    old = [
        reminder
        for reminder in moved["reminders"]
        if reminder["revision"] < 3 and reminder["state"] != "sent"
    ]
    assert old and all(
        reminder["state"] in ("void", "skipped") and reminder["reasons"] for reminder in old
    )
    other = house.add_person("X800008", "Eli", "07700 900308")
    phone = house.phone("+447700900308")
    off = house.book(other, MONDAY + timedelta(days=7))
    phone.wait_for("Mon 29 March, 11:00am")
    house.api.post(f"/appointments/{off['id']}/cancel", {"reason": "worker is ill"})
    phone.wait_for("You do not need to come")
    called_off = house.appointment(off["id"])
    assert called_off["state"] == "cancelled"
    assert {
        reminder["state"]
        for reminder in called_off["reminders"]
        if reminder["kind"] != "called_off"
    } <= {"sent", "void", "skipped"}


def test_situation_09_booked_under_24_hours_ahead_gets_one_suitable_reminder(house: House) -> None:
    """One text, and every other reminder stands with its reason."""
    person = house.add_person("X800009", "Fay", "07700 900309")
    booked = house.book(person, datetime(2027, 3, 20, 16, 0, tzinfo=UTC))
    house.phone("+447700900309").wait_for("Pat")
    reminders = eventually(
        lambda: (
            (found := house.appointment(booked["id"])["reminders"])
            and all(reminder["state"] != "planned" for reminder in found)
            and found
        )
    )
    assert [reminder["state"] for reminder in reminders].count("sent") == 1
    assert all(reminder["reasons"] for reminder in reminders if reminder["state"] == "skipped")
    assert len(house.phone("+447700900309").received()) == 1


def test_situation_11_stop_then_help_is_still_stopped_and_start_restores(house: House) -> None:
    """Only START restores; the appointment still gets its reminders afterwards."""
    person = house.add_person("X800011", "Gus", "07700 900311")
    phone = house.phone("+447700900311")
    phone.reply("Stop")
    phone.wait_for("You will get no more texts")
    assert house.signal_kinds(person) == ["opted_out"]
    phone.reply("HELP")
    phone.reply("yes")
    eventually(lambda: len(house.incoming(person)) == 3)
    booked = house.book(person, MONDAY)
    eventually(
        lambda: any(
            "stopped" in _codes(reminder)
            for reminder in house.appointment(booked["id"])["reminders"]
        )
    )
    assert len(phone.received()) == 1
    phone.reply("START")
    eventually(lambda: len(phone.received()) >= 2)
    phone.wait_for("You see Pat")


def test_situation_12_two_people_on_one_phone_are_asked_never_guessed_and_see_nothing_of_each_other(
    house: House,
) -> None:
    """A YES that could be either's is nobody's until a name comes; no text names the other person's
    appointment.
    """
    officer = house.sign_in("p.hale@probation.example")
    ann = house.add_person("X800012", "Hana", "07700 900312", verified=False)
    ben = house.add_person("X800013", "Ivor", "07700 900312", verified=False)
    assert house.signal_kinds(ann) == house.signal_kinds(ben) == ["number_shared"]
    for person in (ann, ben):
        house.submit(officer, f"/people/{person['id']}/number/shared", {"sure": "y"})
    first = house.book(ann, MONDAY)
    second = house.book(
        ben, MONDAY + timedelta(days=1), worker_name="Lin", place_alias="the hall, Mill Lane"
    )
    phone = house.phone("+447700900312")
    phone.wait_for("Hi Hana")
    phone.wait_for("Hi Ivor")
    before = len(phone.received())
    phone.reply("yes")
    question = phone.wait_for("first name").body
    assert not any(word in question for word in ("Hana", "Ivor", "Pat", "Lin", "Bridge", "Mill"))
    assert house.appointment(first["id"])["said"] == house.appointment(second["id"])["said"] == []
    phone.reply("Ivor")
    eventually(
        lambda: (
            [said["kind"] for said in house.appointment(second["id"])["said"]] == ["will_attend"]
        )
    )
    assert house.appointment(first["id"])["said"] == []
    later = phone.received()[before:]
    assert not any("Hana" in text or "Bridge" in text for text in later)
    assert all("Ivor" not in entry["body"] for entry in house.outgoing(ann))


def test_situation_13_two_appointments_on_one_day_are_asked_about_never_guessed(
    house: House,
) -> None:
    """A YES is nobody's until the person says which."""
    person = house.add_person("X800014", "Jem", "07700 900314")
    morning = house.book(person, MONDAY)
    afternoon = house.book(person, MONDAY + timedelta(hours=4), worker_name="Lin")
    phone = house.phone("+447700900314")
    eventually(lambda: _all_told(house, morning, afternoon))
    house.simulator.settle()
    eventually(lambda: {text["status"] for text in house.outgoing(person)} == {"delivered"})
    phone.reply("yes")
    question = phone.wait_for("Which do you mean?").body
    assert "1 for" in question and "2 for" in question
    assert (
        house.appointment(morning["id"])["said"] == house.appointment(afternoon["id"])["said"] == []
    )
    phone.reply("2")
    eventually(
        lambda: (
            [said["kind"] for said in house.appointment(afternoon["id"])["said"]] == ["will_attend"]
        )
    )
    assert house.appointment(morning["id"])["said"] == []


def test_situation_14_an_unknown_number_gets_one_neutral_answer_and_its_history_moves_when_claimed(
    house: House,
) -> None:
    """Nothing about anybody is said; a coordinator claims the number, and the person's thread has
    what came before.
    """
    phone = house.phone("+447700900315")
    phone.reply("is that you pat")
    answer = phone.wait_for().body
    assert "Pat" not in answer
    phone.reply("hello??")
    person = house.add_person("X800015", "Kit", "07700 900316")
    coordinator = house.sign_in("c.okafor@police.example")
    page = eventually(
        lambda: (
            "hello??" in (seen := coordinator.get(f"{house.web}/unknown-numbers", timeout=30).text)
            and seen
        )
    )
    assert "is that you pat" in page
    assert phone.received() == [answer]
    (claim, *_) = re.findall(r'href="(/unknown-numbers/[^"]+/claim)[^"]*"', page)
    house.submit(coordinator, claim, {"person": person["id"]})
    bodies = [entry["body"] for entry in house.incoming(person)]
    assert bodies == ["hello??", "is that you pat"]
    assert "hello??" not in coordinator.get(f"{house.web}/unknown-numbers", timeout=30).text


def test_situation_18_somebody_elses_officer_and_a_partner_are_refused_and_logged(
    house: House,
) -> None:
    """Reading and changing somebody else's person looks like there is nobody, on every page, and
    leaves a line in the log.
    """
    person = house.add_person("X800018", "Lia", "07700 900318")
    booked = house.book(person, MONDAY)
    before = house.log("web").count("access.refused")
    other, partner = (
        house.sign_in("d.rees@probation.example"),
        house.sign_in("jo@tynerecovery.example"),
    )
    for browser in (other, partner):
        token_page = browser.get(f"{house.web}/", timeout=30).text
        for path in (
            f"/people/{person['id']}",
            f"/people/{person['id']}/details",
            f"/appointments/{booked['id']}/outcome",
        ):
            assert browser.get(f"{house.web}{path}", timeout=30).status_code in (403, 404), path
        for path in (f"/appointments/{booked['id']}/cancel", f"/people/{person['id']}/text"):
            answer = browser.post(
                f"{house.web}{path}", data=_form(token_page, reason="x", body="x"), timeout=30
            )
            assert answer.status_code in (403, 404), path
    assert house.appointment(booked["id"])["state"] == "booked"
    assert house.log("web").count("access.refused") > before


def test_situation_20_a_failure_half_way_through_a_use_case_rolls_all_of_it_back(
    house: House,
) -> None:
    """A booking whose last row cannot be written leaves nothing; a reply whose effect fails is done
    once, later, whole.
    """
    person = house.add_person("X800020", "Mel", "07700 900320")
    phone = house.phone("+447700900320")
    with psycopg.connect(house.database_url.replace("+psycopg", ""), autocommit=True) as database:
        _break_events(database, "appointment.booked")
        body = {
            "person_id": person["id"],
            "starts_at": MONDAY.isoformat(),
            "agency": "Probation",
            "type": "office",
        }
        body |= {
            "minutes": 30,
            "worker_name": "Pat",
            "enforceable": True,
            "place_alias": "the centre on Bridge St",
        }
        with pytest.raises(AssertionError, match="500"):
            house.api.post("/appointments", body)
        assert house.api.all("/appointments", person_id=person["id"]) == []
        assert phone.received() == []
        _mend_events(database)
        house.api.post("/appointments", body, status=201)
        phone.wait_for("You see Pat")
        _break_events(database, "signal.raised")
        phone.reply("CALL")
        eventually(lambda: "inbound.failed" in house.log("worker-0"))
        assert house.signals(person) == [] and house.incoming(person) == []
        _mend_events(database)
    phone.wait_for("ring you")
    assert house.signal_kinds(person) == ["call_requested"]
    assert len(house.incoming(person)) == 1


def _codes(reminder: dict[str, object]) -> set[str]:
    reasons = reminder["reasons"]
    assert isinstance(reasons, list)
    return {reason["code"] for reason in reasons}


def _all_told(house: House, *booked: dict[str, object]) -> bool:
    """Whether a text about each appointment has been delivered."""
    told = [house.appointment(str(one["id"]))["reminders"] for one in booked]
    return all(any(reminder["state"] == "sent" for reminder in reminders) for reminders in told)


def _form(page: str, **values: str) -> dict[str, str]:
    return {"csrf_token": csrf_token(page), **values}


def _unapplied_receipts(house: House) -> int:
    """Receipts that wait to be applied, from the service's own metrics."""
    with psycopg.connect(house.database_url.replace("+psycopg", "")) as database:
        row = database.execute("SELECT count(*) FROM receipt WHERE look_at IS NOT NULL").fetchone()
    assert row is not None
    return int(row[0])


def _break_events(database: psycopg.Connection, kind: str) -> None:
    """From now on the database refuses events of a kind, as a full disk or a bug would."""
    database.execute(
        "CREATE FUNCTION refuse_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$"
    )
    database.execute(
        "CREATE TRIGGER refuse_event BEFORE INSERT ON event FOR EACH ROW"
        f" WHEN (NEW.kind = '{kind}') EXECUTE FUNCTION refuse_event()"
    )


def _mend_events(database: psycopg.Connection) -> None:
    database.execute("DROP TRIGGER refuse_event ON event")
    database.execute("DROP FUNCTION refuse_event")


def test_the_shared_service_answers(house: House) -> None:
    """Live, ready, and counted."""
    assert requests.get(f"{house.web}/health/live", timeout=10).status_code == 200
    assert "engage_" in requests.get(f"{house.web}/metrics", timeout=10).text
