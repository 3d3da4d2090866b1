"""Whether a person may be texted: the facts of rule 1 for many people at once, number checks, and
word of every change.

It decides nothing itself: rules.py gives the verdict. It must never put content into a text to a
number that is not verified.
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
from engage.agencies.hub_settings import HubRules, hub_rules, hub_today, zone
from engage.agencies.model import Hub
from engage.core import events
from engage.core.db import wake
from engage.core.local_time import local_day, start_of_day
from engage.people import introduction, rules
from engage.people.model import ContactPoint, NumberState, Person
from engage.texts import Purpose
from messaging import outbox
from messaging.states import NEVER_LEFT
from messaging.tables import Message, Suppression

CONTACTABILITY_CHANNEL = "engage_reach"
"""Notified, in the transaction, when a person's number or anything else of rule 1 has changed."""
CHECK_LIFETIME = timedelta(days=3)


@dataclass(frozen=True)
class Contactability:
    """A person with their current number, the facts about them, and the verdict of rule 1 at the
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
        """The current number as E.164, None if there is no usable one."""
        return self.point.number if self.point is not None else None

    @property
    def rules(self) -> rules.ContactRules:
        """The hub's numbers of rule 1."""
        return contact_rules(self.hub)


def contact_rules(hub: HubRules) -> rules.ContactRules:
    """The hub's numbers of rule 1."""
    return rules.ContactRules(
        safe_days=hub.safe_days,
        daily_cap=hub.daily_cap,
        text_from_hour=hub.text_from_hour,
        text_until_hour=hub.text_until_hour,
    )


def _facts_statement() -> Select[Any]:
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


_FACTS = _facts_statement()
"""Every reply and every reminder asks this: building the statement each time would cost more than
running it.
"""


def contactability_of(
    session: Session, person_ids: Collection[uuid.UUID], now: datetime
) -> Mapping[uuid.UUID, Contactability]:
    """The contactability of each person at `now`, in two statements for any number of people.
    Unknown ids are left out.
    """
    if not person_ids:
        return {}
    rows = session.execute(_FACTS, {"people": list(person_ids)}).all()
    since = min(
        (start_of_day(hub_today(hub, now), zone(hub)) for _, _, hub, _, _ in rows), default=now
    )
    today = _texts_since(session, [person.id for person, *_ in rows], since)
    found = {}
    for person, point, hub, others, stopped in rows:
        hub_numbers, where = hub_rules(hub), zone(hub)
        facts = _facts(person, point, others, stopped, today.get(str(person.id), 0))
        verdict = rules.may_text(facts, contact_rules(hub_numbers), now, where)
        found[person.id] = Contactability(person, point, facts, hub_numbers, where, verdict)
    return found


def request_check(
    session: Session, contactability: Contactability, *, now: datetime
) -> Message | None:
    """Ask an unverified number whose it is, once, with no content. None if it may not be asked.

    The question is queued only if the unverified number is the one lasting reason against a text.
    Outside the hours for texts it waits.
    """
    point = contactability.point
    if point is None or point.number is None or point.state is not NumberState.UNVERIFIED:
        return None
    if contactability.verdict.lasting_codes != {rules.NUMBER_UNVERIFIED.code}:
        return None
    return _ask(session, contactability, f"number_check:{point.id}", point.number, point, now)


def ask_again(
    session: Session, contactability: Contactability, *, since: date, now: datetime
) -> Message | None:
    """Ask a verified number again whose it is, because there was no contact since that day (rule
    17). None if it may not be asked.

    Each silence is asked about once, and only if no lasting reason is against a text. The number
    then waits to be verified, as a new one does.
    """
    point = contactability.point
    if point is None or point.number is None or point.state is not NumberState.VERIFIED:
        return None
    key = f"number_check:{point.id}:{since.isoformat()}"
    if contactability.verdict.lasting:
        return None
    if session.scalar(select(exists().where(Message.dedupe_key == key))):
        return None
    return _ask(session, contactability, key, point.number, point, now)


def _ask(
    session: Session,
    contactability: Contactability,
    key: str,
    number: str,
    point: ContactPoint,
    now: datetime,
) -> Message:
    person = contactability.person
    message = outbox.enqueue(
        session,
        introduction.introduced(
            session,
            contactability.hub,
            person.language,
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
                send_after=next_window(contactability, now),
                expires_at=now + CHECK_LIFETIME,
                context={
                    "purpose": Purpose.NUMBER_CHECK,
                    "person": str(person.id),
                    "point": str(point.id),
                },
                route=contactability.hub.route,
                redact=contactability.hub.redact_after_delivery,
            ),
            now,
        ),
        now=now,
    )
    point.state = NumberState.CHECKING
    events.record_for_person(
        session, "number.check_asked", person, now=now, actor="system", point=point.id
    )
    return message


def next_window(contactability: Contactability, now: datetime) -> datetime:
    """`now` if it is inside the person's window for texts, else when the window next opens."""
    start, end = rules.window(contactability.facts, contactability.rules)
    if start >= end or rules.in_window(
        contactability.facts, contactability.rules, now, contactability.zone
    ):
        return now
    local = now.astimezone(contactability.zone)
    day = local.date() if local.hour < start else local.date() + timedelta(days=1)
    return datetime.combine(day, time(start), tzinfo=contactability.zone)


def next_opening(
    contactability: Contactability, verdict: rules.Verdict, now: datetime
) -> datetime | None:
    """When a text may go if only the hour or the daily cap is against it: when the window next
    opens, not before tomorrow if the cap is full. None if a lasting reason is against it, or if the
    person has no hour for texts.
    """
    if not verdict.passing_only:
        return None
    since = now
    if verdict.capped:
        tomorrow = local_day(now, contactability.zone) + timedelta(days=1)
        since = start_of_day(tomorrow, contactability.zone)
    opens = next_window(contactability, since)
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


_TEXTS_SINCE = (
    select(Message.recipient, func.count())
    .where(
        Message.recipient.in_(bindparam("recipients", expanding=True)),
        Message.created_at >= bindparam("since"),
        Message.lane >= outbox.Lane.REMINDER,
        Message.status.not_in(NEVER_LEFT),
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
    """Note that a reason against texts may be gone. The worker that `CONTACTABILITY_CHANNEL` wakes
    then decides again about reminders that were skipped.
    """
    person.contactability_changed_at = now
    wake(session, CONTACTABILITY_CHANNEL)


def withdraw_all(session: Session, person: Person, reason: str, now: datetime) -> int:
    """Withdraw every text to the person that has not gone. Returns how many."""
    return outbox.withdraw(session, now=now, reason=reason, recipient=str(person.id))


def withdraw_if_stopped(session: Session, person: Person, now: datetime) -> None:
    """Withdraw every text to the person that has not gone, if a reason of rule 1 applies that
    withdraws texts.
    """
    reason = contactability_of(session, [person.id], now)[person.id].verdict.withdraws
    if reason is not None:
        withdraw_all(session, person, reason, now)
