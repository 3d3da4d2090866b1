"""The people and desks of a story of more than a year, and the steps of each chapter through pages,
API and texts alone.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.end_to_end.desk import Desk
from tests.end_to_end.service import RunningService, eventually
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
    """The value of a choice by its label on the page."""
    found = re.search(rf'<option value="([^"]+)"[^>]*>{re.escape(name)}<', page)
    assert found, f"{name} can be chosen"
    return found.group(1)


class Case:
    """One person's case from the referral on, and the staff who work on it."""

    def __init__(self, service: RunningService) -> None:
        self.service = service
        self._desks: dict[str, Desk] = {}
        self._person: str | None = None

    def at(self, moment: str) -> None:
        """Go to a moment of London's clock, once everything sent has arrived. Staff sign in again
        when they are next needed.
        """
        if self._person is not None:
            self.all_arrived()
        self.service.travel(local(moment) + timedelta(seconds=5))
        self._desks = {}

    def desk(self, email: str) -> Desk:
        """A member of staff at their desk today."""
        return self._desks.setdefault(email, Desk(self.service, email))

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
        """Today's date."""
        return self.service.clock.now().date()

    @property
    def person(self) -> dict[str, Any]:
        """The person as the API shows them now."""
        return self.service.person(CRN)

    @property
    def path(self) -> str:
        """The path of their pages."""
        if self._person is None:
            self._person = f"/people/{self.person['id']}"
        return self._person

    @property
    def phone(self) -> Phone:
        """Their phone."""
        return self.service.phone(NUMBER)

    def status(self) -> dict[str, Any]:
        """Their status on the cohort, by the API."""
        return dict(self.service.api.get(f"{self.path}/status"))

    def suggested(self) -> tuple[str, list[str]]:
        """The status that the rules suggest today, and the codes of the reasons."""
        found = self.status()["suggestion"]
        return found["rag"], [reason["code"] for reason in found["reasons"]]

    def kinds(self) -> list[str]:
        """The kinds of open signals."""
        return self.service.signal_kinds(self.person)

    def signalled(self, kind: str) -> dict[str, Any]:
        """Wait for the open signal of a kind."""
        return eventually(
            lambda: next(
                (one for one in self.service.signals(self.person) if one["kind"] == kind), None
            ),
            what=f"{kind} is raised",
            every=0.5,
        )

    def settle(self, kind: str, how: str) -> None:
        """Pat resolves a signal, by the API."""
        self.service.api.post(f"/signals/{self.signalled(kind)['id']}/resolve", {"how": how})

    def book(self, when: str, **values: Any) -> dict[str, Any]:
        """Pat books an enforceable office appointment on the page. Returns the appointment by the
        API.
        """
        starts_at = local(when)
        agency = chosen_in(self.pat.get(f"{self.path}/book").text, "Probation")
        form = {"type": "office", "worker": "Pat", "place_alias": "the centre on Bridge St"}
        form |= {"enforceable": "yes", "agency": agency, "time": when.partition(" ")[2], **values}
        page = self.pat.fill(f"{self.path}/book", date=date.fromisoformat(when[:10]), **form)
        assert "Move Cancel the appointment" in page, page
        all_booked = self.service.api.all("/appointments", person_id=self.person["id"])
        (booked,) = (
            one for one in all_booked if datetime.fromisoformat(one["starts_at"]) == starts_at
        )
        return dict(booked)

    def all_arrived(self) -> None:
        """Wait until the network has confirmed delivery of every text to them."""
        done = {"delivered", "withdrawn", "expired"}
        self.service.simulator.settle()
        eventually(
            lambda: {text["status"] for text in self.service.outgoing(self.person)} <= done,
            what="every text has arrived: "
            f"{[one['status'] for one in self.service.outgoing(self.person)]}",
            every=0.5,
        )

    def record(self, appointment: dict[str, Any], code: str, note: str = "") -> None:
        """Pat records the outcome of an appointment, on its page."""
        self.pat.fill(f"/appointments/{appointment['id']}/outcome", code=code, note=note)

    def verify_reports(self, count: int) -> None:
        """Pat verifies what was reported by text, once all of it has arrived."""
        reports = eventually(lambda: self._told(count), what=f"{count} pieces of news", every=0.5)
        for report in reports:
            self.pat.fill(self.path, to=f"/reports/{report['id']}/verify")

    def _told(self, count: int) -> list[dict[str, Any]]:
        told = self.service.api.all(f"{self.path}/self-reports")
        fresh = [one for one in told if one["state"] == "self_reported" and one["kind"] != "lapse"]
        return fresh if len(fresh) >= count else []
