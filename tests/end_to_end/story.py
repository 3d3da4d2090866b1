"""The people and desks of a story that takes more than a year, and what each chapter does through
pages, API and texts alone.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.end_to_end.desk import Desk
from tests.end_to_end.house import House, eventually
from tests.simulator import Phone

CRN, NUMBER = "X820001", "+447700900821"
PAT = "p.hale@probation.example"
CHIDI = "c.okafor@police.example"
SHEILA = "s.ward@probation.example"
JO = "jo@tynerecovery.example"


LONDON = ZoneInfo("Europe/London")


def local(moment: str) -> datetime:
    """A moment of London's clock, such as `2027-05-04 11:00`, in UTC."""
    return datetime.fromisoformat(moment).replace(tzinfo=LONDON).astimezone(UTC)


def chosen_in(page: str, name: str) -> str:
    """The value of a choice by the words that the page shows."""
    found = re.search(rf'<option value="([^"]+)"[^>]*>{re.escape(name)}<', page)
    assert found, f"{name} can be chosen"
    return found.group(1)


class Case:
    """One person's case from the referral on, and whoever works on it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._desks: dict[str, Desk] = {}
        self._person: str | None = None

    def at(self, moment: str) -> None:
        """Go to a moment of London's clock, once what was sent has arrived; whoever was signed in
        signs in anew when they are next needed.
        """
        if self._person is not None:
            self.all_arrived()
        self.house.travel(local(moment) + timedelta(seconds=5))
        self._desks = {}

    def desk(self, email: str) -> Desk:
        """Somebody at their desk today."""
        return self._desks.setdefault(email, Desk(self.house, email))

    @property
    def pat(self) -> Desk:
        """The offender manager."""
        return self.desk(PAT)

    @property
    def chidi(self) -> Desk:
        """The coordinator, of the police."""
        return self.desk(CHIDI)

    @property
    def today(self) -> date:
        """The day that it is."""
        return self.house.clock.now().date()

    @property
    def person(self) -> dict[str, Any]:
        """The person as the API has them now."""
        return self.house.person(CRN)

    @property
    def path(self) -> str:
        """Where their pages are."""
        if self._person is None:
            self._person = f"/people/{self.person['id']}"
        return self._person

    @property
    def phone(self) -> Phone:
        """Their phone."""
        return self.house.phone(NUMBER)

    def status(self) -> dict[str, Any]:
        """How they stand on the cohort, by the API."""
        return dict(self.house.api.get(f"{self.path}/status"))

    def suggested(self) -> tuple[str, list[str]]:
        """The status that the rules suggest today, and the codes of the reasons."""
        found = self.status()["suggestion"]
        return found["rag"], [reason["code"] for reason in found["reasons"]]

    def kinds(self) -> list[str]:
        """Kinds of open signals."""
        return self.house.signal_kinds(self.person)

    def signalled(self, kind: str) -> dict[str, Any]:
        """The open signal of a kind, waited for."""
        return eventually(
            lambda: next(
                (one for one in self.house.signals(self.person) if one["kind"] == kind), None
            ),
            what=f"{kind} is raised",
            every=0.5,
        )

    def settle(self, kind: str, how: str) -> None:
        """Pat deals with a signal, by the API."""
        self.house.api.post(f"/signals/{self.signalled(kind)['id']}/resolve", {"how": how})

    def book(self, when: str, **values: Any) -> dict[str, Any]:
        """Pat books an office appointment that the order demands, on the page; the appointment as
        the API has it.
        """
        starts_at = local(when)
        agency = chosen_in(self.pat.get(f"{self.path}/book").text, "Probation")
        form = {"type": "office", "worker": "Pat", "place_alias": "the centre on Bridge St"}
        form |= {"enforceable": "yes", "agency": agency, "time": when.partition(" ")[2], **values}
        page = self.pat.fill(f"{self.path}/book", date=date.fromisoformat(when[:10]), **form)
        assert "Move Cancel the appointment" in page, page
        all_booked = self.house.api.all("/appointments", person_id=self.person["id"])
        (booked,) = (
            one for one in all_booked if datetime.fromisoformat(one["starts_at"]) == starts_at
        )
        return dict(booked)

    def all_arrived(self) -> None:
        """Wait until every text to them that went has arrived, by the network's word."""
        done = {"delivered", "withdrawn", "expired"}
        self.house.simulator.settle()
        eventually(
            lambda: {text["status"] for text in self.house.outgoing(self.person)} <= done,
            what=f"every text has arrived: {[one['status'] for one in self.house.outgoing(self.person)]}",
            every=0.5,
        )

    def record(self, appointment: dict[str, Any], code: str, note: str = "") -> None:
        """Pat records what came of an appointment, on its page."""
        self.pat.fill(f"/appointments/{appointment['id']}/outcome", code=code, note=note)

    def verify_reports(self, count: int) -> None:
        """Pat makes sure of what was told by text, once all of it has arrived."""
        reports = eventually(lambda: self._told(count), what=f"{count} pieces of news", every=0.5)
        for report in reports:
            self.pat.fill(self.path, to=f"/reports/{report['id']}/verify")

    def _told(self, count: int) -> list[dict[str, Any]]:
        told = self.house.api.all(f"{self.path}/self-reports")
        fresh = [one for one in told if one["state"] == "self_reported" and one["kind"] != "lapse"]
        return fresh if len(fresh) >= count else []
