"""A night with a person in danger: from their text to the worker who resumes texts, through phone,
webhook, worker and page.
"""

from datetime import UTC, datetime, timedelta

import psycopg

from tests.end_to_end.service import RunningService, eventually

NIGHT = datetime(2027, 3, 22, 22, 0, tzinfo=UTC)
NIA, SAM, LEE, STRANGER, BEA = (
    "+447700900401",
    "+447700900480",
    "+447700900481",
    "+447700900477",
    "+447700900402",
)
NOTICE = "an item needs you"


def put_on_call(service: RunningService) -> None:
    """The coordinator is level 1 for the night, the supervisor level 2; both have a mobile."""
    service.engage("staff", "set-mobile", "c.okafor@police.example", SAM)
    service.engage("staff", "set-mobile", "s.ward@probation.example", LEE)
    browser = service.sign_in("c.okafor@police.example")
    page = browser.get(f"{service.web}/on-call", timeout=30).text
    assert "No one is on call" in page
    for level, name in ((1, "Chidi Okafor"), (2, "Sheila Ward")):
        before, _ = page.split(f">{name}</option>", 1)
        service.submit(
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
    assert [turn["level"] for turn in service.api.get("/on-call")["items"]] == [1, 2]


def texts_to(service: RunningService, number: str) -> list[str]:
    """Every text that the network accepted for a number."""
    return [text.body for text in service.ledger() if text.to == number]


def alarms_over(service: RunningService) -> bool:
    """Whether no alarm is waiting."""
    with psycopg.connect(service.database_url.replace("+psycopg", "")) as connection:
        found = connection.execute(
            "SELECT count(*) FROM alarm WHERE next_at IS NOT NULL"
        ).fetchone()
    return found == (0,)


def test_a_night_from_the_text_to_the_all_clear(service: RunningService) -> None:
    """Safety advice in their language within seconds, level 1 at once, level 2 a quarter of an hour
    later, no one after acknowledgement; the reminder waits, and is sent when a worker has spoken
    with them.
    """
    put_on_call(service)
    nia = service.add_person("X800401", "Nia", NIA, language="cy")
    booked = service.book(nia, datetime(2027, 3, 24, 10, 0, tzinfo=UTC))
    phone = service.phone(NIA)
    phone.wait_for("Byddwch yn gweld Pat")

    service.travel(NIGHT)
    phone.reply("dwi isio marw")
    phone.wait_for("ffoniwch 116 123", timeout=20)
    service.phone(SAM).wait_for(NOTICE)
    (signal,) = service.signals(nia)
    assert signal["kind"] == "crisis"
    raised, due = (datetime.fromisoformat(signal[name]) for name in ("raised_at", "due_at"))
    assert due - raised == timedelta(minutes=15)
    assert texts_to(service, LEE) == []
    assert all("Nia" not in text for text in texts_to(service, SAM))
    assert service.person("X800401")["texts_paused_at"] is not None

    service.travel(NIGHT + timedelta(minutes=16))
    service.phone(LEE).wait_for(NOTICE)
    assert len(texts_to(service, SAM)) == 1
    browser = service.sign_in("s.ward@probation.example")
    page = browser.get(f"{service.web}/signals/{signal['id']}", timeout=30).text
    assert "Chidi Okafor was told" in page and "Not acknowledged yet" in page
    service.post(browser, f"/signals/{signal['id']}/acknowledge", {}, page)

    service.travel(NIGHT + timedelta(minutes=40))
    eventually(lambda: alarms_over(service))
    assert (len(texts_to(service, SAM)), len(texts_to(service, LEE))) == (1, 1)

    service.travel(datetime(2027, 3, 23, 10, 30, tzinfo=UTC))
    eventually(lambda: _reminder(service, booked["id"], "one_day")["state"] == "skipped")
    assert [
        reason["code"] for reason in _reminder(service, booked["id"], "one_day")["reasons"]
    ] == ["paused"]
    assert not any("Yfory" in text for text in texts_to(service, NIA))
    browser = service.sign_in("p.hale@probation.example")
    page = browser.get(f"{service.web}/people/{nia['id']}", timeout=30).text
    assert "Texts wait until a worker has spoken with them" in page
    service.post(browser, f"/people/{nia['id']}/texts/go-on", {}, page)
    phone.wait_for("Yfory byddwch yn gweld Pat")


def test_a_watched_phone_and_a_stranger_in_danger(service: RunningService) -> None:
    """Nothing is sent to a phone that another person reads, not even safety advice; danger from an
    unknown number reaches the worker on call.
    """
    put_on_call(service)
    bea = service.add_person("X800402", "Bea", BEA)
    service.travel(NIGHT)
    before = len(texts_to(service, BEA))
    service.phone(BEA).reply("i want to die. dont text this number he reads it")
    eventually(lambda: service.signal_kinds(bea) == ["crisis", "unsafe_phone"])
    service.phone(SAM).wait_for(NOTICE)
    service.phone(STRANGER).reply("i want to die")
    service.phone(STRANGER).wait_for("116 123")
    service.phone(SAM).wait_for(NOTICE, count=2)
    assert len(texts_to(service, BEA)) == before
    browser = service.sign_in("c.okafor@police.example")
    assert "i want to die" in browser.get(f"{service.web}/unknown-numbers", timeout=30).text


def _reminder(service: RunningService, appointment_id: str, kind: str) -> dict[str, object]:
    """The newest reminder of a kind."""
    found = [one for one in service.appointment(appointment_id)["reminders"] if one["kind"] == kind]
    return dict(found[-1])
