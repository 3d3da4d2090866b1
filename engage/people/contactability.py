"""How a person may be reached: gathers the facts of rule 1 for many people at once, asks a new
number, or a silent one, whose it is, and passes on a change of reach.

It decides nothing by itself: rules.py gives the verdict. It must never put content into a text to a
number that is not confirmed.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from engage import texts
from engage.agencies.hub_settings import HubRules, hub_rules, zone
from engage.agencies.model import Hub
from engage.core import events
from engage.core.db import wake
from engage.people import rules
from engage.people.model import ContactPoint, NumberState, Person
from engage.texts import Purpose
from messaging import outbox
from messaging.states import MessageStatus
from messaging.tables import Message, Suppression

CONTACTABILITY_CHANNEL = "engage_reach"
"""Notified, in the transaction, when a person's number or the leave to text them has changed."""
CHECK_LIFE = timedelta(days=3)
_NOT_SENT = (
    MessageStatus.WITHDRAWN,
    MessageStatus.WITHHELD,
    MessageStatus.EXPIRED,
    MessageStatus.REFUSED,
)


@dataclass(frozen=True)
class Contactability:
    """A person, the number they have now, the facts about it, and the verdict of rule 1 at the
    moment asked for.
    """

    person: Person
    point: ContactPoint | None
    facts: rules.ContactFacts
    hub: HubRules
    zone: ZoneInfo
    verdict: rules.Verdict

    @property
    def number(self) -> str | None:
        """The current number as E.164, if there is one that could be texted."""
        return self.point.number if self.point is not None else None

    @property
    def rules(self) -> rules.ContactRules:
        """The hub's numbers of rule 1."""
        return contact_rules(self.hub)


def contact_rules(hub: HubRules) -> rules.ContactRules:
    """The part of a hub's rules that rule 1 uses."""
    return rules.ContactRules(
        safe_days=hub.safe_days,
        daily_cap=hub.daily_cap,
        text_from_hour=hub.text_from_hour,
        text_until_hour=hub.text_until_hour,
    )


def _reach_statement() -> Select[Any]:
    other = aliased(ContactPoint)
    shared_with = (
        select(func.count())
        .where(
            other.number == ContactPoint.number,
            other.person_id != Person.id,
            other.state != NumberState.RETIRED,
        )
        .scalar_subquery()
    )
    suppressed = exists().where(
        Suppression.number == ContactPoint.number, Suppression.restored_at.is_(None)
    )
    return (
        select(Person, ContactPoint, Hub, shared_with, suppressed)
        .join(Hub, Hub.id == Person.hub_id)
        .outerjoin(
            ContactPoint,
            and_(ContactPoint.person_id == Person.id, ContactPoint.state != NumberState.RETIRED),
        )
        .where(Person.id.in_(bindparam("people", expanding=True)))
    )


_REACH = _reach_statement()
"""Every reply and every reminder asks this; to write it anew each time would cost more than to run
it.
"""


def contactability_of(
    session: Session, person_ids: Collection[uuid.UUID], now: datetime
) -> Mapping[uuid.UUID, Contactability]:
    """The reach of each person at `now`, in two statements however many there are. Unknown ids are
    left out.
    """
    if not person_ids:
        return {}
    rows = session.execute(_REACH, {"people": list(person_ids)}).all()
    since = min((_midnight(now, zone(hub)) for _, _, hub, _, _ in rows), default=now)
    today = _texts_since(session, [person.id for person, *_ in rows], since)
    found = {}
    for person, point, hub, others, stopped in rows:
        hub_numbers, where = hub_rules(hub), zone(hub)
        facts = _facts(person, point, others, stopped, today.get(str(person.id), 0))
        verdict = rules.may_text(facts, contact_rules(hub_numbers), now, where)
        found[person.id] = Contactability(person, point, facts, hub_numbers, where, verdict)
    return found


def request_check(session: Session, reach_now: Contactability, *, now: datetime) -> Message | None:
    """Ask an unverified number whose it is, once, with no content (TEXTS.md: two-step check). None
    where that may not be.

    The text goes only if the number is the one obstacle besides the hour; it waits for the window
    by its `send_after`.
    """
    point = reach_now.point
    if point is None or point.number is None or point.state is not NumberState.UNVERIFIED:
        return None
    if reach_now.verdict.lasting != (rules.NUMBER_UNVERIFIED,):
        return None
    return _ask(session, reach_now, f"number_check:{point.id}", point.number, point, now)


def ask_again(
    session: Session, reach_now: Contactability, *, since: date, now: datetime
) -> Message | None:
    """Ask a confirmed number anew whose it is, because nothing was heard since that day (RULES.md
    17). None where that may not be.

    Once for each silence: the number waits to be confirmed again, as a new one does, and whoever
    has been asked in this silence is not asked again. Whoever may not be texted for anything but
    the hour is left alone.
    """
    point = reach_now.point
    if point is None or point.number is None or point.state is not NumberState.VERIFIED:
        return None
    key = f"number_check:{point.id}:{since.isoformat()}"
    if reach_now.verdict.lasting:
        return None
    if session.scalar(select(exists().where(Message.dedupe_key == key))):
        return None
    return _ask(session, reach_now, key, point.number, point, now)


def _ask(
    session: Session,
    reach_now: Contactability,
    key: str,
    number: str,
    point: ContactPoint,
    now: datetime,
) -> Message:
    person = reach_now.person
    message = outbox.enqueue(
        session,
        outbox.Text(
            to=number,
            body=texts.render(
                texts.TextKind.NUMBER_CHECK,
                person.language,
                first=texts.shorten_first_name(person.first_name, person.preferred_name),
            ),
            lane=outbox.Lane.REMINDER,
            dedupe_key=key,
            recipient=str(person.id),
            group_key=f"contact_point:{point.id}",
            send_after=next_window(reach_now, now),
            expires_at=now + CHECK_LIFE,
            context={
                "purpose": Purpose.NUMBER_CHECK,
                "person": str(person.id),
                "point": str(point.id),
            },
            route=reach_now.hub.route,
            redact=reach_now.hub.redact_after_delivery,
        ),
        now=now,
    )
    point.state = NumberState.CHECKING
    events.record(
        session,
        "number.check_asked",
        now=now,
        actor="system",
        person_id=person.id,
        hub_id=person.hub_id,
        point=point.id,
    )
    return message


def next_window(reach_now: Contactability, now: datetime) -> datetime:
    """`now` when it is inside the person's window for texts, else the next moment at which that
    opens.
    """
    start, end = rules.window(reach_now.facts, reach_now.rules)
    if start >= end or rules.in_window(reach_now.facts, reach_now.rules, now, reach_now.zone):
        return now
    local = now.astimezone(reach_now.zone)
    day = local.date() if local.hour < start else local.date() + timedelta(days=1)
    return datetime.combine(day, time(start), tzinfo=reach_now.zone)


def next_chance(
    reach_now: Contactability, verdict: rules.Verdict, now: datetime
) -> datetime | None:
    """When a text may go that only the hour or the daily cap is against: the next opening of the
    window, after the day if the cap is full. None if a lasting reason is against it, or if the
    person has no hour for texts.
    """
    if not verdict.passing_only:
        return None
    since = now
    if verdict.capped:
        tomorrow = now.astimezone(reach_now.zone).date() + timedelta(days=1)
        since = datetime.combine(tomorrow, time(0), tzinfo=reach_now.zone)
    opens = next_window(reach_now, since)
    return opens if opens > now else None


def _facts(
    person: Person, point: ContactPoint | None, others: int, stopped: bool, today: int
) -> rules.ContactFacts:
    return rules.ContactFacts(
        number_state=None if point is None else point.state.value,
        number_problem=None if point is None else point.problem,
        shared_with=others,
        shared_agreed=point is not None and point.shared_agreed_at is not None,
        suppressed=stopped,
        safe_until=None if point is None else point.safe_until,
        contact_status=person.contact_status.value,
        custody_status=person.custody_status.value,
        restricted=person.restricted,
        restricted_texts_allowed=person.restricted_texts_allowed,
        approved=person.texts_approved_at is not None,
        texts_today=today,
        paused=person.texts_paused_at is not None,
        text_from_hour=person.text_from_hour,
        text_until_hour=person.text_until_hour,
    )


def _midnight(now: datetime, where: ZoneInfo) -> datetime:
    return datetime.combine(now.astimezone(where).date(), time(0), tzinfo=where)


_TEXTS_SINCE = (
    select(Message.recipient, func.count())
    .where(
        Message.recipient.in_(bindparam("recipients", expanding=True)),
        Message.created_at >= bindparam("since"),
        Message.lane >= outbox.Lane.REMINDER,
        Message.status.not_in(_NOT_SENT),
        Message.context["purpose"].astext.is_distinct_from("number_check"),
    )
    .group_by(Message.recipient)
)


def _texts_since(session: Session, people: list[uuid.UUID], since: datetime) -> dict[str, int]:
    rows = session.execute(
        _TEXTS_SINCE, {"recipients": [str(person) for person in people], "since": since}
    )
    return {recipient: count for recipient, count in rows if recipient is not None}


def note_contactability_changed(session: Session, person: Person, now: datetime) -> None:
    """What stood against texts may have gone: reminders that were skipped are thought over by
    whoever wakes to `REACH_CHANNEL`.
    """
    person.contactability_changed_at = now
    wake(session, CONTACTABILITY_CHANNEL)


def withdraw_all(session: Session, person: Person, reason: str, now: datetime) -> int:
    """Call back every text to the person that has not gone; returns how many."""
    return outbox.withdraw(session, now=now, reason=reason, recipient=str(person.id))
