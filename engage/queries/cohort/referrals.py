"""Referrals as staff see them: the hub's queue with possible matches, and what the user's own
agency sent.

Possible matches are shown to the coordinator, and only people whom they may see.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from engage.access import hub_roles, scope
from engage.access.policy import Ability, Actor
from engage.agencies.hub_settings import zone
from engage.agencies.model import Agency, Hub
from engage.agencies.service import agencies_of, hubs_of
from engage.cohort import assessments, meetings
from engage.cohort.meetings import NextMeeting
from engage.cohort.model import Assessment, Referral, ReferralState
from engage.cohort.referral_access import open_referral, visible_referrals
from engage.core.paging import MomentCursor, rows_before
from engage.people.model import Person
from engage.plan.kinds import Pathway
from engage.queries import actor_names
from engage.queries.cohort.assessments import scores

PAGE = 50
MOST_MATCHES = 20


@dataclass(frozen=True)
class PossibleMatch:
    """A person, or another waiting referral, who may be the same. `by` is `crn`,
    `birth` or `name`.
    """

    by: str
    name: str
    crn: str | None
    date_of_birth: date | None
    person_id: uuid.UUID | None = None
    referral_id: uuid.UUID | None = None
    agency: str | None = None


@dataclass(frozen=True)
class ReferralView:
    """One referral. `person_id` is None if Engage does not know the person, or the actor may not
    see them.
    """

    referral: Referral
    hub: Hub
    agency: str
    referred_by: str
    ended_by: str | None
    person_id: uuid.UUID | None
    alike: tuple[PossibleMatch, ...]

    @property
    def zone(self) -> ZoneInfo:
        """The hub's time zone."""
        return zone(self.hub)

    @property
    def name(self) -> str:
        """The name as given by the agency."""
        return f"{self.referral.first_name} {self.referral.last_name}"


@dataclass(frozen=True)
class Queue:
    """The waiting referrals of the actor's hubs, oldest first, and when each hub meets; then what
    their own agency sent, latest first.
    """

    waiting: tuple[ReferralView, ...]
    more: bool
    sent: tuple[ReferralView, ...]
    hubs: tuple[tuple[Hub, NextMeeting], ...]
    may_refer: bool


@dataclass(frozen=True)
class ReferralPage:
    """One referral, with its assessments and what the actor may do."""

    view: ReferralView
    duplicates: tuple[ReferralView, ...]
    assessments: Sequence[Assessment]
    assessed_by: Mapping[str | None, str]
    meets: NextMeeting
    keeps: bool
    may_withdraw: bool
    may_assess: bool
    health: bool
    reads_all: bool

    def scores(self, row: Assessment) -> Mapping[Pathway, int]:
        """The scores of one version that may be shown."""
        return scores(row, health=self.health)


def load_queue(session: Session, actor: Actor, *, now: datetime) -> Queue:
    """The page of referrals. A constant number of statements for each of the actor's hubs."""
    reads = hub_roles.hubs_with_queue(actor)
    rows: Sequence[Referral] = ()
    if reads:
        rows = session.scalars(
            _seen(actor)
            .where(Referral.hub_id.in_(reads), Referral.state == ReferralState.WAITING)
            .order_by(Referral.referred_at, Referral.id)
            .limit(PAGE + 1)
        ).all()
    sent: Sequence[Referral] = ()
    if hub_roles.hubs_to_refer_to(actor) and actor.agency_id is not None:
        sent = session.scalars(
            _seen(actor)
            .where(Referral.agency_id == actor.agency_id)
            .order_by(Referral.referred_at.desc(), Referral.id.desc())
            .limit(PAGE)
        ).all()
    views = _views(session, actor, [*rows[:PAGE], *sent], with_matches=bool(reads))
    found = hubs_of(session, reads | hub_roles.hubs_to_refer_to(actor))
    return Queue(
        waiting=tuple(views[one.id] for one in rows[:PAGE]),
        more=len(rows) > PAGE,
        sent=tuple(views[one.id] for one in sent),
        hubs=tuple(
            (hub, meetings.next_meeting(session, hub, now=now))
            for hub in found
            if hub.closed_at is None
        ),
        may_refer=bool(hub_roles.hubs_to_refer_to(actor)),
    )


def list_referrals(
    session: Session,
    actor: Actor,
    *,
    state: ReferralState | None,
    crn: str | None,
    after: MomentCursor | None,
    limit: int,
) -> list[ReferralView]:
    """The referrals that the actor may see, latest first, after a place; for systems."""
    query = _seen(actor).order_by(Referral.referred_at.desc(), Referral.id.desc()).limit(limit)
    if state is not None:
        query = query.where(Referral.state == state)
    if crn is not None:
        query = query.where(Referral.crn == crn)
    query = rows_before(query, (Referral.referred_at, Referral.id), after)
    rows = session.scalars(query).all()
    views = _views(session, actor, rows, with_matches=True)
    return [views[one.id] for one in rows]


def view_of(session: Session, actor: Actor, referral: Referral) -> ReferralView:
    """A referral that the caller has opened."""
    return _views(session, actor, [referral], with_matches=True)[referral.id]


def load(session: Session, actor: Actor, referral_id: uuid.UUID, *, now: datetime) -> ReferralPage:
    """One referral; the reading is logged if its person is known. Raises NotFound."""
    referral = open_referral(session, actor, referral_id, now=now)
    copies = session.scalars(
        _seen(actor)
        .where(Referral.duplicate_of_id == referral.id)
        .order_by(Referral.referred_at, Referral.id)
        .limit(MOST_MATCHES)
    ).all()
    views = _views(session, actor, [referral, *copies], with_matches=True)
    keeps = hub_roles.may(actor, hub_roles.hubs_to_decide_in(actor), referral.hub_id)
    assesses = hub_roles.may(actor, hub_roles.hubs_to_assess_in(actor), referral.hub_id)
    made = assessments.of_referral(session, actor, referral) if keeps or assesses else ()
    waits = referral.state is ReferralState.WAITING
    own_agency = (
        referral.agency_id == actor.agency_id
        and referral.hub_id in hub_roles.hubs_to_refer_to(actor)
    )
    return ReferralPage(
        view=views[referral.id],
        duplicates=tuple(views[copy.id] for copy in copies),
        assessments=made,
        assessed_by=actor_names.names_by_label(session, {row.made_by for row in made}),
        meets=meetings.next_meeting(session, views[referral.id].hub, now=now),
        keeps=keeps and waits,
        may_withdraw=waits and (keeps or own_agency),
        may_assess=waits
        and assesses
        and (referral.person_id is None or _manages(session, actor, referral)),
        health=referral.hub_id in hub_roles.hubs_with_health(actor),
        reads_all=hub_roles.may(actor, hub_roles.hubs_with_queue(actor), referral.hub_id),
    )


def _manages(session: Session, actor: Actor, referral: Referral) -> bool:
    """Whether the actor manages the known person of a referral."""
    query = select(Person.id).where(
        Person.id == referral.person_id, scope.people(actor, Ability.MANAGE)
    )
    return session.scalar(query) is not None


def referral_choices(session: Session, actor: Actor) -> tuple[Sequence[Hub], Sequence[Agency]]:
    """The open hubs that the actor may refer to, and the agencies of their areas, each by name."""
    hubs = [
        hub for hub in hubs_of(session, hub_roles.hubs_to_refer_to(actor)) if hub.closed_at is None
    ]
    return hubs, agencies_of(session, [hub.id for hub in hubs])


def _seen(actor: Actor) -> Select[Referral]:
    return (
        select(Referral)
        .outerjoin(Person, Person.id == Referral.person_id)
        .where(visible_referrals(actor))
        .options(joinedload(Referral.agency))
    )


def _views(
    session: Session, actor: Actor, rows: Sequence[Referral], *, with_matches: bool
) -> Mapping[uuid.UUID, ReferralView]:
    if not rows:
        return {}
    labels = {one.referred_by for one in rows} | {one.ended_by for one in rows}
    names = actor_names.names_by_label(session, labels)
    hubs = {hub.id: hub for hub in hubs_of(session, {one.hub_id for one in rows})}
    ids = {one.person_id for one in rows if one.person_id is not None}
    seen = (
        set(session.scalars(select(Person.id).where(Person.id.in_(ids), scope.people(actor))))
        if ids
        else set()
    )
    keeps = hub_roles.hubs_with_queue(actor)
    waiting = [one for one in rows if one.state is ReferralState.WAITING and one.hub_id in keeps]
    matches = _possible_matches(session, actor, waiting) if with_matches else {}
    return {
        one.id: ReferralView(
            referral=one,
            hub=hubs[one.hub_id],
            agency=one.agency.name,
            referred_by=names[one.referred_by],
            ended_by=names[one.ended_by] if one.ended_by else None,
            person_id=one.person_id if one.person_id in seen else None,
            alike=matches.get(one.id, ()),
        )
        for one in rows
    }


def _possible_matches(
    session: Session, actor: Actor, waiting: Sequence[Referral]
) -> Mapping[uuid.UUID, tuple[PossibleMatch, ...]]:
    if not waiting:
        return {}
    people = session.scalars(
        select(Person)
        .where(
            scope.people(actor),
            Person.hub_id.in_({one.hub_id for one in waiting}),
            or_(
                Person.crn.in_([one.crn for one in waiting if one.crn]),
                tuple_(func.lower(Person.last_name), func.lower(Person.first_name)).in_(
                    [(one.last_name.lower(), one.first_name.lower()) for one in waiting]
                ),
            ),
        )
        .order_by(Person.last_name, Person.first_name, Person.id)
        .limit(PAGE * MOST_MATCHES)
    ).all()
    others = session.scalars(
        _seen(actor)
        .where(
            Referral.state == ReferralState.WAITING,
            Referral.hub_id.in_({one.hub_id for one in waiting}),
            and_(
                tuple_(func.lower(Referral.last_name), func.lower(Referral.first_name)).in_(
                    [(one.last_name.lower(), one.first_name.lower()) for one in waiting]
                )
            ),
        )
        .order_by(Referral.referred_at, Referral.id)
        .limit(PAGE * MOST_MATCHES)
    ).all()
    return {
        one.id: tuple(
            [
                PossibleMatch(
                    by, person.name, person.crn, person.date_of_birth, person_id=person.id
                )
                for person in people
                if (by := _match_by(one, person)) is not None
            ]
            + [
                PossibleMatch(
                    by,
                    f"{other.first_name} {other.last_name}",
                    other.crn,
                    other.date_of_birth,
                    referral_id=other.id,
                    agency=other.agency.name,
                )
                for other in others
                if other.id != one.id and (by := _match_by(one, other)) is not None
            ]
        )[:MOST_MATCHES]
        for one in waiting
    }


def _match_by(one: Referral, other: Person | Referral) -> str | None:
    """What two records match by, or None if they do not.

    Two different dates of birth, or two CRNs, are two people.
    """
    if one.hub_id != other.hub_id:
        return None
    if one.crn is not None and one.crn == other.crn:
        return "crn"
    same_name = (one.last_name.lower(), one.first_name.lower()) == (
        other.last_name.lower(),
        other.first_name.lower(),
    )
    if not same_name or (one.crn is not None and other.crn is not None):
        return None
    if one.date_of_birth is None or other.date_of_birth is None:
        return "name"
    return "birth" if one.date_of_birth == other.date_of_birth else None


def may_select_at_arrest(actor: Actor) -> bool:
    """Whether the actor may select at the point of arrest."""
    return actor.police
