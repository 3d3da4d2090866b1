"""Meetings as staff see them: the list, and one meeting with its agenda, attendance and decisions.

A user who attends sees the people on the agenda whom they may see, and only the number of the
others. Referrals and minutes are for users who see the whole hub.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from engage.access import hub_roles, scope
from engage.access.policy import Actor
from engage.agencies.hub_settings import zone
from engage.agencies.model import Agency, Hub, Role, Staff
from engage.agencies.service import agencies_of, hubs_of, offender_managers
from engage.cohort import decisions, meetings
from engage.cohort.decision_details import possible_decisions
from engage.cohort.kinds import (
    AgendaReason,
    Cohort,
    DecisionKind,
    Rag,
    ReferralState,
    Strand,
)
from engage.cohort.meeting_model import AgendaItem, Meeting, MeetingDecision
from engage.cohort.meetings import NextMeeting
from engage.cohort.model import (
    Enrolment,
    RagReview,
    Referral,
    StrandSpell,
)
from engage.core.paging import DayCursor, rows_before
from engage.people.model import Person
from engage.queries import actor_names

PAGE = 50
MOST_ITEMS = 500
_ORDER = {reason: place for place, reason in enumerate(AgendaReason)}


@dataclass(frozen=True)
class MeetingRow:
    """A meeting in a list, with the number of items on its agenda and of decisions."""

    id: uuid.UUID
    hub_id: uuid.UUID
    hub_name: str
    held_on: date
    chair: str
    closed_at: datetime | None
    items: int
    decided: int


@dataclass(frozen=True)
class Meetings:
    """The meetings of the actor's hubs, latest first, and when each hub meets next.

    `keeps` are the hubs whose meetings the actor may record.
    """

    rows: tuple[MeetingRow, ...]
    hubs: tuple[tuple[Hub, NextMeeting], ...]
    keeps: tuple[Hub, ...]


@dataclass(frozen=True)
class DecisionView:
    """A decision about an item."""

    id: uuid.UUID
    kind: DecisionKind
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class AgendaItemView:
    """A person on the agenda.

    A person on the cohort has an id and a status; a referral of an unknown person has neither.
    """

    id: uuid.UUID
    person_id: uuid.UUID | None
    referral_id: uuid.UUID | None
    name: str
    crn: str | None
    offender_manager: str | None
    reasons: tuple[AgendaReason, ...]
    rag: Rag | None
    strand: Strand | None
    cohort: Cohort | None
    enrolled: bool
    decision: DecisionView | None


@dataclass(frozen=True)
class AttendeeView:
    """Whether an agency of the area attended; None if not recorded."""

    agency: Agency
    came: bool | None
    names: str


@dataclass(frozen=True)
class MeetingPage:
    """One meeting. `hidden` counts the agenda items that the actor may not see."""

    meeting: Meeting
    hub: Hub
    zone: ZoneInfo
    items: tuple[AgendaItemView, ...]
    hidden: int
    agencies: tuple[AttendeeView, ...]
    keeps: bool
    reads_all: bool
    held: bool
    closed_by: str | None

    @property
    def minutes(self) -> str:
        """The minutes, for users who see the whole hub; empty for others."""
        return self.meeting.minutes if self.reads_all else ""


@dataclass(frozen=True)
class DecisionForm:
    """One item, with the choices for a decision. `referral` is the one that waits, if any."""

    item: AgendaItemView
    meeting: Meeting
    hub: Hub
    kinds: tuple[DecisionKind, ...]
    referral: Referral | None
    agencies: Sequence[Agency]
    offender_managers: Sequence[Staff]
    held: bool


def list_meetings(
    session: Session,
    actor: Actor,
    *,
    before: DayCursor | None = None,
    limit: int = PAGE,
) -> list[MeetingRow]:
    """The meetings of the hubs that the actor attends, latest first, before a place."""
    query = (
        select(
            Meeting,
            Hub.name,
            func.count(AgendaItem.id),
            func.count(MeetingDecision.id),
        )
        .join(Hub, Hub.id == Meeting.hub_id)
        .outerjoin(AgendaItem, AgendaItem.meeting_id == Meeting.id)
        .outerjoin(MeetingDecision, MeetingDecision.item_id == AgendaItem.id)
        .where(Meeting.hub_id.in_(hub_roles.hubs_to_attend(actor)))
        .group_by(Meeting.id, Hub.name)
        .order_by(Meeting.held_on.desc(), Meeting.id.desc())
        .limit(limit)
    )
    query = rows_before(query, (Meeting.held_on, Meeting.id), before)
    return [
        MeetingRow(
            id=meeting.id,
            hub_id=meeting.hub_id,
            hub_name=hub_name,
            held_on=meeting.held_on,
            chair=meeting.chair,
            closed_at=meeting.closed_at,
            items=items,
            decided=decided,
        )
        for meeting, hub_name, items, decided in session.execute(query)
    ]


def load(session: Session, actor: Actor, *, now: datetime) -> Meetings:
    """The page of meetings."""
    hubs = [
        hub for hub in hubs_of(session, hub_roles.hubs_to_attend(actor)) if hub.closed_at is None
    ]
    decides_in = hub_roles.hubs_to_decide_in(actor)
    return Meetings(
        rows=tuple(list_meetings(session, actor)),
        hubs=tuple((hub, meetings.next_meeting(session, hub, now=now)) for hub in hubs),
        keeps=tuple(hub for hub in hubs if hub.id in decides_in),
    )


def load_meeting(
    session: Session, actor: Actor, meeting_id: uuid.UUID, *, now: datetime
) -> MeetingPage:
    """One meeting as the actor may see it. A constant number of statements. Raises NotFound."""
    meeting = meetings.open_meeting(session, actor, meeting_id)
    hub = session.get_one(Hub, meeting.hub_id)
    items = _items(session, actor, meeting)
    total = session.scalar(
        select(func.count()).select_from(AgendaItem).where(AgendaItem.meeting_id == meeting.id)
    )
    recorded = {presence.agency_id: presence for presence in meeting.attendance}
    names = actor_names.names_by_label(session, {meeting.closed_by})
    keeps = (
        hub_roles.may(actor, hub_roles.hubs_to_decide_in(actor), hub.id)
        and meeting.closed_at is None
    )
    return MeetingPage(
        meeting=meeting,
        hub=hub,
        zone=zone(hub),
        items=items,
        hidden=(total or 0) - len(items),
        agencies=tuple(
            AttendeeView(
                agency,
                recorded[agency.id].came if agency.id in recorded else None,
                recorded[agency.id].names if agency.id in recorded else "",
            )
            for agency in agencies_of(session, [hub.id])
        ),
        keeps=keeps,
        reads_all=hub_roles.may(actor, hub_roles.hubs_with_queue(actor), hub.id),
        held=meetings.has_started(meeting, hub, now),
        closed_by=names[meeting.closed_by] if meeting.closed_by else None,
    )


def load_decision_form(
    session: Session, actor: Actor, item_id: uuid.UUID, *, now: datetime
) -> DecisionForm:
    """The form of one decision. Raises NotFound, or Forbidden if the actor does not decide in that
    hub.
    """
    item = decisions.open_item(session, actor, item_id, now=now)
    meeting = session.get_one(Meeting, item.meeting_id)
    found = _items(session, actor, meeting, only=item.id)
    hub = session.get_one(Hub, meeting.hub_id)
    same_person = (
        Referral.person_id == item.person_id
        if item.person_id is not None
        else Referral.id == item.referral_id
    )
    referral = session.scalars(
        select(Referral)
        .where(same_person, Referral.state == ReferralState.WAITING)
        .order_by(Referral.referred_at, Referral.id)
        .limit(1)
    ).one_or_none()
    asks = referral is not None or AgendaReason.RE_REFERRAL in found[0].reasons
    return DecisionForm(
        item=found[0],
        meeting=meeting,
        hub=hub,
        kinds=possible_decisions(enrolled=found[0].enrolled, asks=asks),
        referral=referral,
        agencies=agencies_of(session, [hub.id]),
        offender_managers=offender_managers(session, [hub.id]) if item.person_id is None else (),
        held=meetings.has_started(meeting, hub, now),
    )


def open_meetings_for(session: Session, actor: Actor, person: Person) -> Sequence[Meeting]:
    """The open meetings of the person's hub, nearest first, if the actor attends them."""
    if person.hub_id not in hub_roles.hubs_to_attend(actor):
        return ()
    return session.scalars(
        select(Meeting)
        .where(Meeting.hub_id == person.hub_id, Meeting.closed_at.is_(None))
        .order_by(Meeting.held_on)
        .limit(10)
    ).all()


def may_attend(actor: Actor) -> bool:
    """Whether the actor attends meetings in any hub: for the menu."""
    return bool(hub_roles.hubs_to_attend(actor))


def may_refer(actor: Actor) -> bool:
    """Whether the actor refers people or reads a queue in any hub: for the menu."""
    return bool(
        hub_roles.hubs_to_refer_to(actor) or hub_roles.hubs_with_queue(actor)
    ) and not actor.hubs() <= actor.hubs(Role.ADMINISTRATOR)


def _items(
    session: Session, actor: Actor, meeting: Meeting, *, only: uuid.UUID | None = None
) -> tuple[AgendaItemView, ...]:
    reads_all = hub_roles.may(actor, hub_roles.hubs_with_queue(actor), meeting.hub_id)
    status = (
        select(RagReview.rag)
        .where(RagReview.enrolment_id == Enrolment.id)
        .order_by(RagReview.held_on.desc(), RagReview.decided_at.desc(), RagReview.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    strand = (
        select(StrandSpell.strand)
        .where(StrandSpell.enrolment_id == Enrolment.id)
        .order_by(StrandSpell.since.desc(), StrandSpell.decided_at.desc(), StrandSpell.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(AgendaItem, Person, Referral, Enrolment, status, strand, Staff.name)
        .outerjoin(Person, Person.id == AgendaItem.person_id)
        .outerjoin(Staff, Staff.id == Person.offender_manager_id)
        .outerjoin(Referral, Referral.id == AgendaItem.referral_id)
        .outerjoin(Enrolment, and_(Enrolment.person_id == Person.id, Enrolment.ended_on.is_(None)))
        .where(
            AgendaItem.meeting_id == meeting.id,
            scope.people(actor)
            | (AgendaItem.referral_id.is_not(None) if reads_all else scope.people(actor)),
        )
        .limit(MOST_ITEMS)
    )
    if only is not None:
        query = query.where(AgendaItem.id == only)
    rows = session.execute(query).all()
    labels = {row.AgendaItem.decision.decided_by for row in rows if row.AgendaItem.decision}
    names = actor_names.names_by_label(session, labels)
    found = [
        _item(item, person, referral, enrolment, rag, strand_now, manager, names)
        for item, person, referral, enrolment, rag, strand_now, manager in rows
    ]
    return tuple(sorted(found, key=_sort_key))


def _sort_key(item: AgendaItemView) -> tuple[int, str]:
    return min(
        (_ORDER[reason] for reason in item.reasons), default=len(_ORDER)
    ), item.name.casefold()


def _item(
    item: AgendaItem,
    person: Person | None,
    referral: Referral | None,
    enrolment: Enrolment | None,
    rag: Rag | None,
    strand: Strand | None,
    manager: str | None,
    names: Mapping[str | None, str],
) -> AgendaItemView:
    decision = item.decision
    named = person or referral
    return AgendaItemView(
        id=item.id,
        person_id=person.id if person else None,
        referral_id=referral.id if referral else None,
        name=f"{named.first_name} {named.last_name}" if named else "",
        crn=named.crn if named else None,
        offender_manager=manager,
        reasons=tuple(AgendaReason(reason) for reason in item.reasons),
        rag=rag,
        strand=strand,
        cohort=enrolment.cohort if enrolment else None,
        enrolled=enrolment is not None,
        decision=None
        if decision is None
        else DecisionView(
            decision.id,
            decision.kind,
            decision.reason,
            names[decision.decided_by],
            decision.decided_at,
        ),
    )
