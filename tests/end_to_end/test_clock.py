"""Effects of time, end to end: the service is stopped and restarted at later moments."""

from datetime import UTC, datetime, timedelta

from tests.end_to_end.service import RunningService, eventually


def test_situation_06_and_08_a_moved_appointment_is_reminded_once_across_the_clock_change(
    service: RunningService,
) -> None:
    """Monday 29 March 2027, 10:00 in London, is an hour earlier in UTC than the Saturday before;
    its text is sent at 10:00 on Sunday.
    """
    kept = service.add_person("X800106", "Nia", "07700 900406")
    moved = service.add_person("X800107", "Oli", "07700 900407")
    monday = datetime(2027, 3, 29, 9, 0, tzinfo=UTC)
    staying = service.book(kept, monday)
    going = service.book(moved, monday)
    for number in ("+447700900406", "+447700900407"):
        service.phone(number).wait_for("Mon 29 March, 10am")
    (one_day,) = [
        reminder
        for reminder in service.appointment(staying["id"])["reminders"]
        if reminder["kind"] == "one_day"
    ]
    assert datetime.fromisoformat(one_day["due_at"]) == datetime(2027, 3, 28, 9, 0, tzinfo=UTC)
    service.api.post(
        f"/appointments/{going['id']}/move",
        {"starts_at": (monday + timedelta(days=14)).isoformat()},
    )
    service.phone("+447700900407").wait_for("Your time has changed to Mon 12 April, 10am")

    service.travel(datetime(2027, 3, 26, 10, 0, 1, tzinfo=UTC))
    service.phone("+447700900406").wait_for("How will you get there?")
    service.travel(datetime(2027, 3, 28, 8, 45, 0, tzinfo=UTC))
    before = {
        number: len(service.phone(number).received())
        for number in ("+447700900406", "+447700900407")
    }
    service.travel(datetime(2027, 3, 28, 9, 0, 1, tzinfo=UTC))
    text = service.phone("+447700900406").wait_for("tomorrow")
    assert "10am" in text.body
    reminders = service.appointment(going["id"])["reminders"]
    assert all(
        reminder["state"] != "planned" for reminder in reminders if reminder["revision"] == 1
    )
    assert len(service.phone("+447700900406").received()) == before["+447700900406"] + 1
    assert len(service.phone("+447700900407").received()) == before["+447700900407"]


def test_situation_08_local_time_holds_when_the_clocks_go_back(service: RunningService) -> None:
    """Monday 1 November 2027, 10:00 in London: its text is sent at 10:00 on the Sunday after the
    longer night.
    """
    service.travel(datetime(2027, 10, 25, 9, 0, tzinfo=UTC))
    person = service.add_person("X800108", "Peg", "07700 900408")
    booked = service.book(person, datetime(2027, 11, 1, 10, 0, tzinfo=UTC))
    service.phone("+447700900408").wait_for("Mon 1 November, 10am")
    due = {
        reminder["kind"]: datetime.fromisoformat(reminder["due_at"])
        for reminder in service.appointment(booked["id"])["reminders"]
    }
    assert due["one_day"] == datetime(2027, 10, 31, 10, 0, tzinfo=UTC)
    assert due["three_days"] == datetime(2027, 10, 29, 9, 0, tzinfo=UTC)
    service.travel(datetime(2027, 10, 31, 10, 0, 1, tzinfo=UTC))
    assert "10am" in service.phone("+447700900408").wait_for("tomorrow").body
    eventually(lambda: service.outgoing(person)[0]["status"] == "delivered")
