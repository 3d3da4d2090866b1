"""A Monday from half past seven to half past eleven at night, with nearly forty people: everyone
ends the day as they should, and no text says anything that a stranger should not read.

The texts, and how the day should end for each person, are in tests/data/day.json. The day is played
once, and every test checks one side of it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from engage import texts
from engage.demo.seed_data import AGENCIES, CASELOAD, STAFF
from engage.texts import TextKind
from messaging.text import measure
from tests.end_to_end.conftest import empty_database
from tests.end_to_end.day import DAY, OFFICER, OFFICER_PHONE, PICTURE, PLACE, SUNDAY, Day, day_in
from tests.end_to_end.service import running
from tests.end_to_end.test_safety import LEE, NOTICE, SAM

NOBODY_MAY_READ = (
    "probation",
    "offender",
    "offence",
    "court",
    "police",
    "prison",
    "custody",
    "licence",
    "breach",
    "recall",
    "drug",
    "heroin",
    "methadone",
    "alcohol",
    "slip",
    "used",
    "crisis",
    "suicide",
    "kill",
    "ill",
    "sal",
    "flat",
    "IOM",
    "CRN",
)


@pytest.fixture(scope="module")
def day(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """The day, when it is over."""
    with (
        empty_database(server_url) as url,
        running(url, tmp_path_factory.mktemp("service"), SUNDAY) as service,
        day_in(service) as played,
    ):
        played.set_up()
        played.play()
        yield played


def test_the_day_is_long_and_full() -> None:
    """Thirty people or more, from half past seven in the morning to half past eleven at night."""
    times = [scene[0] if isinstance(scene, list) else scene["at"] for scene in DAY["script"]]
    assert len(DAY["people"]) >= 30
    assert (times[0], times[-1]) == ("07:30", "23:30") and times == sorted(times)


@pytest.mark.parametrize("who", DAY["people"])
def test_everybody_ends_the_day_where_they_should(day: Day, who: str) -> None:
    """What they said about which appointment, what a worker recorded, what was raised on which
    words, what waits to be read, and their number.
    """
    assert day.end_of(who) == DAY["ends"].get(who, {})


def test_every_text_has_one_reading_and_is_read_as_it_was_meant(day: Day) -> None:
    """None is lost, none is read twice, none waits."""
    rows = day.rows(
        "SELECT from_number, body, inbound.status, intent,"
        " count(*) OVER (PARTITION BY inbound.id) AS readings"
        " FROM inbound LEFT JOIN reply_record ON inbound_id = inbound.id ORDER BY inbound.id"
    )
    assert {(row["status"], row["readings"]) for row in rows} == {("handled", 1)}
    read = Counter((row["from_number"], row["body"] or PICTURE, row["intent"]) for row in rows)
    assert read == Counter((day.numbers[line.who], line.words, line.means) for line in day.lines)


def test_nothing_is_answered_or_sent_twice(day: Day) -> None:
    """The network accepted each of our texts once, and no text of theirs has two answers."""
    assert day.service.simulator.doubled() == []
    sent = day.rows("SELECT context->>'inbound' AS inbound, to_number, body, status FROM message")
    answered = Counter(row["inbound"] for row in sent if row["inbound"] is not None)
    assert set(answered.values()) == {1}
    left = Counter((row["to_number"], row["body"]) for row in sent if row["status"] == "delivered")
    assert left == Counter((text.to, text.body) for text in day.service.ledger())


def test_no_question_is_left_open(day: Day) -> None:
    """Which appointment, who is writing and which time: all were answered."""
    assert day.rows("SELECT kind FROM question WHERE closed_at IS NULL") == []
    assert day.rows("SELECT id FROM slot_offer WHERE closed_at IS NULL") == []
    assert day.rows("SELECT id FROM takeover WHERE ended_at IS NULL") == []


def test_no_text_says_what_a_stranger_should_not_read(day: Day) -> None:
    """No surname, CRN, agency, official place, and no word about the law, drugs or what they
    reported; one segment each.
    """
    surnames = [one["last"] for one in DAY["people"].values()] + [one.last_name for one in CASELOAD]
    staff = [name.split()[-1] for _, name, _, _ in STAFF]
    records = [person["crn"] for person in day.people.values()] + [one.crn for one in CASELOAD]
    private = [*surnames, *staff, *records, *NOBODY_MAY_READ, PLACE, "Northgate"]
    agencies = [name for name, _ in AGENCIES]
    ours = set(day.numbers.values())
    ledger = day.service.ledger()
    assert len(ledger) > 100
    for text in ledger:
        names = [*private, *agencies] if text.to in ours else private
        assert texts.lint(text.body, private=names) == [], text.body
        assert measure(text.body).segments == 1, text.body


def test_neither_of_two_on_one_phone_is_told_anything_of_the_other(day: Day) -> None:
    """A text to one names neither the other nor the other's worker or place; a text to an unknown
    person names no one.
    """
    told = day.rows(
        "SELECT recipient, body FROM message WHERE to_number = %(number)s AND status = 'delivered'",
        number=day.numbers["two"],
    )
    of = {
        "sam": ("Sam", "Pat", "Bridge St", "9:30am"),
        "tia": ("Tia", "Lin", "Mill Lane", "9:45am"),
    }
    for row in told:
        others = [words for who, words in of.items() if row["recipient"] != day.people[who]["id"]]
        assert not any(word in row["body"] for words in others for word in words), row["body"]
    assert {row["recipient"] for row in told} == {
        day.people["sam"]["id"],
        day.people["tia"]["id"],
        None,
    }


@pytest.mark.parametrize("who", DAY["silent"])
def test_nothing_goes_to_a_phone_after_the_last_words(day: Day, who: str) -> None:
    """Stopped, wrong, watched or in custody: at most the one confirmation, and then nothing more,
    whatever was due or arrived.
    """
    words, kind = DAY["silent"][who]
    language = DAY["people"][who].get("language", "en")
    after = day.phone(who).received()[day.had[who, words] :]
    assert after == ([texts.render(TextKind(kind), language)] if kind else [])


def test_old_and_unknown_numbers_learn_nothing(day: Day) -> None:
    """One answer each that names no one; a coordinator finds both, and what they wrote."""
    names = [one["first"] for one in DAY["people"].values()] + ["Pat", "Bridge"]
    since = day.had["uma's old phone", "hello??"]
    for answers in (
        day.phone("stranger").received(),
        day.phone("uma's old phone").received()[since:],
    ):
        assert len(answers) == 1 and not any(name in answers[0] for name in names)
    coordinator = day.service.sign_in("c.okafor@police.example")
    page = coordinator.get(f"{day.service.web}/unknown-numbers", timeout=30).text
    assert "is that you pat" in page and page.count("hello??") == 2


def test_danger_is_notified_by_day_and_by_night(day: Day) -> None:
    """By day the offender manager, by night the first on call, and the second if there is no
    acknowledgement; never in words that say who the person is.
    """
    first, second = day.service.phone(SAM).received(), day.service.phone(LEE).received()
    assert len(first) == len(second) == 1
    assert all(
        NOTICE in text for text in [*first, *second, *day.service.phone(OFFICER_PHONE).received()]
    )
    assert [row["level"] for row in _steps(day, "nia")][:2] == [1, 2]
    assert (
        [row["level"] for row in _steps(day, "dee")]
        == [row["level"] for row in _steps(day, "oli")]
        == [0]
    )


def test_the_officer_sees_what_waits(day: Day) -> None:
    """Today shows every text that waits for them, on as many pages as needed, and each person's
    page shows what they said.
    """
    officer = day.service.sign_in(OFFICER)
    today, more = "", "/today"
    while more:
        page = officer.get(f"{day.service.web}{more}", timeout=30).text
        today += unescape(page)
        found = re.search(r'href="([^"]+)">More signals<', page)
        more = unescape(found[1]) if found else ""
    for who, end in DAY["ends"].items():
        name = f"{DAY['people'][who]['first']} {DAY['people'][who]['last']}"
        if end.get("unread") or any(" open:" in signal for signal in end.get("signals", [])):
            assert name in today, name
    for line in day.lines:
        if (
            line.who in day.people
            and line.words != PICTURE
            and not DAY["people"][line.who].get("restricted")
        ):
            page = officer.get(
                f"{day.service.web}/people/{day.people[line.who]['id']}", timeout=30
            ).text
            assert line.words in unescape(page)


def _steps(day: Day, who: str) -> list[dict[str, Any]]:
    """The staff alerted about a person, in order."""
    return day.rows(
        "SELECT step.level FROM alarm_step AS step"
        " JOIN alarm ON alarm.id = alarm_id JOIN signal ON signal.id = signal_id"
        " WHERE person_id = %(person)s AND outcome = 'told' ORDER BY step.at",
        person=day.people[who]["id"],
    )
