"""The agenda of a meeting. It builds itself from referrals, reviews due, long green, urgent signals
and custody.

It lists who is to be discussed and why, and decides nothing. A person is listed once, with every
reason. A reason that no longer holds is removed, and so is an item with no reason left, unless it
has a decision or a worker asked for it.
"""

import uuid
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from engage.access.policy import Ability, Actor, open_person
from engage.agencies.hub_settings import HubRules, hub_rules, hub_today, today_at
from engage.agencies.model import Hub
from engage.cohort import rules
from engage.cohort.kinds import AgendaReason, Rag, ReferralState
from engage.cohort.meeting_model import AgendaItem, Meeting, MeetingDecision
from engage.cohort.model import (
    Enrolment,
    RagReview,
    Referral,
    ReReferral,
)
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict
from engage.legal.model import CustodySpell
from engage.people.model import Person
from engage.signals import Severity, Signal, SignalState

AgendaKey = tuple[uuid.UUID | None, uuid.UUID | None]
"""A person's id, or a referral's id if Engage does not know the person."""
_MONTHS_MAY_DIFFER_BY = timedelta(days=3)
NIGHTLY_ACTOR = "system"


def build(session: Session, meeting: Meeting, *, actor: str, now: datetime) -> int:
    """Update the agenda and return the number of items added. Locks the meeting's row. A constant
    number of statements.
    """
    session.refresh(meeting, with_for_update=True)
    if meeting.closed_at is not None:
        raise Conflict("This meeting is closed.", code="meeting_closed")
    hub = session.get_one(Hub, meeting.hub_id)
    wanted = _reasons(session, meeting, hub)
    existing = {
        (item.person_id, item.referral_id): item
        for item in session.scalars(select(AgendaItem).where(AgendaItem.meeting_id == meeting.id))
    }
    for key, item in existing.items():
        if item.decision is None:
            _refresh_reasons(session, item, wanted.get(key, set()))
    added = [key for key in wanted if key not in existing]
    for person_id, referral_id in added:
        session.add(
            AgendaItem(
                id=new_id(),
                meeting_id=meeting.id,
                person_id=person_id,
                referral_id=referral_id,
                reasons=_ordered(wanted[person_id, referral_id]),
                added_by=actor,
                added_at=now,
            )
        )
    session.flush()
    return len(added)


def build_due(session: Session, *, now: datetime, days: int = 7) -> int:
    """Update the agendas of the meetings in the next days, for the worker. Returns the number of
    items added. Repeating it changes nothing.

    It leaves today's meetings alone, so that no item disappears while the coordinator is using the
    agenda: they update it themselves.
    """
    ahead = now.date() + timedelta(days=days + 1)
    called = session.execute(
        select(Meeting, Hub)
        .join(Hub, Hub.id == Meeting.hub_id)
        .where(Meeting.closed_at.is_(None), Meeting.held_on >= now.date(), Meeting.held_on <= ahead)
        .order_by(Meeting.id)
    ).all()
    near = [
        meeting
        for meeting, hub in called
        if timedelta(0) < meeting.held_on - hub_today(hub, now) <= timedelta(days=days)
    ]
    return sum(build(session, meeting, actor=NIGHTLY_ACTOR, now=now) for meeting in near)


def request_item(
    session: Session, actor: Actor, meeting_id: uuid.UUID, person_id: uuid.UUID, *, now: datetime
) -> AgendaItem:
    """Put a person on the agenda at the request of a worker who manages them. Repeating it changes
    nothing.

    Raises Conflict for a closed meeting or one of another hub.
    """
    person = open_person(
        session,
        actor,
        person_id,
        now=now,
        what="ask for a meeting",
        ability=Ability.MANAGE,
        change=True,
    )
    meeting = session.get(
        Meeting, meeting_id, with_for_update={"read": True}, populate_existing=True
    )
    if meeting is None or meeting.hub_id != person.hub_id:
        raise Conflict("Choose a meeting of this person’s hub.", code="other_hub")
    if meeting.closed_at is not None:
        raise Conflict("This meeting is closed.", code="meeting_closed")
    item = _add_item(session, meeting, (person.id, None), AgendaReason.ASKED_FOR, actor.label, now)
    events.record_for_person(
        session, "agenda.asked_for", person, now=now, actor=actor.label, meeting=meeting.id
    )
    return item


def add_referral(session: Session, referral: Referral, *, actor: str, now: datetime) -> None:
    """Put a waiting referral on the agenda of every meeting that has been called."""
    today = today_at(session, referral.hub_id, now)
    for meeting in session.scalars(
        select(Meeting)
        .where(
            Meeting.hub_id == referral.hub_id, Meeting.closed_at.is_(None), Meeting.held_on >= today
        )
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).all():
        _add_item(session, meeting, _key_of(referral), AgendaReason.REFERRAL, actor, now)


def remove_referral(session: Session, referral: Referral) -> None:
    """Remove a referral that no longer waits, or whose person is now known, from open agendas.

    An item stays if it has another reason.
    """
    others = select(Referral.id).where(
        Referral.person_id == referral.person_id,
        Referral.id != referral.id,
        Referral.state == ReferralState.WAITING,
    )
    others_wait = (
        referral.person_id is not None and session.execute(others.limit(1)).first() is not None
    )
    items = AgendaItem.referral_id == referral.id
    if referral.person_id is not None and not others_wait:
        items = or_(items, AgendaItem.person_id == referral.person_id)
    for item in session.scalars(
        select(AgendaItem)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(items, Meeting.closed_at.is_(None), ~_decided())
    ).all():
        left = set(item.reasons) - {AgendaReason.REFERRAL.value}
        if item.referral_id is not None or not left:
            session.delete(item)
        else:
            item.reasons = _ordered(map(AgendaReason, left))
    session.flush()


def _add_item(
    session: Session,
    meeting: Meeting,
    key: AgendaKey,
    reason: AgendaReason,
    actor: str,
    now: datetime,
) -> AgendaItem:
    person_id, referral_id = key
    session.execute(
        insert(AgendaItem)
        .values(
            id=new_id(),
            meeting_id=meeting.id,
            person_id=person_id,
            referral_id=referral_id,
            reasons=[reason.value],
            added_by=actor,
            added_at=now,
        )
        .on_conflict_do_nothing()
    )
    item = session.scalars(
        select(AgendaItem)
        .where(
            AgendaItem.meeting_id == meeting.id,
            AgendaItem.person_id == person_id
            if person_id
            else AgendaItem.referral_id == referral_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if item.decision is None and reason.value not in item.reasons:
        item.reasons = _ordered({*map(AgendaReason, item.reasons), reason})
    session.flush()
    return item


def _refresh_reasons(session: Session, item: AgendaItem, wanted: set[AgendaReason]) -> None:
    requested = {AgendaReason.ASKED_FOR} & set(map(AgendaReason, item.reasons))
    reasons = _ordered(wanted | requested)
    if not reasons:
        session.delete(item)
    elif reasons != item.reasons:
        item.reasons = reasons


def _reasons(session: Session, meeting: Meeting, hub: Hub) -> dict[AgendaKey, set[AgendaReason]]:
    found: dict[AgendaKey, set[AgendaReason]] = {}
    for reason, people in _reasons_for_people(session, meeting, hub_rules(hub)):
        for person_id in people:
            found.setdefault((person_id, None), set()).add(reason)
    waiting = select(Referral).where(
        Referral.hub_id == meeting.hub_id, Referral.state == ReferralState.WAITING
    )
    for referral in session.scalars(waiting):
        found.setdefault(_key_of(referral), set()).add(AgendaReason.REFERRAL)
    return found


def _reasons_for_people(
    session: Session, meeting: Meeting, settings: HubRules
) -> Iterator[tuple[AgendaReason, Iterable[uuid.UUID]]]:
    """The people of the hub by reason, one statement for each reason."""
    on = meeting.held_on
    yield AgendaReason.REVIEW_DUE, session.scalars(_review_due(meeting, on))
    yield (
        AgendaReason.GREEN_THREE_MONTHS,
        _green_long_enough(session, meeting, settings.green_months),
    )
    in_custody = select(CustodySpell.person_id).join(Person, Person.id == CustodySpell.person_id)
    in_custody = in_custody.join(Enrolment, Enrolment.person_id == Person.id).where(
        _on_cohort(meeting)
    )
    inside = in_custody.where(CustodySpell.released_on.is_(None))
    long = rules.days_of_years(settings.long_custody_years)
    yield (
        AgendaReason.LONG_CUSTODY,
        session.scalars(inside.where(CustodySpell.sentence_days >= long)),
    )
    soon = CustodySpell.release_on <= on + timedelta(days=settings.release_days)
    yield AgendaReason.RELEASE_SOON, session.scalars(inside.where(soon))
    before = _last_held_on(session, meeting) or on - timedelta(days=settings.meeting_days)
    changed = or_(CustodySpell.since > before, CustodySpell.released_on > before)
    yield AgendaReason.CUSTODY_CHANGED, session.scalars(in_custody.where(changed))
    yield (
        AgendaReason.URGENT_SIGNAL,
        session.scalars(
            _enrolled(meeting)
            .join(Signal, Signal.person_id == Person.id)
            .where(Signal.state != SignalState.RESOLVED, Signal.severity == Severity.URGENT)
        ),
    )
    yield (
        AgendaReason.RE_REFERRAL,
        session.scalars(
            select(ReReferral.person_id)
            .join(Person, Person.id == ReReferral.person_id)
            .where(_of_hub(meeting), ReReferral.done_at.is_(None), ReReferral.due_on <= on)
        ),
    )
    yield AgendaReason.ASKED_FOR, session.scalars(_carried_over(meeting))


def _review_due(meeting: Meeting, on: date) -> Select[uuid.UUID]:
    latest = (
        select(RagReview.next_due_on)
        .where(RagReview.enrolment_id == Enrolment.id)
        .order_by(RagReview.held_on.desc(), RagReview.decided_at.desc(), RagReview.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return _enrolled(meeting).where(or_(latest.is_(None), latest <= on))


def _green_long_enough(session: Session, meeting: Meeting, months: int) -> list[uuid.UUID]:
    """People who will have been green without a break for so many months on the day of the meeting
    (rule 10).
    """
    other = aliased(RagReview)
    broken = (
        select(other.id)
        .where(
            other.enrolment_id == RagReview.enrolment_id,
            other.rag != Rag.GREEN,
            tuple_(other.held_on, other.decided_at, other.id)
            > tuple_(RagReview.held_on, RagReview.decided_at, RagReview.id),
        )
        .exists()
    )
    since = func.min(RagReview.held_on)
    latest = rules.add_months(meeting.held_on, -months) + _MONTHS_MAY_DIFFER_BY
    rows = session.execute(
        _enrolled(meeting)
        .add_columns(since)
        .join(RagReview, RagReview.enrolment_id == Enrolment.id)
        .where(RagReview.rag == Rag.GREEN, ~broken)
        .group_by(Person.id)
        .having(since <= latest)
    )
    return [person for person, day in rows if rules.add_months(day, months) <= meeting.held_on]


def _carried_over(meeting: Meeting) -> Select[uuid.UUID | None]:
    """People requested for the previous meeting, which made no decision about them."""
    last = _closed_before(meeting).with_only_columns(Meeting.id).scalar_subquery()
    return (
        select(AgendaItem.person_id)
        .join(Person, Person.id == AgendaItem.person_id)
        .where(
            _of_hub(meeting),
            AgendaItem.meeting_id == last,
            AgendaItem.reasons.contains([AgendaReason.ASKED_FOR.value]),
            ~_decided(),
        )
    )


def _last_held_on(session: Session, meeting: Meeting) -> date | None:
    return session.scalar(_closed_before(meeting).with_only_columns(Meeting.held_on))


def _closed_before(meeting: Meeting) -> Select[Meeting]:
    return (
        select(Meeting)
        .where(
            Meeting.hub_id == meeting.hub_id,
            Meeting.held_on < meeting.held_on,
            Meeting.closed_at.is_not(None),
        )
        .order_by(Meeting.held_on.desc())
        .limit(1)
    )


def _enrolled(meeting: Meeting) -> Select[uuid.UUID]:
    return (
        select(Person.id)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(_on_cohort(meeting))
    )


def _on_cohort(meeting: Meeting) -> ColumnElement[bool]:
    return and_(_of_hub(meeting), Enrolment.ended_on.is_(None))


def _of_hub(meeting: Meeting) -> ColumnElement[bool]:
    return and_(Person.hub_id == meeting.hub_id, Person.merged_into_id.is_(None))


def _decided() -> ColumnElement[bool]:
    return select(MeetingDecision.id).where(MeetingDecision.item_id == AgendaItem.id).exists()


def _key_of(referral: Referral) -> AgendaKey:
    return (referral.person_id, None) if referral.person_id is not None else (None, referral.id)


def _ordered(reasons: Iterable[AgendaReason]) -> list[str]:
    given = set(reasons)
    return [reason.value for reason in AgendaReason if reason in given]
