"""A night in which somebody is in danger: from their text to the worker who lets texts go on,
through phone, webhook, worker and page.
"""

from datetime import UTC, datetime, timedelta

import psycopg

from tests.end_to_end.house import House, eventually

NIGHT = datetime(2027, 3, 22, 22, 0, tzinfo=UTC)
NIA, SAM, LEE, STRANGER, BEA = (
    "+447700900401",
    "+447700900480",
    "+447700900481",
    "+447700900477",
    "+447700900402",
)
NOTICE = "an item needs you"


def put_on_call(house: House) -> None:
    """The coordinator is level 1 for the night, the supervisor level 2; both have a mobile."""
    house.engage("staff", "set-mobile", "c.okafor@police.example", SAM)
    house.engage("staff", "set-mobile", "s.ward@probation.example", LEE)
    browser = house.sign_in("c.okafor@police.example")
    page = browser.get(f"{house.web}/on-call", timeout=30).text
    assert "Nobody is on call" in page
    for level, name in ((1, "Chidi Okafor"), (2, "Sheila Ward")):
        before, _ = page.split(f">{name}</option>", 1)
        house.submit(
            browser,
            "/on-call",
            {
                "hub": page.split('name="hub"', 1)[1].split('value="', 1)[1].split('"', 1)[0],
                "staff": before.rsplit('value="', 1)[1].split('"', 1)[0],
                "level": str(level),
                "starts_on-day": "22",
                "starts_on-month": "3",
                "starts_on-year": "2027",
                "starts_time": "5pm",
                "ends_on-day": "23",
                "ends_on-month": "3",
                "ends_on-year": "2027",
                "ends_time": "9am",
            },
        )
    assert [turn["level"] for turn in house.api.get("/on-call")["items"]] == [1, 2]


def texts_to(house: House, number: str) -> list[str]:
    """Every text that the network took for a number."""
    return [text.body for text in house.ledger() if text.to == number]


def alarms_over(house: House) -> bool:
    """Whether no alarm waits any more."""
    with psycopg.connect(house.database_url.replace("+psycopg", "")) as connection:
        found = connection.execute(
            "SELECT count(*) FROM alarm WHERE next_at IS NOT NULL"
        ).fetchone()
    return found == (0,)


def test_a_night_from_the_text_to_the_all_clear(house: House) -> None:
    """Safety advice in their language within seconds, level 1 at once, level 2 a quarter of an hour
    later, nobody once it is acknowledged; the reminder waits, and goes when a worker has spoken
    with them.
    """
    put_on_call(house)
    nia = house.add_person("X800401", "Nia", NIA, language="cy")
    booked = house.book(nia, datetime(2027, 3, 24, 10, 0, tzinfo=UTC))
    phone = house.phone(NIA)
    phone.wait_for("Byddwch yn gweld Pat")

    house.travel(NIGHT)
    phone.reply("dwi isio marw")
    phone.wait_for("ffoniwch 116 123", timeout=20)
    house.phone(SAM).wait_for(NOTICE)
    (signal,) = house.signals(nia)
    assert signal["kind"] == "crisis"
    raised, due = (datetime.fromisoformat(signal[name]) for name in ("raised_at", "due_at"))
    assert due - raised == timedelta(minutes=15)
    assert texts_to(house, LEE) == []
    assert all("Nia" not in text for text in texts_to(house, SAM))
    assert house.person("X800401")["texts_paused_at"] is not None

    house.travel(NIGHT + timedelta(minutes=16))
    house.phone(LEE).wait_for(NOTICE)
    assert len(texts_to(house, SAM)) == 1
    browser = house.sign_in("s.ward@probation.example")
    page = browser.get(f"{house.web}/signals/{signal['id']}", timeout=30).text
    assert "Chidi Okafor was told" in page and "Nobody has acknowledged" in page
    house.post(browser, f"/signals/{signal['id']}/acknowledge", {}, page)

    house.travel(NIGHT + timedelta(minutes=40))
    eventually(lambda: alarms_over(house))
    assert (len(texts_to(house, SAM)), len(texts_to(house, LEE))) == (1, 1)

    house.travel(datetime(2027, 3, 23, 10, 30, tzinfo=UTC))
    eventually(lambda: _reminder(house, booked["id"], "one_day")["state"] == "skipped")
    assert [reason["code"] for reason in _reminder(house, booked["id"], "one_day")["reasons"]] == [
        "paused"
    ]
    assert not any("Yfory" in text for text in texts_to(house, NIA))
    browser = house.sign_in("p.hale@probation.example")
    page = browser.get(f"{house.web}/people/{nia['id']}", timeout=30).text
    assert "Texts wait until a worker has spoken with them" in page
    house.post(browser, f"/people/{nia['id']}/texts/go-on", {}, page)
    phone.wait_for("Yfory byddwch yn gweld Pat")


def test_a_watched_phone_and_a_stranger_in_danger(house: House) -> None:
    """Nothing goes to a phone that somebody else reads, not even safety advice; danger from a
    number of nobody reaches whoever is on call.
    """
    put_on_call(house)
    bea = house.add_person("X800402", "Bea", BEA)
    house.travel(NIGHT)
    before = len(texts_to(house, BEA))
    house.phone(BEA).reply("i want to die. dont text this number he reads it")
    eventually(lambda: house.signal_kinds(bea) == ["crisis", "unsafe_phone"])
    house.phone(SAM).wait_for(NOTICE)
    house.phone(STRANGER).reply("i want to die")
    house.phone(STRANGER).wait_for("116 123")
    house.phone(SAM).wait_for(NOTICE, count=2)
    assert len(texts_to(house, BEA)) == before
    browser = house.sign_in("c.okafor@police.example")
    assert "i want to die" in browser.get(f"{house.web}/unknown-numbers", timeout=30).text


def _reminder(house: House, appointment_id: str, kind: str) -> dict[str, object]:
    """The newest reminder of a kind."""
    found = [one for one in house.appointment(appointment_id)["reminders"] if one["kind"] == kind]
    return dict(found[-1])
