"""A worker says what a text really means: it is stored, what can safely be made right is made
right, and a line without identity is kept to learn from.

Nothing is sent: neither the person nor their phone hears of it. What was read stays as it was, with
who corrected it. A signal of danger and a stop of texts are never taken back here: a person decides
the one, and START from the phone the other.
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

_PROMPTS = {
    Prompt.APPOINTMENT: "appointment",
    Prompt.TODAY: "appointment",
    Prompt.ANSWERED: "appointment",
    Prompt.CHECKIN: "checkin",
    Prompt.ABSENCE: "absence",
    Prompt.REBOOK: "rebook",
    Prompt.WHICH: "rebook",
}
"""What was asked, in the words of the corpus; anything else is `none`."""


def correct(
    session: Session, actor: Actor, reading_id: uuid.UUID, meaning: Intent, *, now: datetime
) -> ReplyCorrection:
    """Say what a person's text means; the reply counts as read. Where Engage had done nothing,
    saying what it read is right records it.

    Raises NotFound for a text that the actor may not see or that is nobody's, Forbidden for whoever
    may not converse, Invalid when that is what counts already.
    """
    reading, person = _open(session, actor, reading_id, now)
    inbound = session.get_one(Inbound, reading.inbound_id)
    earlier = latest(session, reading.id)
    was = earlier.now if earlier is not None else reading.intent
    if was == meaning and (earlier is not None or reading.act):
        raise Invalid(fields={"intent": "That is how it is read already."})
    correction = ReplyCorrection(
        reply_record_id=reading.id, was=was, now=meaning.value, by=actor.label, at=now, done=""
    )
    session.add(correction)
    session.flush()
    correction.done = effects.make_right(
        session,
        effects.CorrectionCase(
            actor, person, reading, inbound, correction.id, Intent(was), meaning
        ),
        now,
    )[:300]
    correction.line_id = _keep_line(session, person, reading, inbound, meaning, now)
    session.flush()
    events.record_for_person(
        session,
        "reply.corrected",
        person,
        now=now,
        actor=actor.label,
        reading=reading.id,
        was=was,
        intent=meaning.value,
    )
    staff_actions.mark_read(session, actor, reading.id, now=now)
    return correction


def latest(session: Session, reading_id: uuid.UUID) -> ReplyCorrection | None:
    """The correction of a reading that counts, if there is one."""
    return session.scalars(
        select(ReplyCorrection)
        .where(ReplyCorrection.reply_record_id == reading_id)
        .order_by(ReplyCorrection.at.desc(), ReplyCorrection.id.desc())
        .limit(1)
    ).one_or_none()


def _open(
    session: Session, actor: Actor, reading_id: uuid.UUID, now: datetime
) -> tuple[ReplyRecord, Person]:
    """The reading and its person, held in the order in which texts are handled: number, person,
    reading.
    """
    found = session.get(ReplyRecord, reading_id)
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


def _keep_line(
    session: Session,
    person: Person,
    reading: ReplyRecord,
    inbound: Inbound,
    meaning: Intent,
    now: datetime,
) -> uuid.UUID | None:
    """The line to learn from; one that nobody has looked at yet is replaced. None for a restricted
    record, and where no words are left.
    """
    _drop_waiting(session, reading.id)
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
        prompt=_PROMPTS.get(Prompt(reading.prompt), "none"),
        intent=meaning.value,
        read_as=reading.intent,
        words=words,
        added_on=hub_today(hub, now),
    )
    session.add(line)
    session.flush()
    return line.id


def _drop_waiting(session: Session, reading_id: uuid.UUID) -> None:
    waiting = session.scalars(
        select(CorpusLine)
        .join(ReplyCorrection, ReplyCorrection.line_id == CorpusLine.id)
        .where(ReplyCorrection.reply_record_id == reading_id, CorpusLine.state == LineState.WAITING)
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
    """The person's names, and those of everybody at work in the hub or booked with them."""
    workers = session.scalars(
        select(Staff.name).join(Membership).where(Membership.hub_id == person.hub_id).distinct()
    )
    booked = session.scalars(
        select(Appointment.worker_name).where(Appointment.person_id == person.id).distinct()
    )
    return {person.first_name, person.last_name, person.preferred_name or "", *workers, *booked}


def _others(session: Session, person: Person) -> set[str]:
    """The names of the other people of the hub: people know one another."""
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
