"""The evidence pack: a complete, dated record for a court, with the chain that reveals tampering.

A pack is made by someone who may enforce, for a recorded purpose and recipient, and is logged as a
disclosure. Its JSON is kept as given; the PDF is laid out from it. It holds facts alone, those in
the person's favour as well as those against.
"""

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import false, func, select
from sqlalchemy.orm import Session, undefer

from engage.access.model import Disclosure
from engage.access.policy import (
    Ability,
    Actor,
    abilities,
    open_person,
)
from engage.agencies.model import Hub, Staff
from engage.compliance import counting
from engage.compliance.counting import Compliance
from engage.compliance.model import EvidencePack
from engage.core import audit_chain, events
from engage.core.db import new_id
from engage.core.errors import Forbidden, Invalid, NotFound
from engage.core.local_time import local_day, start_of_day
from engage.core.model import Event, EventSeal
from engage.core.text_fields import clean_text
from engage.documents.evidence_pack import facts as pack_facts
from engage.documents.evidence_pack.facts import Json, Period, at
from engage.people.model import Person

FORMAT = "engage-evidence-pack/1"
LONGEST_DAYS = 1100
LONGEST_PURPOSE = 200
LONGEST_RECIPIENT = 120
LAWFUL_BASIS = "Court order or licence: enforcement as the law requires"
HOW_TO_CHECK = (
    "Each link is the SHA-256 (hexadecimal) of the link before it followed by the "
    "digest of the event. Start with `before` and calculate each link; the last must "
    "equal `head`. Whether the digests match the events as written is checked by "
    "`engage log verify` on the service itself."
)
_SHOWN = (
    "appointment.",
    "outcome.",
    "intent.",
    "absence.",
    "reminder.",
    "enforcement.",
    "order.",
    "pack.",
)


@dataclass(frozen=True)
class OpenedPack:
    """A pack that has been opened: its row, and its content."""

    pack: EvidencePack
    facts: Json


def make(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    from_on: date,
    until_on: date,
    purpose: str,
    recipient: str,
    now: datetime,
) -> EvidencePack:
    """Make and keep the pack of a period, and log it as a disclosure to `recipient`.

    The words of the person's texts are included only with health access, because any reply may hold
    a health matter. Raises NotFound or Forbidden, Invalid for days that are not valid or without
    purpose and recipient.
    """
    person = open_person(
        session, actor, person_id, now=now, what="make pack", ability=Ability.ENFORCE, change=True
    )
    hub = session.get_one(Hub, person.hub_id)
    period = _period(from_on, until_on, local_day(now, counting.compliance_settings(hub).zone))
    purpose = clean_text(
        "purpose", purpose, LONGEST_PURPOSE, missing="Say what the pack is for.", one_line=True
    )
    recipient = clean_text(
        "recipient",
        recipient,
        LONGEST_RECIPIENT,
        missing="Say who gets it, such as the court.",
        one_line=True,
    )
    audit_chain.seal_person(session, person.id, now=now)
    facts = gather(session, actor, person, hub, period, now=now)
    facts["made"] |= {"purpose": purpose, "recipient": recipient}
    content = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
    made = EvidencePack(
        id=new_id(),
        person_id=person.id,
        from_on=period.first,
        until_on=period.last,
        purpose=purpose,
        recipient=recipient,
        made_by=actor.label,
        made_at=now,
        digest=hashlib.sha256(content).hexdigest(),
        head=facts["chain"]["head"],
        content=content,
    )
    session.add_all([made, _disclosure(made, actor, now)])
    session.flush()
    events.record_for_person(
        session, "pack.made", person, now=now, actor=actor.label, pack=made.id, digest=made.digest
    )
    return made


def gather(
    session: Session, actor: Actor, person: Person, hub: Hub, period: Period, *, now: datetime
) -> Json:
    """Return the content of a pack, in a constant number of statements. The caller has opened the
    person.
    """
    words = Ability.HEALTH in abilities(actor, person)
    found = counting.assess(session, person, now=now)
    listed, names = pack_facts.appointments(session, person, period, found, words=words)
    unheard = [one for one in listed if one["nothing_known_to_have_arrived"]]
    return {
        "format": FORMAT,
        "made": {
            "at": at(now),
            "by": session.scalar(select(Staff.name).where(Staff.id == actor.id)) or "Engage",
            "hub": hub.name,
            "zone": hub.timezone,
            "words_of_texts": words,
        },
        "person": {
            "name": person.name,
            "crn": person.crn,
            "born": person.date_of_birth.isoformat() if person.date_of_birth else None,
        },
        "period": {"from": period.first.isoformat(), "until": period.last.isoformat()},
        "orders": [pack_facts.order(one) for one in found.orders],
        "count": _count(found),
        "non_delivery": {
            "appointments": len(listed),
            "nothing_known_to_have_arrived": [one["id"] for one in unheard],
            "of_these_counted_as_failures": [
                one["id"] for one in unheard if one["counts_as_failure"]
            ],
        },
        "appointments": listed,
        "decisions": [pack_facts.decision(one, names) for one in reversed(found.decisions)],
        "chain": chain(session, person, period, found.settings.zone),
    }


def chain(session: Session, person: Person, period: Period, zone: Any) -> Json:
    """The links of a person's events from the start of the period, and whether the whole chain
    holds.

    An event is described only if it belongs to something that the pack shows. Other events give
    their link alone.
    """
    first = session.scalar(
        select(func.min(EventSeal.place))
        .join(Event, Event.id == EventSeal.event_id)
        .where(
            EventSeal.person_id == person.id,
            Event.at >= start_of_day(period.first, zone),
        )
    )
    rows = session.execute(
        select(
            EventSeal.place,
            EventSeal.digest,
            EventSeal.link,
            EventSeal.sealed_at,
            Event.at,
            Event.kind,
        )
        .join(Event, Event.id == EventSeal.event_id)
        .where(EventSeal.person_id == person.id, EventSeal.place >= first - 1 if first else false())
        .order_by(EventSeal.place)
    ).all()
    head = audit_chain.head(session, person.id)
    before = (
        next((row.link for row in rows if row.place < first), audit_chain.START) if first else head
    )
    broken = verify(session, person.id)
    waiting = session.scalar(
        select(func.count())
        .select_from(Event)
        .outerjoin(EventSeal, EventSeal.event_id == Event.id)
        .where(Event.person_id == person.id, EventSeal.event_id.is_(None))
    )
    return {
        "how_to_check": HOW_TO_CHECK,
        "before": before,
        "links": [
            {
                "place": row.place,
                "at": at(row.at),
                "sealed_at": at(row.sealed_at),
                "what": row.kind if row.kind.startswith(_SHOWN) else None,
                "digest": row.digest,
                "link": row.link,
            }
            for row in rows
            if first and row.place >= first
        ],
        "head": head,
        "holds": broken is None,
        "broken": {"place": broken.place, "why": broken.why} if broken else None,
        "waiting": waiting or 0,
    }


def verify(session: Session, person_id: uuid.UUID) -> audit_chain.BrokenSeal | None:
    """The first break in a person's chain, with the links printed on their packs looked for in it.
    None if it holds.
    """
    heads = set(
        session.scalars(select(EvidencePack.head).where(EvidencePack.person_id == person_id))
    ) - {audit_chain.START}
    elsewhere = session.scalars(
        select(EventSeal.link)
        .join(Person, Person.id == EventSeal.person_id)
        .where(Person.merged_into_id == person_id, EventSeal.link.in_(heads))
    )
    return audit_chain.verify(session, person_id, heads=heads - set(elsewhere))


def sealed_people(
    session: Session, *, crn: str | None, after: uuid.UUID | None, limit: int
) -> list[tuple[uuid.UUID, str]]:
    """People with their CRN, in order of id, to verify one after the other. Raises NotFound for an
    unknown CRN.
    """
    query = select(Person.id, Person.crn).order_by(Person.id).limit(limit)
    if crn is not None:
        query = query.where(Person.crn == crn.strip().upper())
    if after is not None:
        query = query.where(Person.id > after)
    found = [(row.id, row.crn) for row in session.execute(query)]
    if crn is not None and not found and after is None:
        raise NotFound(f"There is no person with the CRN {crn}.")
    return found


def open_pack(session: Session, actor: Actor, pack_id: uuid.UUID, *, now: datetime) -> OpenedPack:
    """Return a pack as it was given, for actors who may enforce. The access is logged. Raises
    NotFound or Forbidden.
    """
    person_id = session.scalar(select(EvidencePack.person_id).where(EvidencePack.id == pack_id))
    if person_id is None:
        raise NotFound("There is no such pack, or you may not see it.")
    person = open_person(
        session, actor, person_id, now=now, what="evidence pack", ability=Ability.ENFORCE
    )
    pack = session.scalars(
        select(EvidencePack)
        .where(EvidencePack.id == pack_id)
        .options(undefer(EvidencePack.content))
    ).one()
    facts: Json = json.loads(pack.content)
    if facts["made"]["words_of_texts"] and Ability.HEALTH not in abilities(actor, person):
        raise Forbidden(
            "This pack holds the words of texts, which your role may not read. Make your own pack."
        )
    return OpenedPack(pack, facts)


def _count(found: Compliance) -> Json:
    return {
        "on": found.on.isoformat(),
        "months": found.settings.months,
        "failures": [
            {
                "appointment": str(one.appointment_id),
                "on": one.on.isoformat(),
                "code": one.code.value,
                "decided_at": at(one.decided_at),
            }
            for one in found.counted
        ],
        "suggested": [
            {
                "order": one.order.kind.value if one.order else None,
                "step": one.suggestion.step.value,
                "reasons": list(one.suggestion.reasons),
                "due_on": one.suggestion.due_on.isoformat() if one.suggestion.due_on else None,
            }
            for one in found.positions
        ],
    }


def _disclosure(made: EvidencePack, actor: Actor, now: datetime) -> Disclosure:
    return Disclosure(
        person_id=made.person_id,
        recipient=made.recipient,
        purpose=made.purpose,
        lawful_basis=LAWFUL_BASIS,
        fields=["compliance", "appointments"],
        actor=actor.label,
        at=now,
    )


def _period(first: date, last: date, today: date) -> Period:
    problems = {}
    if last > today:
        problems["until_on"] = "Give a last day that is not in the future."
    if first > last:
        problems["from_on"] = "Give a first day before the last."
    elif (last - first).days > LONGEST_DAYS:
        problems["from_on"] = "Give a period of at most three years."
    if problems:
        raise Invalid(fields=problems)
    return Period(first, last)
