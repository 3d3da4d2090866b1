"""The sample file from import to signals: reminders, replies, receipts and what the offender
manager sees, through HTTP alone.
"""

from datetime import UTC, datetime

from tests import DATA
from tests.end_to_end.service import RunningService, eventually

SAMPLE = DATA / "appointments.csv"
REFUSED = {"A-1009", "A-1026", "A-1030", "A-1034", *(f"A-10{number}" for number in range(18, 26))}
KATRINA, DEAN, GETHIN = "+447700900101", "+447700900102", "+447700900103"
UNTEXTED = ("+447700900105", "+447700900108", "+447700900109", "+447700900117")


def test_situation_10_the_sample_file_twice_and_the_conversations_that_follow(
    service: RunningService,
) -> None:
    """Good rows are imported, bad ones reported, the second import changes nothing; then people are
    asked and told, reply, and signals are raised.
    """
    report = service.import_file(SAMPLE)
    assert report["rows"] == 36
    assert {row["ref"] for row in report["refused"]} == REFUSED
    assert report["moved"] == ["A-1004"] and report["unchanged"] == ["A-1001"]
    assert len(report["booked"]) == report["rows"] - len(report["refused"]) - 2
    again = service.import_file(SAMPLE)
    assert again["booked"] == [] and again["refused"] == report["refused"]

    _confirm_number(service, KATRINA)
    _confirm_number(service, GETHIN)
    told = service.phone(KATRINA).wait_for("Mon 22 March").body
    assert "Dodds" not in told
    service.phone(GETHIN).wait_for("Byddwch yn gweld Dai")
    for number in UNTEXTED:
        assert service.phone(number).received() == [], number
    shannon, tyrone = service.person("X662313"), service.person("X662314")
    assert service.signal_kinds(shannon) == service.signal_kinds(tyrone) == ["number_shared"]

    gethin = service.person("X440019")
    service.phone(GETHIN).reply("Galw")
    eventually(lambda: service.signal_kinds(gethin) == ["call_requested"])

    service.travel(datetime(2027, 3, 21, 10, 0, 5, tzinfo=UTC))
    katrina = service.person("X320741")
    service.phone(KATRINA).reply("no")
    service.phone(KATRINA).wait_for("do you mean?")
    service.phone(KATRINA).reply("1")
    eventually(lambda: "cannot_attend" in service.signal_kinds(katrina))
    eventually(
        lambda: (
            {text["status"] for text in service.outgoing(katrina)} <= {"delivered", "withdrawn"}
        ),
        what="every text to Katrina delivered",
    )
    said = [one["said"] for one in service.api.all("/appointments", person_id=katrina["id"])]
    assert [[word["kind"] for word in words] for words in said if words] == [["cannot_attend"]]
    _nobody_told_too_much(service)


def _confirm_number(service: RunningService, number: str) -> None:
    """The first text asks whose phone it is and says nothing else; a 1 confirms it."""
    asked = service.phone(number).wait_for().body
    assert "2" in asked and not any(
        word in asked for word in ("Pat", "Dai", "March", "Mawrth", "centre")
    )
    service.phone(number).reply("1")


def _nobody_told_too_much(service: RunningService) -> None:
    """Every sent text is one segment of plain GSM-7 and says nothing that a stranger should not
    read.
    """
    ledger = service.ledger()
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


def test_a_dry_run_tells_and_changes_nothing(service: RunningService) -> None:
    """The same report as the import gives, and no one is added."""
    report = service.import_file(SAMPLE, "--dry-run")
    assert report["booked"]
    assert service.api.get("/people", crn="X320741")["items"] == []
    assert service.import_file(SAMPLE) == report
