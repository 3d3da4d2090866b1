"""Situations that must come out right, end to end: through simulator, webhook, worker, interface
and pages. Each test names its situation.
"""

import re
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import requests

from tests.end_to_end.service import RunningService, csrf_token, eventually

pytestmark = pytest.mark.usefixtures("fine_weather")

MONDAY = datetime(2027, 3, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def service(shared_service: RunningService) -> RunningService:
    """The service that the tests of this module share."""
    return shared_service


@pytest.fixture
def fine_weather(shared_service: RunningService) -> None:
    """The simulated network behaves again, whatever a test before did to it."""
    shared_service.simulator.remove_rules()


def test_situation_01_an_unsigned_or_wrongly_signed_webhook_is_refused_and_stores_nothing(
    service: RunningService,
) -> None:
    """403, no text in any thread, no signal, and a line in the log."""
    person = service.add_person("X800001", "Ann", "07700 900301")
    phone = service.phone("+447700900301")
    assert phone.reply("CALL", signature="wrong").statuses == [403]
    assert phone.reply("CALL", signature="absent").statuses == [403]
    assert phone.reply("HELP").statuses == [200]
    eventually(lambda: [entry["body"] for entry in service.incoming(person)] == ["HELP"])
    assert service.signal_kinds(person) == []
    assert service.log("web").count("webhook.refused") >= 2


def test_situation_02_the_same_text_five_times_at_once_has_one_effect(
    service: RunningService,
) -> None:
    """One text in the thread, one signal with one piece of evidence, one answer."""
    person = service.add_person("X800002", "Bea", "07700 900302")
    phone = service.phone("+447700900302")
    assert phone.reply("CALL", copies=5).statuses == [200] * 5
    phone.wait_for("ring you")
    (signal,) = service.signals(person)
    assert signal["kind"] == "call_requested"
    assert len([link for link in signal["evidence"] if link["type"] == "inbound"]) == 1
    assert len(service.incoming(person)) == 1 and len(phone.received()) == 1


def test_situation_03_receipts_reversed_and_repeated_never_take_delivered_back(
    service: RunningService,
) -> None:
    """A late `sent` after `delivered` is kept and changes nothing."""
    service.simulator.script(to="+447700900303", order="reversed", repeat=2)
    person = service.add_person("X800003", "Cal", "07700 900303")
    service.book(person, MONDAY)
    service.phone("+447700900303").wait_for("You see Pat")
    eventually(lambda: service.outgoing(person)[0]["status"] == "delivered")
    service.simulator.settle()
    service.simulator.remove_rules()
    eventually(lambda: _unapplied_receipts(service) == 0)
    assert service.outgoing(person)[0]["status"] == "delivered"


def test_situation_04_a_receipt_before_the_create_call_has_answered_is_applied(
    service: RunningService,
) -> None:
    """All callbacks come before the answer; the text ends delivered, once."""
    service.simulator.script(to="+447700900304", early=True, latency=1)
    person = service.add_person("X800004", "Dot", "07700 900304")
    service.book(person, MONDAY)
    eventually(lambda: [text["status"] for text in service.outgoing(person)] == ["delivered"])
    service.simulator.settle()
    assert [text["status"] for text in service.outgoing(person)] == ["delivered"]
    assert len(service.phone("+447700900304").received()) == 1


def test_situation_07_a_cancelled_or_moved_appointment_voids_its_reminders_and_corrects(
    service: RunningService,
) -> None:
    """Moved later, moved earlier, called off: each time the old reminders are void and one
    correction goes out.
    """
    person = service.add_person("X800007", "Eva", "07700 900307")
    phone = service.phone("+447700900307")
    booked = service.book(person, MONDAY + timedelta(days=7))
    phone.wait_for("Mon 29 March, 11am")
    for count, days in enumerate((8, 6), start=1):
        service.api.post(
            f"/appointments/{booked['id']}/move",
            {"starts_at": (MONDAY + timedelta(days=days)).isoformat()},
        )
        phone.wait_for("Your time has changed", count=count)
    moved = service.appointment(booked["id"])
    assert moved["revision"] == 3
    old = [
        reminder
        for reminder in moved["reminders"]
        if reminder["revision"] < 3 and reminder["state"] != "sent"
    ]
    assert old and all(
        reminder["state"] in ("void", "skipped") and reminder["reasons"] for reminder in old
    )
    other = service.add_person("X800008", "Eli", "07700 900308")
    phone = service.phone("+447700900308")
    off = service.book(other, MONDAY + timedelta(days=7))
    phone.wait_for("Mon 29 March, 11am")
    service.api.post(f"/appointments/{off['id']}/cancel", {"reason": "worker is ill"})
    phone.wait_for("You do not need to come")
    called_off = service.appointment(off["id"])
    assert called_off["state"] == "cancelled"
    assert {
        reminder["state"]
        for reminder in called_off["reminders"]
        if reminder["kind"] != "called_off"
    } <= {"sent", "void", "skipped"}


def test_situation_09_booked_under_24_hours_ahead_gets_one_suitable_reminder(
    service: RunningService,
) -> None:
    """One text, and every other reminder stands with its reason."""
    person = service.add_person("X800009", "Fay", "07700 900309")
    booked = service.book(person, datetime(2027, 3, 20, 16, 0, tzinfo=UTC))
    service.phone("+447700900309").wait_for("Pat")
    reminders = eventually(
        lambda: (
            (found := service.appointment(booked["id"])["reminders"])
            and all(reminder["state"] != "planned" for reminder in found)
            and found
        )
    )
    assert [reminder["state"] for reminder in reminders].count("sent") == 1
    assert all(reminder["reasons"] for reminder in reminders if reminder["state"] == "skipped")
    assert len(service.phone("+447700900309").received()) == 1


def test_situation_11_stop_then_help_is_still_stopped_and_start_restores(
    service: RunningService,
) -> None:
    """Only START restores; the appointment still gets its reminders afterwards."""
    person = service.add_person("X800011", "Gus", "07700 900311")
    phone = service.phone("+447700900311")
    phone.reply("Stop")
    phone.wait_for("You will get no more texts")
    assert service.signal_kinds(person) == ["opted_out"]
    phone.reply("HELP")
    phone.reply("yes")
    eventually(lambda: len(service.incoming(person)) == 3)
    booked = service.book(person, MONDAY)
    eventually(
        lambda: any(
            "stopped" in _codes(reminder)
            for reminder in service.appointment(booked["id"])["reminders"]
        )
    )
    assert len(phone.received()) == 1
    phone.reply("START")
    eventually(lambda: len(phone.received()) >= 2)
    phone.wait_for("You see Pat")


def test_situation_12_two_people_on_one_phone_are_asked_never_guessed_and_see_nothing_of_each_other(
    service: RunningService,
) -> None:
    """A YES that could be either's is nobody's until a name comes; no text names the other person's
    appointment.
    """
    officer = service.sign_in("p.hale@probation.example")
    ann = service.add_person("X800012", "Hana", "07700 900312", verified=False)
    ben = service.add_person("X800013", "Ivor", "07700 900312", verified=False)
    assert service.signal_kinds(ann) == service.signal_kinds(ben) == ["number_shared"]
    for person in (ann, ben):
        service.submit(officer, f"/people/{person['id']}/phone-number/shared", {"sure": "y"})
    first = service.book(ann, MONDAY)
    second = service.book(
        ben, MONDAY + timedelta(days=1), worker_name="Lin", place_alias="the hall, Mill Lane"
    )
    phone = service.phone("+447700900312")
    phone.wait_for("Hi Hana")
    phone.wait_for("Hi Ivor")
    before = len(phone.received())
    phone.reply("yes")
    question = phone.wait_for("first name").body
    assert not any(word in question for word in ("Hana", "Ivor", "Pat", "Lin", "Bridge", "Mill"))
    assert (
        service.appointment(first["id"])["said"] == service.appointment(second["id"])["said"] == []
    )
    phone.reply("Ivor")
    eventually(
        lambda: (
            [said["kind"] for said in service.appointment(second["id"])["said"]] == ["will_attend"]
        )
    )
    assert service.appointment(first["id"])["said"] == []
    later = phone.received()[before:]
    assert not any("Hana" in text or "Bridge" in text for text in later)
    assert all("Ivor" not in entry["body"] for entry in service.outgoing(ann))


def test_situation_13_two_appointments_on_one_day_are_asked_about_never_guessed(
    service: RunningService,
) -> None:
    """A YES is nobody's until the person says which."""
    person = service.add_person("X800014", "Jem", "07700 900314")
    morning = service.book(person, MONDAY)
    afternoon = service.book(person, MONDAY + timedelta(hours=4), worker_name="Lin")
    phone = service.phone("+447700900314")
    eventually(lambda: _all_told(service, morning, afternoon))
    service.simulator.settle()
    eventually(lambda: {text["status"] for text in service.outgoing(person)} == {"delivered"})
    phone.reply("yes")
    question = phone.wait_for("Which do you mean?").body
    assert [line[:2] for line in question.splitlines()[1:]] == ["1 ", "2 ", "3 "]
    assert (
        service.appointment(morning["id"])["said"]
        == service.appointment(afternoon["id"])["said"]
        == []
    )
    phone.reply("2")
    eventually(
        lambda: (
            [said["kind"] for said in service.appointment(afternoon["id"])["said"]]
            == ["will_attend"]
        )
    )
    assert service.appointment(morning["id"])["said"] == []


def test_situation_14_an_unknown_number_gets_one_neutral_answer_and_its_history_moves_when_claimed(
    service: RunningService,
) -> None:
    """Nothing about anybody is said; a coordinator claims the number, and the person's thread has
    what came before.
    """
    phone = service.phone("+447700900315")
    phone.reply("is that you pat")
    answer = phone.wait_for().body
    assert "Pat" not in answer
    phone.reply("hello??")
    person = service.add_person("X800015", "Kit", "07700 900316")
    coordinator = service.sign_in("c.okafor@police.example")
    page = eventually(
        lambda: (
            "hello??"
            in (seen := coordinator.get(f"{service.web}/unknown-numbers", timeout=30).text)
            and seen
        )
    )
    assert "is that you pat" in page
    assert phone.received() == [answer]
    (claim, *_) = re.findall(r'href="(/unknown-numbers/[^"]+/claim)[^"]*"', page)
    service.submit(coordinator, claim, {"person": person["id"]})
    bodies = [entry["body"] for entry in service.incoming(person)]
    assert bodies == ["hello??", "is that you pat"]
    assert "hello??" not in coordinator.get(f"{service.web}/unknown-numbers", timeout=30).text


def test_situation_18_somebody_elses_officer_and_a_partner_are_refused_and_logged(
    service: RunningService,
) -> None:
    """Reading and changing somebody else's person looks like there is nobody, on every page, and
    leaves a line in the log.
    """
    person = service.add_person("X800018", "Lia", "07700 900318")
    booked = service.book(person, MONDAY)
    before = service.log("web").count("access.refused")
    other, partner = (
        service.sign_in("d.rees@probation.example"),
        service.sign_in("jo@tynerecovery.example"),
    )
    for browser in (other, partner):
        token_page = browser.get(f"{service.web}/", timeout=30).text
        for path in (
            f"/people/{person['id']}",
            f"/people/{person['id']}/details",
            f"/appointments/{booked['id']}/outcome",
        ):
            assert browser.get(f"{service.web}{path}", timeout=30).status_code in (403, 404), path
        for path in (f"/appointments/{booked['id']}/cancel", f"/people/{person['id']}/text"):
            answer = browser.post(
                f"{service.web}{path}", data=_form(token_page, reason="x", body="x"), timeout=30
            )
            assert answer.status_code in (403, 404), path
    assert service.appointment(booked["id"])["state"] == "booked"
    assert service.log("web").count("access.refused") > before


def test_situation_20_a_failure_half_way_through_a_use_case_rolls_all_of_it_back(
    service: RunningService,
) -> None:
    """A booking whose last row cannot be written leaves nothing; a reply whose effect fails is done
    once, later, whole.
    """
    person = service.add_person("X800020", "Mel", "07700 900320")
    phone = service.phone("+447700900320")
    with psycopg.connect(service.database_url.replace("+psycopg", ""), autocommit=True) as database:
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
            service.api.post("/appointments", body)
        assert service.api.all("/appointments", person_id=person["id"]) == []
        assert phone.received() == []
        _mend_events(database)
        service.api.post("/appointments", body, status=201)
        phone.wait_for("You see Pat")
        _break_events(database, "signal.raised")
        phone.reply("CALL")
        eventually(lambda: "inbound.failed" in service.log("worker-0"))
        assert service.signals(person) == [] and service.incoming(person) == []
        _mend_events(database)
    phone.wait_for("ring you")
    assert service.signal_kinds(person) == ["call_requested"]
    assert len(service.incoming(person)) == 1


def _codes(reminder: dict[str, object]) -> set[str]:
    reasons = reminder["reasons"]
    assert isinstance(reasons, list)
    return {reason["code"] for reason in reasons}


def _all_told(service: RunningService, *booked: dict[str, object]) -> bool:
    """Whether a text about each appointment has been delivered."""
    told = [service.appointment(str(one["id"]))["reminders"] for one in booked]
    return all(any(reminder["state"] == "sent" for reminder in reminders) for reminders in told)


def _form(page: str, **values: str) -> dict[str, str]:
    return {"csrf_token": csrf_token(page), **values}


def _unapplied_receipts(service: RunningService) -> int:
    """Receipts that wait to be applied, from the service's own metrics."""
    with psycopg.connect(service.database_url.replace("+psycopg", "")) as database:
        row = database.execute("SELECT count(*) FROM receipt WHERE look_at IS NOT NULL").fetchone()
    assert row is not None
    return int(row[0])


def _break_events(database: psycopg.Connection, kind: str) -> None:
    """From now on the database refuses events of a kind, as a full disk or a bug would."""
    database.execute(
        "CREATE FUNCTION refuse_event() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$"
    )
    database.execute(
        "CREATE TRIGGER refuse_event BEFORE INSERT ON event FOR EACH ROW"
        f" WHEN (NEW.kind = '{kind}') EXECUTE FUNCTION refuse_event()"
    )


def _mend_events(database: psycopg.Connection) -> None:
    database.execute("DROP TRIGGER refuse_event ON event")
    database.execute("DROP FUNCTION refuse_event")


def test_the_shared_service_answers(service: RunningService) -> None:
    """Live, ready, and counted."""
    assert requests.get(f"{service.web}/health/live", timeout=10).status_code == 200
    assert "engage_" in requests.get(f"{service.web}/metrics", timeout=10).text
