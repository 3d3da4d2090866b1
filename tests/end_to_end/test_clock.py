"""What only time shows, end to end: the service is stopped and started again at later moments."""

from datetime import UTC, datetime, timedelta

from tests.end_to_end.house import House, eventually


def test_situation_06_and_08_a_moved_appointments_old_reminder_sends_nothing_and_local_time_holds_across_the_clock_change(
    house: House,
) -> None:
    """Monday 29 March 2027, 10:00 in London, is an hour earlier in UTC than the Saturday before;
    its text goes at 10:00 on Sunday.
    """
    kept = house.add_person("X800106", "Nia", "07700 900406")
    moved = house.add_person("X800107", "Oli", "07700 900407")
    monday = datetime(2027, 3, 29, 9, 0, tzinfo=UTC)
    staying = house.book(kept, monday)
    going = house.book(moved, monday)
    for number in ("+447700900406", "+447700900407"):
        house.phone(number).wait_for("Mon 29 March, 10:00am")
    (one_day,) = [
        reminder
        for reminder in house.appointment(staying["id"])["reminders"]
        if reminder["kind"] == "one_day"
    ]
    assert datetime.fromisoformat(one_day["due_at"]) == datetime(2027, 3, 28, 9, 0, tzinfo=UTC)
    house.api.post(
        f"/appointments/{going['id']}/move",
        {"starts_at": (monday + timedelta(days=14)).isoformat()},
    )
    house.phone("+447700900407").wait_for("Your time has changed to Mon 12 April, 10:00am")

    house.travel(datetime(2027, 3, 26, 10, 0, 1, tzinfo=UTC))
    house.phone("+447700900406").wait_for("How will you get there?")
    house.travel(datetime(2027, 3, 28, 8, 45, 0, tzinfo=UTC))
    before = {
        number: len(house.phone(number).received()) for number in ("+447700900406", "+447700900407")
    }
    house.travel(datetime(2027, 3, 28, 9, 0, 1, tzinfo=UTC))
    text = house.phone("+447700900406").wait_for("tomorrow")
    assert "10:00am" in text.body
    reminders = house.appointment(going["id"])["reminders"]
    assert all(
        reminder["state"] != "planned" for reminder in reminders if reminder["revision"] == 1
    )
    assert len(house.phone("+447700900406").received()) == before["+447700900406"] + 1
    assert len(house.phone("+447700900407").received()) == before["+447700900407"]


def test_situation_08_local_time_holds_when_the_clocks_go_back(house: House) -> None:
    """Monday 1 November 2027, 10:00 in London: its text goes at 10:00 on the Sunday whose night was
    an hour longer.
    """
    house.travel(datetime(2027, 10, 25, 9, 0, tzinfo=UTC))
    person = house.add_person("X800108", "Peg", "07700 900408")
    booked = house.book(person, datetime(2027, 11, 1, 10, 0, tzinfo=UTC))
    house.phone("+447700900408").wait_for("Mon 1 November, 10:00am")
    due = {
        reminder["kind"]: datetime.fromisoformat(reminder["due_at"])
        for reminder in house.appointment(booked["id"])["reminders"]
    }
    assert due["one_day"] == datetime(2027, 10, 31, 10, 0, tzinfo=UTC)
    assert due["three_days"] == datetime(2027, 10, 29, 9, 0, tzinfo=UTC)
    house.travel(datetime(2027, 10, 31, 10, 0, 1, tzinfo=UTC))
    assert "10:00am" in house.phone("+447700900408").wait_for("tomorrow").body
    eventually(lambda: house.outgoing(person)[0]["status"] == "delivered")
