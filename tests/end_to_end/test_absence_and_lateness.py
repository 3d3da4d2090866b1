"""Late, here, missed: what a phone says about an appointment of now or one that is over, up to the worker's page, end to end."""

from datetime import UTC, datetime

from tests.end_to_end.house import House, eventually

TEN = datetime(2027, 3, 22, 10, 0, tzinfo=UTC)


def test_late_here_and_missed(house: House) -> None:
    """Ten minutes late stands on the worker's day; "here" against a recorded absence is disputed; a missed one is asked about, and the answer waits."""
    jay = house.add_person("X800601", "Jay", "07700 900601")
    kim = house.add_person("X800602", "Kim", "07700 900602")
    lou = house.add_person("X800603", "Lou", "07700 900603")
    booked = {person["id"]: house.book(person, TEN) for person in (jay, kim, lou)}
    for number in ("+447700900601", "+447700900602", "+447700900603"):
        house.phone(number).wait_for("Mon 22 March, 10:00am")

    house.travel(datetime(2027, 3, 22, 9, 52, tzinfo=UTC))
    house.phone("+447700900601").reply("running 10 mins late")
    house.phone("+447700900601").wait_for("see that you are late")
    house.phone("+447700900602").reply("im here")
    house.phone("+447700900602").wait_for("see that you are here")
    pat = house.sign_in("p.hale@probation.example")
    for page in ("/today", "/day/2027-03-22"):
        words = " ".join(pat.get(f"{house.web}{page}", timeout=30).text.split())
        assert "Jay Test</a>: 10 minutes late, said 9:52am" in words
        assert "Kim Test</a>: says they are here, said 9:52am" in words

    house.travel(datetime(2027, 3, 22, 11, 0, tzinfo=UTC))
    pat = house.sign_in("p.hale@probation.example")
    for person in (kim, lou):
        path = f"/appointments/{booked[person['id']]['id']}/outcome"
        house.submit(pat, path, {"code": "AFTA", "note": ""})
    disputed = eventually(
        lambda: [one for one in house.signals(kim) if one["kind"] == "claim_disputed"],
        what="the claim is disputed",
    )
    assert {link["type"] for link in disputed[0]["evidence"]} == {"outcome", "appointment", "inbound"}
    text = house.phone("+447700900603").wait_for("We did not see you today")
    assert "Please tell us why by Mon 29 March" in text.body
    missed = house.appointment(booked[lou["id"]]["id"])
    chases = {one["kind"]: one["state"] for one in missed["reminders"] if one["kind"].startswith("missed")}
    assert chases == {"missed": "sent", "missed_again": "planned"}
    assert (missed["absence_reasons"], [one["code"] for one in missed["outcomes"]]) == ([], ["AFTA"])

    house.travel(datetime(2027, 3, 27, 10, 0, 1, tzinfo=UTC))
    house.phone("+447700900603").wait_for("We did not see you on Mon 22 March, 10:00am")
    eventually(lambda: "evidence_due" in house.signal_kinds(lou), what="two days are left to decide")
