"""Another day asked for by text, up to what the worker sees: through simulator, webhook, worker,
interface and pages.
"""

from datetime import UTC, datetime

from tests.end_to_end.service import RunningService, eventually

MONDAY = datetime(2027, 3, 22, 10, 0, tzinfo=UTC)
WEDNESDAY = "2027-03-24T10:00:00+00:00"


def test_another_day_is_asked_for_offered_picked_and_seen(service: RunningService) -> None:
    """Asked, offered, "2", booked: one text says the new time, the pages show it, the worker gets a
    notice, and nothing is left to do.
    """
    pat = service.sign_in("p.hale@probation.example")
    service.submit(pat, "/notices", {"mobile": "07700 900702", "wants": "y"})
    person = service.add_person("X800701", "Ana", "07700 900701")
    phone = service.phone("+447700900701")
    times = ("2027-03-23T14:00:00Z", WEDNESDAY, "2027-03-25T16:00:00Z")
    for starts_at in times:
        body = {
            "worker": "p.hale@probation.example",
            "type": "office",
            "starts_at": starts_at,
            "minutes": 30,
        }
        service.api.post("/free-times", {**body, "place_alias": "the hall, Mill Lane"}, status=201)
    booked = service.book(person, MONDAY)
    phone.wait_for("You see Pat")
    service.simulator.settle()

    phone.reply("can we change it to another day please")
    phone.wait_for("Pat will be in touch about another time")
    assert service.signal_kinds(person) == ["cannot_attend"]

    allowed = service.submit(pat, f"/people/{person['id']}/details", _details(rebooking="y"))
    assert "Allowed since Sat 20 March" in allowed.text
    phone.reply("can we change it to another day please")
    offer = phone.wait_for("0 none of these").body
    assert offer == (
        "Thanks Ana. Which suits you?\n1 Tue 23 Mar 2pm\n2 Wed 24 Mar 10am\n3 Thu 25 Mar 4pm\n"
        "0 none of these\n"
        "Your old time stands until you pick."
    )
    assert service.appointment(booked["id"])["starts_at"] == MONDAY.isoformat()
    assert [one["state"] for one in service.api.all("/free-times")] == ["held"] * 3

    phone.reply("2")
    told = phone.wait_for("Your time has changed").body
    assert "Wed 24 March, 10am, the hall, Mill Lane" in told
    moved = service.appointment(booked["id"])
    assert (moved["starts_at"], moved["revision"]) == (WEDNESDAY, 2)
    assert service.signals(person) == []
    assert [one["state"] for one in service.api.all("/free-times")] == ["free", "taken", "free"]

    notice = service.phone("+447700900702").wait_for("Engage").body
    assert notice == "Engage: an item needs you. Please sign in."
    today = " ".join(pat.get(f"{service.web}/today", timeout=30).text.split())
    assert (
        "Moved by text" in today and "Ana Test</a>" in today and "was Mon 22 March, 10am" in today
    )
    page = " ".join(pat.get(f"{service.web}/people/{person['id']}", timeout=30).text.split())
    assert "Moved by text to Wed 24 March, 10am" in page

    service.simulator.settle()
    phone.reply("yes")
    eventually(
        lambda: (
            [one["kind"] for one in service.appointment(booked["id"])["said"]] == ["will_attend"]
        ),
        what="the yes is to the new time",
    )
    assert sum("Your time has changed" in body for body in phone.received()) == 1


def _details(**changes: str) -> dict[str, str]:
    """The details of a person as they are, with changes."""
    return {
        "preferred_name": "",
        "language": "en",
        "legal_status": "statutory",
        "custody_status": "community",
        "contact_status": "open",
        "approved": "y",
        "text_from_hour": "",
        "text_until_hour": "",
        **changes,
    }
