"""The sample file from import to signals: reminders, replies, receipts and what the offender
manager sees, through HTTP alone.
"""

from datetime import UTC, datetime

from tests import DATA
from tests.end_to_end.house import House, eventually

SAMPLE = DATA / "appointments.csv"
REFUSED = {"A-1009", "A-1026", "A-1030", "A-1034", *(f"A-10{number}" for number in range(18, 26))}
KATRINA, DEAN, GETHIN = "+447700900101", "+447700900102", "+447700900103"
UNTEXTED = ("+447700900105", "+447700900108", "+447700900109", "+447700900117")


def test_situation_10_the_sample_file_twice_and_the_conversations_that_follow(house: House) -> None:
    """Good rows go in, bad ones are reported, the second time nothing changes; then people are
    asked, told, answer, and signals rise.
    """
    report = house.import_file(SAMPLE)
    assert report["rows"] == 36
    assert {row["ref"] for row in report["refused"]} == REFUSED
    assert report["moved"] == ["A-1004"] and report["unchanged"] == ["A-1001"]
    assert len(report["booked"]) == report["rows"] - len(report["refused"]) - 2
    again = house.import_file(SAMPLE)
    assert again["booked"] == [] and again["refused"] == report["refused"]

    _confirm_number(house, KATRINA)
    _confirm_number(house, GETHIN)
    told = house.phone(KATRINA).wait_for("Mon 22 March").body
    assert "Dodds" not in told
    house.phone(GETHIN).wait_for("Byddwch yn gweld Dai")
    for number in UNTEXTED:
        assert house.phone(number).received() == [], number
    shannon, tyrone = house.person("X662313"), house.person("X662314")
    assert house.signal_kinds(shannon) == house.signal_kinds(tyrone) == ["number_shared"]

    gethin = house.person("X440019")
    house.phone(GETHIN).reply("Galw")
    eventually(lambda: house.signal_kinds(gethin) == ["call_requested"])

    house.travel(datetime(2027, 3, 21, 10, 0, 5, tzinfo=UTC))
    katrina = house.person("X320741")
    house.phone(KATRINA).reply("no")
    house.phone(KATRINA).wait_for("do you mean?")
    house.phone(KATRINA).reply("1")
    eventually(lambda: "cannot_attend" in house.signal_kinds(katrina))
    eventually(
        lambda: {text["status"] for text in house.outgoing(katrina)} <= {"delivered", "withdrawn"},
        what="every text to Katrina delivered",
    )
    said = [one["said"] for one in house.api.all("/appointments", person_id=katrina["id"])]
    assert [[word["kind"] for word in words] for words in said if words] == [["cannot_attend"]]
    _nobody_told_too_much(house)


def _confirm_number(house: House, number: str) -> None:
    """The first text asks whose phone it is and says nothing else; a 1 makes it theirs."""
    asked = house.phone(number).wait_for().body
    assert "2" in asked and not any(
        word in asked for word in ("Pat", "Dai", "March", "Mawrth", "centre")
    )
    house.phone(number).reply("1")


def _nobody_told_too_much(house: House) -> None:
    """Every text that left is one segment of plain GSM-7 and says nothing that a stranger should
    not read.
    """
    ledger = house.ledger()
    assert ledger
    for text in ledger:
        assert text.segments == 1, text.body
        lowered = text.body.lower()
        found = [
            word
            for word in ("probation", "court", "offender", "drug", "dodds", "gŵyr")
            if word in lowered
        ]
        assert found == [], text.body


def test_a_dry_run_tells_and_changes_nothing(house: House) -> None:
    """The same report as the import gives, and nobody is added."""
    report = house.import_file(SAMPLE, "--dry-run")
    assert report["booked"]
    assert house.api.get("/people", crn="X320741")["items"] == []
    assert house.import_file(SAMPLE) == report
