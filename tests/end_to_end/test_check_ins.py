"""Check-ins end to end: set on a page, texted at their hour, answered or not, shown to a worker;
through simulator, webhook and worker.
"""

from datetime import UTC, datetime, timedelta

from tests.end_to_end.service import RunningService, eventually

TUESDAY = datetime(2027, 3, 23, 10, 0, 5, tzinfo=UTC)


def test_check_ins_are_asked_answered_nudged_and_closed(service: RunningService) -> None:
    """Ann answers 3 and accepts the call, Gethin answers in Welsh, Cal does not answer: a nudge,
    then a note that is no signal.
    """
    ann = service.add_person("X810001", "Ann", "07700 900311")
    gethin = service.add_person("X810002", "Gethin", "07700 900312", language="cy")
    cal = service.add_person("X810003", "Cal", "07700 900313")
    pat = service.sign_in("p.hale@probation.example")
    for person in (ann, gethin, cal):
        form = {"every": "1", "weekday": "1", "hour": "10"}
        answer = service.submit(pat, f"/people/{person['id']}/check-ins", form)
        assert "Every week on Tuesday at 10:00" in answer.text

    service.travel(TUESDAY)
    phones = {
        name: service.phone(f"+44770090031{n}")
        for n, name in enumerate(("ann", "gethin", "cal"), 1)
    }
    for name, words in (
        ("ann", "How are things this week?"),
        ("gethin", "Sut mae pethau?"),
        ("cal", "How are"),
    ):
        phones[name].wait_for(words)
    phones["ann"].reply("3 bit rubbish")
    phones["ann"].wait_for("Would a call help?")
    assert service.signal_kinds(ann) == ["feeling_low"]
    phones["ann"].reply("call")
    phones["ann"].wait_for("asked Pat to ring you")
    assert service.signal_kinds(ann) == ["call_requested", "feeling_low"]
    phones["gethin"].reply("1")
    phones["gethin"].wait_for("Bydd Pat yn gweld hwn")
    eventually(lambda: [text["status"] for text in service.outgoing(cal)] == ["delivered"])

    service.travel(TUESDAY + timedelta(hours=48, minutes=1))
    phones["cal"].wait_for("We asked how things are")
    service.travel(TUESDAY + timedelta(hours=72, minutes=1))
    (closed,) = eventually(lambda: _unanswered(service, cal))
    assert closed["nudged"] and closed["value"] is None
    assert service.signal_kinds(cal) == []
    pat = service.sign_in("p.hale@probation.example")
    today = pat.get(f"{service.web}/today", timeout=30).text
    assert "Check-in of Tue 23 March not answered. This is not a breach." in today
    page = pat.get(f"{service.web}/people/{ann['id']}", timeout=30).text
    assert "3: Not great" in page and "“bit rubbish”" in page and "Wants a call" in page
    (answered,) = service.api.get(f"/people/{gethin['id']}/check-ins")["items"]
    assert (answered["state"], answered["value"], answered["nudged"]) == ("answered", 1, False)
    assert len(phones["ann"].received()) == 3 and len(phones["cal"].received()) == 2


def _unanswered(service: RunningService, person: dict[str, object]) -> list[dict[str, object]]:
    found = service.api.get(f"/people/{person['id']}/check-ins")["items"]
    return [one for one in found if one["state"] == "unanswered"]
