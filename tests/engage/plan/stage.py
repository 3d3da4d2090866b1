"""The setting of plan tests: a hub with an offender manager, a partner's worker and one person, and
short forms of actions.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import Agency, AgencyKind, Hub, Role, Staff
from engage.people.model import Involvement, Person
from engage.plan import actions
from engage.plan.actions import NewAction
from engage.plan.kinds import ActionClass, Pathway
from engage.plan.model import Action
from messaging.tables import Message
from tests import builders

DUE = date(2027, 4, 1)
TEXT = "Hi Katrina. Bring your papers on Thursday and we will look at rooms together."


@dataclass(frozen=True)
class Stage:
    """The people in the setting."""

    hub: Hub
    manager: Staff
    coordinator: Staff
    partner: Staff
    housing: Agency
    katrina: Person

    @property
    def om(self) -> Actor:
        """The offender manager."""
        return builders.actor(self.manager)

    @property
    def police(self) -> Actor:
        """The coordinator, who manages everyone in the hub and is no one's offender manager."""
        return builders.actor(self.coordinator)

    @property
    def worker(self) -> Actor:
        """A support worker of the housing agency."""
        return builders.actor(self.partner)

    def action(self, **values: Any) -> NewAction:
        """An action of the housing agency."""
        plain = NewAction(
            pathway=Pathway.ACCOMMODATION,
            action_class=ActionClass.SUPPORT,
            what="Apply for a room at the hostel",
            agency_id=self.housing.id,
            responsible="Jo Lamb",
            due_on=DUE,
        )
        return replace(plain, **values)


def stage(session: Session, **person: Any) -> Stage:
    """A hub with its people. The housing agency is already involved with Katrina."""
    hub = builders.hub(session)
    manager = builders.staff(session, hub)
    coordinator = builders.staff(session, hub, Role.COORDINATOR, name="Chidi Okafor")
    housing = builders.agency(session, hub, "Harbour Homes", AgencyKind.HOUSING)
    partner = builders.staff(
        session, hub, Role.SUPPORT_WORKER, name="Jo Lamb", agency_name="Harbour Homes"
    )
    katrina = builders.person(session, manager, **person)
    session.add(Involvement(person_id=katrina.id, agency_id=housing.id, since=builders.NOW))
    session.flush()
    return Stage(hub, manager, coordinator, partner, housing, katrina)


def proposed(session: Session, at: Stage, now: datetime = builders.NOW, **values: Any) -> Action:
    """An action that waits for the offender manager."""
    return actions.propose(session, at.police, at.katrina.id, at.action(**values), now=now)


def live(session: Session, at: Stage, now: datetime = builders.NOW, **values: Any) -> Action:
    """An action proposed by the offender manager."""
    return actions.propose(session, at.om, at.katrina.id, at.action(**values), now=now)


def texts(session: Session, at: Stage) -> list[Message]:
    """Every text to Katrina."""
    return list(session.scalars(select(Message).where(Message.recipient == str(at.katrina.id))))
