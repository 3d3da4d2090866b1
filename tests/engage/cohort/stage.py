"""Builders for tests of enrolments: a hub with its coordinator, two offender managers and one
person.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from engage.access.policy import Actor, staff_actor
from engage.agencies.model import Hub, Role, Staff
from engage.appointments.kinds import OutcomeCode
from engage.appointments.model import Appointment, Outcome
from engage.cohort import enrolments
from engage.cohort.kinds import Cohort, Rag, Strand
from engage.cohort.model import Enrolment
from engage.legal.model import CustodyKind, CustodySpell
from engage.people.model import Person
from messaging import outbox
from messaging.tables import Message
from tests import builders


@dataclass(frozen=True)
class Scene:
    """`chidi` coordinates; `pat` is Katrina's offender manager, `dai` another one of the hub."""

    hub: Hub
    chidi: Actor
    pat: Staff
    dai: Staff
    katrina: Person
    agency_id: uuid.UUID


def set_scene(session: Session, **person: object) -> Scene:
    """The scene, in the given session."""
    hub = builders.hub(session)
    chidi = builders.staff(session, hub, Role.COORDINATOR, name="Chidi Okafor")
    pat, dai = builders.staff(session, hub), builders.staff(session, hub, name="Dai Rees")
    katrina = builders.person(session, pat, **person)
    return Scene(hub, staff_actor(chidi), pat, dai, katrina, builders.agency(session, hub).id)


def adopt(session: Session, scene: Scene, now: datetime, **other: object) -> Enrolment:
    """Katrina, adopted with the usual values."""
    given: dict[str, object] = {
        "cohort": Cohort.FIXED,
        "strand": Strand.CATCH_AND_CONTROL,
        "lead_agency_id": scene.agency_id,
        "rag": Rag.RED,
        "reason": "Burglaries, to pay for a habit",
        **other,
    }
    return enrolments.adopt(session, scene.chidi, scene.katrina, now=now, **given)  # type: ignore[arg-type]


def waiting_text(session: Session, person: Person, now: datetime) -> Message:
    """A queued text to the person."""
    text = outbox.Text(
        to="+447700900101",
        body="Hi",
        lane=outbox.Lane.REMINDER,
        dedupe_key=f"test:{uuid.uuid4()}",
        recipient=str(person.id),
    )
    return outbox.enqueue(session, text, now=now)


def custody(session: Session, person: Person, since: date, **values: object) -> CustodySpell:
    """A row of a period in prison."""
    made = CustodySpell(
        person_id=person.id,
        recorded_by="system",
        recorded_at=builders.NOW,
        since=since,
        **{"kind": CustodyKind.CUSTODY, **values},
    )
    session.add(made)
    session.flush()
    return made


def outcome(
    session: Session, person: Person, starts_at: datetime, code: OutcomeCode, **values: object
) -> Appointment:
    """An appointment with its outcome."""
    made = builders.appointment(session, person, starts_at, **values)
    session.add(
        Outcome(appointment_id=made.id, code=code, recorded_by="system", recorded_at=starts_at)
    )
    session.flush()
    return made
