"""A day of a whole caseload, played from a script: who texts what when, what staff do, and the
state when the day is over.

The script is tests/data/day.json. Everything runs as in production: phones text through the
simulated network, staff use pages and the JSON API; only the final state is read from the database.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import psycopg
from psycopg.rows import dict_row

from engage.core.settings import PROJECT
from tests.end_to_end.service import RunningService, eventually
from tests.end_to_end.test_safety import put_on_call
from tests.simulator import Phone

DAY = json.loads((PROJECT / "tests" / "data" / "day.json").read_text())
SUNDAY = datetime.fromisoformat("2027-03-21T09:00:00+00:00")
OFFICER = "p.hale@probation.example"
OFFICER_PHONE = "+447700900499"
PLACE = "Northgate Probation Delivery Unit, Bridge Street"
PICTURE = "[picture]"


@dataclass(frozen=True)
class Line:
    """One text of the script: when, from whose phone, its words, and its meaning."""

    at: str
    who: str
    words: str
    means: str


class Day:
    """The service with all people, and the clock that follows the script."""

    def __init__(
        self, service: RunningService, database: "psycopg.Connection[dict[str, Any]]"
    ) -> None:
        self.service, self.database = service, database
        self.people: dict[str, dict[str, Any]] = {}
        self.booked: dict[tuple[str, str], dict[str, Any]] = {}
        self.numbers = {name: _number(last) for name, last in DAY["phones"].items()}
        self.lines: list[Line] = []
        self.had: dict[tuple[str, str], int] = {}
        """The number of texts a phone had before it sent these words, or before something happened
        to its owner.
        """
        self._coming: set[str] = set()

    def phone(self, who: str) -> Phone:
        """A person's phone."""
        return self.service.phone(self.numbers[who])

    # Sunday: people are added and booked.

    def set_up(self) -> None:
        """Add everyone with a verified number, their appointments, Monday night's on-call rota, and
        free times.
        """
        put_on_call(self.service)
        self.service.engage("staff", "set-mobile", OFFICER, OFFICER_PHONE)
        for place, (who, one) in enumerate(DAY["people"].items()):
            self._add(f"X8600{place:02d}", who, one)
        self._agree_sharing()
        for who, one in DAY["people"].items():
            self._plan(who, one)
        for day in (24, 25, 26):
            body = {
                "worker": OFFICER,
                "type": "office",
                "starts_at": f"2027-03-{day}T15:30:00Z",
                "minutes": 30,
            }
            self.service.api.post(
                "/free-times", {**body, "place_alias": "the hall, Mill Lane"}, status=201
            )
        self.calm()

    def _add(self, crn: str, who: str, one: Mapping[str, Any]) -> None:
        self.numbers[who] = _number(one["number"])
        self.people[who] = self.service.add_person(
            crn,
            one["first"],
            f"07700 900{one['number']}",
            verified=not one.get("shared"),
            last_name=one["last"],
            language=one.get("language", "en"),
            legal_status="non_statutory" if one.get("voluntary") else "statutory",
        )

    def _plan(self, who: str, one: Mapping[str, Any]) -> None:
        person = self.people[who]
        if one.get("check_in"):
            plan = {"every_weeks": 1, "weekday": 0, "hour": 9}
            self.service.api.post(f"/people/{person['id']}/check-in-plan", plan)
        if one.get("rebooking"):
            self.service.api.post(f"/people/{person['id']}/rebooking", {"allowed": True})
        for name, (starts_at, values) in _bookings(one).items():
            self.booked[who, name] = self.service.book(person, starts_at, place=PLACE, **values)
        if one.get("restricted"):
            self.calm()
            self.database.execute(
                "UPDATE person SET restricted = true WHERE id = %s", [person["id"]]
            )

    def _agree_sharing(self) -> None:
        officer = self.service.sign_in(OFFICER)
        for who, one in DAY["people"].items():
            if one.get("shared"):
                self.service.submit(
                    officer, f"/people/{self.people[who]['id']}/phone-number/shared", {"sure": "y"}
                )

    # Monday

    def play(self) -> None:
        """Play the whole script. Texts that follow each other from different phones arrive
        together, as in life.
        """
        for at, scenes in groupby(DAY["script"], key=_time_of):
            self.service.travel(_moment(at))
            self.calm()
            for scene in scenes:
                if isinstance(scene, list):
                    self._text(Line(*scene))
                else:
                    self.calm()
                    self._do(scene)
            self.calm()

    def _text(self, line: Line) -> None:
        """Send one text. The second of a phone waits until the effects of the first have been
        sent.
        """
        if line.who in self._coming:
            self.calm()
        phone = self.phone(line.who)
        self.lines.append(line)
        self.had[line.who, line.words] = len(phone.received())
        picture = line.words == PICTURE
        assert phone.reply("" if picture else line.words, media=int(picture)).statuses == [200]
        self._coming = {*self._coming, line.who}

    def _do(self, scene: Mapping[str, Any]) -> None:
        who = scene["who"]
        api, path = self.service.api, f"/people/{self.people[who]['id']}"
        match scene["do"]:
            case "acknowledge":
                for signal in self.service.signals(self.people[who]):
                    api.post(f"/signals/{signal['id']}/acknowledge")
            case "record":
                booked = self.booked[who, scene["booked"]]
                api.post(f"/appointments/{booked['id']}/outcome", {"code": scene["code"]})
            case "take over":
                api.post(f"{path}/conversation/take-over", {"staff": OFFICER})
            case "write":
                api.post(f"{path}/messages", {"body": scene["words"]}, status=201)
            case "hand back":
                api.post(f"{path}/conversation/hand-back")
            case "change number":
                self.numbers[who] = _number(scene["number"])
                api.post(
                    f"{path}/contact-points", {"mobile": f"07700 900{scene['number']}"}, status=201
                )
            case "custody":
                self.had[who, "custody"] = len(self.phone(who).received())
                api.patch(path, {"custody_status": "custody"})
            case "loop":
                self._loop(who, scene["at"], scene["words"])
            case other:
                raise AssertionError(f"nobody knows how to {other}")
        self.calm()

    def _loop(self, who: str, at: str, words: str) -> None:
        """A phone that answers each of our texts with the same words, until there is nothing to
        answer.
        """
        for _ in range(20):
            before = len(self.phone(who).received())
            self._text(Line(at, who, words, "other"))
            self.calm()
            if len(self.phone(who).received()) == before:
                return
        raise AssertionError(f"two machines are still talking: {self.phone(who).received()}")

    def calm(self) -> None:
        """Wait until nothing is left to do now, and everything sent has arrived. A text that is
        tried again counts, or the next scene would begin after it has expired.
        """

        def quiet() -> bool:
            row = self.database.execute(_UNDONE, {"now": self.service.clock.now()}).fetchone()
            return row is not None and row["undone"] == 0

        eventually(quiet, what="the service is quiet")
        self.service.simulator.settle()
        self._coming = set()

    # When the day is over

    def rows(self, statement: str, **given: Any) -> list[dict[str, Any]]:
        """Rows of the database."""
        return self.database.execute(statement, given).fetchall()

    def end_of(self, who: str) -> dict[str, Any]:
        """How the day ended for a person, without what is empty or unchanged since the morning."""
        person = self.people[who]["id"]
        found: dict[str, Any] = {
            "said": self._by_booking(who, _SAID),
            "outcomes": self._by_booking(who, _OUTCOMES),
            "reasons": self._by_booking(who, _REASONS),
            "moved": self._by_booking(who, _MOVED),
            "signals": [
                ": ".join(filter(None, (f"{row['kind']} {row['state']}", row["words"])))
                for row in self.rows(_SIGNALS, person=person)
            ],
            "reports": [
                f"{row['kind']} {row['fact'] or ''}".strip()
                for row in self.rows(_REPORTS, person=person)
            ],
            "check_in": [row["value"] for row in self.rows(_CHECK_INS, person=person)],
            "reminded": self._by_booking(who, _REMINDED),
            "kept_back": self._by_booking(who, _KEPT_BACK),
            "unread": [row["body"] or PICTURE for row in self.rows(_UNREAD, person=person)],
            "paused": self.rows(_PAUSED, person=person)[0]["value"],
            "number": self.rows(_NUMBER, person=person)[0]["value"],
        }
        return {name: value for name, value in found.items() if value and value != "verified"}

    def _by_booking(self, who: str, statement: str) -> dict[str, list[str]]:
        found = {
            name: [row["value"] for row in self.rows(statement, id=booked["id"])]
            for (whose, name), booked in self.booked.items()
            if whose == who
        }
        return {name: values for name, values in found.items() if values}


_UNDONE = """
    SELECT (SELECT count(*) FROM inbound WHERE status = 'received')
         + (SELECT count(*) FROM message
            WHERE status IN ('sending', 'unknown')
               OR status = 'queued' AND (attempts > 0 OR send_after <= %(now)s))
         + (SELECT count(*) FROM reminder WHERE state = 'planned' AND due_at <= %(now)s)
         + (SELECT count(*) FROM check_in_plan WHERE next_at <= %(now)s)
         + (SELECT count(*) FROM alarm WHERE next_at <= %(now)s)
         + (SELECT count(*) FROM signal
            WHERE kind IN ('crisis', 'harm_to_others') AND state = 'open'
              AND NOT EXISTS (SELECT FROM alarm WHERE signal_id = signal.id)) AS undone
"""
_SAID = """
    SELECT kind AS value FROM intent
    WHERE withdrawn_at IS NULL AND appointment_id = %(id)s ORDER BY id
"""
_OUTCOMES = """
    SELECT code AS value FROM outcome WHERE superseded_at IS NULL AND appointment_id = %(id)s
"""
_REASONS = """
    SELECT concat_ws(' ', cause, proposed) AS value FROM absence_reason
    WHERE appointment_id = %(id)s
"""
_MOVED = """
    SELECT to_char(starts_at, 'DD"T"HH24:MI') AS value FROM appointment
    WHERE id = %(id)s AND revision > 1
"""
_PAUSED = "SELECT texts_paused_at IS NOT NULL AS value FROM person WHERE id = %(person)s"
_SIGNALS = """
    SELECT kind, state, (
        SELECT string_agg(inbound.body, ' | ' ORDER BY inbound.id)
        FROM jsonb_array_elements(evidence) AS link
        JOIN inbound ON link->>'type' = 'inbound' AND inbound.id::text = link->>'id'
    ) AS words FROM signal WHERE person_id = %(person)s ORDER BY kind, raised_at
"""
_REPORTS = """
    SELECT kind, fact FROM self_report
    WHERE person_id = %(person)s AND state = 'self_reported' ORDER BY said_at
"""
_CHECK_INS = """
    SELECT value FROM check_in_answer JOIN check_in ON check_in.id = check_in_id
    WHERE person_id = %(person)s ORDER BY said_at
"""
_UNREAD = """
    SELECT body FROM reply_record JOIN inbound ON inbound.id = inbound_id
    WHERE person_id = %(person)s AND needs_human AND read_at IS NULL ORDER BY inbound.id
"""
_REMINDED = """
    SELECT 'tomorrow' AS value FROM reminder
    WHERE appointment_id = %(id)s AND kind = 'one_day' AND state = 'sent'
"""
_KEPT_BACK = """
    SELECT reason->>'code' AS value FROM reminder, jsonb_array_elements(reasons) AS reason
    WHERE appointment_id = %(id)s AND kind = 'one_day' AND state = 'skipped'
      AND decided_at >= '2027-03-22'
    ORDER BY reminder.id
"""
_NUMBER = """
    SELECT concat_ws(' ', state, (
        SELECT 'stopped' FROM suppression
        WHERE suppression.number = point.number AND restored_at IS NULL
    )) AS value
    FROM contact_point AS point WHERE person_id = %(person)s AND state <> 'retired'
"""


@contextmanager
def day_in(service: RunningService) -> Iterator[Day]:
    """A day in a service that has just been started, on the Sunday before."""
    url = service.database_url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as database:
        yield Day(service, database)


def shared_by(number: str) -> Sequence[str]:
    """The people who share a number in the script."""
    return [who for who, one in DAY["people"].items() if _number(one["number"]) == number]


def _bookings(one: Mapping[str, Any]) -> dict[str, tuple[datetime, dict[str, Any]]]:
    """A person's appointments: a name, then a start, or a start with what differs from the
    default.
    """
    given = dict(one.get("booked", {}))
    own = {name: given.pop(name) for name in ("worker_name", "place_alias") if name in given}
    return {
        name: (datetime.fromisoformat(f"2027-03-{at}:00+00:00"), own) for name, at in given.items()
    }


def _number(last: int) -> str:
    return f"+447700900{last}"


def _time_of(scene: Any) -> str:
    return str(scene[0] if isinstance(scene, list) else scene["at"])


def _moment(at: str) -> datetime:
    return datetime.fromisoformat(f"2027-03-22T{at}:00+00:00")
