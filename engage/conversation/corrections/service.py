"""A worker corrects the meaning of a text: the correction is stored, the records are corrected
where that is safe, and a corpus line without identity is kept.

It must never send anything. The reply record stays as it was, with who corrected it. A danger
signal and a stop of texts are never undone here: a worker resolves the one, and START from the
phone ends the other.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Ability, Actor, open_person
from engage.agencies.hub_settings import hub_today
from engage.agencies.model import Hub, Membership, Staff
from engage.appointments.model import Appointment
from engage.conversation import staff_actions
from engage.conversation.corrections import effects
from engage.conversation.corrections.model import CorpusLine, LineState, ReplyCorrection
from engage.conversation.model import ReplyRecord
from engage.conversation.phone_owner import lock_number
from engage.core import events
from engage.core.errors import Invalid, NotFound
from engage.people.model import Person
from engage.understanding.anonymise.scrub import scrub
from engage.understanding.vocabulary import Intent, Prompt
from messaging.tables import Inbound

_CORPUS_PROMPTS = {
    Prompt.APPOINTMENT: "appointment",
    Prompt.TODAY: "appointment",
    Prompt.ANSWERED: "appointment",
    Prompt.CHECKIN: "checkin",
    Prompt.ABSENCE: "absence",
    Prompt.REBOOK: "rebook",
    Prompt.WHICH: "rebook",
}
"""The corpus prompt for each prompt; `none` for all others."""


def correct(
    session: Session, actor: Actor, record_id: uuid.UUID, meaning: Intent, *, now: datetime
) -> ReplyCorrection:
    """Correct the meaning of a person's text; it then counts as read. If Engage had not acted on
    it, confirming its meaning records it.

    Raises NotFound for a text that the actor may not see or that belongs to nobody, Forbidden for
    an actor who may not converse, and Invalid if the text has this meaning already.
    """
    record, person = _open(session, actor, record_id, now)
    inbound = session.get_one(Inbound, record.inbound_id)
    earlier = latest(session, record.id)
    was = earlier.now if earlier is not None else record.intent
    if was == meaning and (earlier is not None or record.act):
        raise Invalid(fields={"intent": "The text has this meaning already."})
    correction = ReplyCorrection(
        reply_record_id=record.id, was=was, now=meaning.value, by=actor.label, at=now, done=""
    )
    session.add(correction)
    session.flush()
    correction.done = effects.apply(
        session,
        effects.CorrectionCase(actor, person, record, inbound, correction.id, Intent(was), meaning),
        now,
    )[:300]
    correction.line_id = _store_line(session, person, record, inbound, meaning, now)
    session.flush()
    events.record_for_person(
        session,
        "reply.corrected",
        person,
        now=now,
        actor=actor.label,
        reading=record.id,
        was=was,
        intent=meaning.value,
    )
    staff_actions.mark_read(session, actor, record.id, now=now)
    return correction


def latest(session: Session, record_id: uuid.UUID) -> ReplyCorrection | None:
    """The correction of a reply record that counts, if there is one."""
    return session.scalars(
        select(ReplyCorrection)
        .where(ReplyCorrection.reply_record_id == record_id)
        .order_by(ReplyCorrection.at.desc(), ReplyCorrection.id.desc())
        .limit(1)
    ).one_or_none()


def _open(
    session: Session, actor: Actor, record_id: uuid.UUID, now: datetime
) -> tuple[ReplyRecord, Person]:
    """The record and its person, locked in the order in which texts are handled: number, person,
    record.
    """
    found = session.get(ReplyRecord, record_id)
    if found is None or found.person_id is None:
        raise NotFound("There is no such reply, or you may not see it.")
    lock_number(session, found.number)
    try:
        person = open_person(
            session,
            actor,
            found.person_id,
            now=now,
            what="correct reading",
            ability=Ability.CONVERSE,
            change=True,
            lock=True,
        )
    except NotFound:
        raise NotFound("There is no such reply, or you may not see it.") from None
    session.refresh(found, with_for_update=True)
    if found.person_id != person.id:
        raise NotFound("There is no such reply, or you may not see it.")
    return found, person


def _store_line(
    session: Session,
    person: Person,
    record: ReplyRecord,
    inbound: Inbound,
    meaning: Intent,
    now: datetime,
) -> uuid.UUID | None:
    """Store the corpus line of a correction, instead of one that is not reviewed yet, and return
    its id. None for a restricted person, and for a text without words.
    """
    _delete_waiting_lines(session, record.id)
    if person.restricted or not inbound.body.strip():
        return None
    words = scrub(
        inbound.body,
        names=_names(session, person),
        others=_others(session, person),
        places=_places(session, person),
    )
    hub = session.get_one(Hub, person.hub_id)
    line = CorpusLine(
        hub_id=hub.id,
        prompt=_CORPUS_PROMPTS.get(Prompt(record.prompt), "none"),
        intent=meaning.value,
        read_as=record.intent,
        words=words,
        added_on=hub_today(hub, now),
    )
    session.add(line)
    session.flush()
    return line.id


def _delete_waiting_lines(session: Session, record_id: uuid.UUID) -> None:
    waiting = session.scalars(
        select(CorpusLine)
        .join(ReplyCorrection, ReplyCorrection.line_id == CorpusLine.id)
        .where(ReplyCorrection.reply_record_id == record_id, CorpusLine.state == LineState.WAITING)
        .with_for_update(of=CorpusLine)
    ).all()
    for line in waiting:
        for correction in session.scalars(
            select(ReplyCorrection).where(ReplyCorrection.line_id == line.id)
        ):
            correction.line_id = None
        session.flush()
        session.delete(line)


def _names(session: Session, person: Person) -> set[str]:
    """The names of the person, of the hub's staff, and of the workers that they are booked with."""
    workers = session.scalars(
        select(Staff.name).join(Membership).where(Membership.hub_id == person.hub_id).distinct()
    )
    booked = session.scalars(
        select(Appointment.worker_name).where(Appointment.person_id == person.id).distinct()
    )
    return {person.first_name, person.last_name, person.preferred_name or "", *workers, *booked}


def _others(session: Session, person: Person) -> set[str]:
    """The names of the other people in the hub, who may know the person."""
    rows = session.execute(
        select(Person.first_name, Person.last_name, Person.preferred_name).where(
            Person.hub_id == person.hub_id, Person.id != person.id
        )
    )
    return {name for row in rows for name in row if name}


def _places(session: Session, person: Person) -> Sequence[str]:
    rows = session.execute(
        select(Appointment.place, Appointment.place_alias)
        .where(Appointment.person_id == person.id)
        .distinct()
    )
    return sorted({place for row in rows for place in row if place})
