"""A person's status on the cohort: reviews, strand, what the rules suggest, how they may leave, and
transfers. It changes nothing.

It is read by role or by a sharing agreement on the status. An agency that reads by agreement sees
what was decided. It does not see what the rules make of the rest of the record, nor what workers
wrote to each other.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access import scope
from engage.access.policy import (
    Ability,
    Actor,
    abilities,
    may_change,
    open_person,
)
from engage.access.sharing import RecordPart, open_part
from engage.agencies.hub_settings import hub_rules, hub_today, zone
from engage.agencies.model import Agency, Hub, Staff
from engage.agencies.service import offender_managers
from engage.cohort import (
    exits,
    reviews,
    suggestions,
    transfers,
)
from engage.cohort.kinds import (
    Cohort,
    ExitReason,
    Rag,
    Strand,
)
from engage.cohort.model import (
    Enrolment,
    RagReview,
    ReReferral,
    Transfer,
)
from engage.cohort.reviews import ReviewStatus
from engage.cohort.rules import StatusReason
from engage.core.paging import MomentCursor, rows_before
from engage.people.model import ContactStatus, LegalStatus, Person
from engage.queries import actor_names
from engage.queries.cohort import milestones

SHOWN = 20
REACHED_SHOWN = 5


@dataclass(frozen=True)
class ReviewView:
    """One review. `suggested` is what the rule suggested; None without access to its basis."""

    id: uuid.UUID
    rag: Rag
    held_on: date
    reason: str
    next_due_on: date
    by: str
    decided_at: datetime
    suggested: Rag | None


@dataclass(frozen=True)
class StrandView:
    """One strand, from a day."""

    strand: Strand
    since: date
    reason: str
    by: str


@dataclass(frozen=True)
class TransferView:
    """One transfer. `told` is whether a text to the person was queued."""

    from_name: str
    to_name: str
    at: datetime
    note: str
    by: str
    told: bool


@dataclass(frozen=True)
class EnrolmentView:
    """One enrolment."""

    id: uuid.UUID
    cohort: Cohort
    lead_agency: str
    adopted_on: date
    ended_on: date | None
    exit_reason: ExitReason | None
    exit_note: str
    voluntary_since: date | None


@dataclass(frozen=True)
class SuggestionView:
    """What the rules suggest now, with the reasons that the reader may see."""

    rag: Rag
    reasons: tuple[StatusReason, ...]
    to_green: tuple[StatusReason, ...]
    strand: Strand
    strand_reasons: tuple[StatusReason, ...]
    prison_leads: bool
    exit_because: ExitReason | None
    exit_reasons: tuple[StatusReason, ...]
    exit_missing: tuple[StatusReason, ...]
    window_from: date


@dataclass(frozen=True)
class StatusPage:
    """Everything the page shows. Without access to the case, `suggestion`, `transfers` and
    `reached` are None.
    """

    person: Person
    zone: ZoneInfo
    today: date
    manager: str
    may_manage: bool
    current: EnrolmentView | None
    standing: ReviewStatus | None
    earlier: tuple[EnrolmentView, ...]
    reviews: tuple[ReviewView, ...]
    strands: tuple[StrandView, ...]
    suggestion: SuggestionView | None
    transfers: tuple[TransferView, ...] | None
    reached: tuple[milestones.MilestoneView, ...] | None
    re_referral: ReReferral | None
    may_stay: bool

    @property
    def strand(self) -> StrandView | None:
        """The current strand."""
        return self.strands[0] if self.strands else None


def load(session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime) -> StatusPage:
    """The page of one person; the reading is logged. A constant number of statements. Raises
    NotFound or Forbidden.
    """
    person = open_part(session, actor, person_id, RecordPart.STATUS, now=now, what="case.page")
    granted = abilities(actor, person)
    reads_case = Ability.CASE in granted
    hub, manager = (
        session.get_one(Hub, person.hub_id),
        session.get_one(Staff, person.offender_manager_id),
    )
    rows = _enrolments(session, person.id)
    current = next((row for row, _ in rows if row.ended_on is None), None)
    latest = current or (rows[0][0] if rows else None)
    past_reviews = reviews.history(session, latest.id, limit=SHOWN) if latest is not None else ()
    past_strands = reviews.strands(session, latest.id, limit=SHOWN) if latest is not None else ()
    past_transfers = transfers.history(session, person.id, limit=SHOWN) if reads_case else ()
    names = actor_names.names_by_label(
        session,
        {one.decided_by for one in past_reviews}
        | {one.decided_by for one in past_strands}
        | {label for one in past_transfers for label in (one.made_by, *_staff(one))},
    )
    may_manage = may_change(actor, person) and Ability.MANAGE in granted
    return StatusPage(
        person=person,
        zone=zone(hub),
        today=hub_today(hub, now),
        manager=manager.name,
        may_manage=may_manage,
        current=next((_view(row, agency) for row, agency in rows if row is current), None),
        standing=reviews.review_status(session, person.id, now=now),
        earlier=tuple(_view(row, agency) for row, agency in rows if row is not current),
        reviews=tuple(_review(one, names[one.decided_by], reads_case) for one in past_reviews),
        strands=tuple(
            StrandView(one.strand, one.since, one.reason, names[one.decided_by])
            for one in past_strands
        ),
        suggestion=_suggestion(session, person, granted, now)
        if reads_case and current is not None
        else None,
        transfers=tuple(_transfer(one, names) for one in past_transfers) if reads_case else None,
        reached=milestones.of_person(session, actor, person, limit=REACHED_SHOWN)
        if reads_case
        else None,
        re_referral=exits.open_re_referral(session, person.id),
        may_stay=may_manage and _may_stay(person, current),
    )


def list_reviews(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    now: datetime,
    after: MomentCursor | None,
    limit: int,
) -> tuple[ReviewView, ...]:
    """A page of a person's reviews, of every enrolment, latest first; the reading is logged. Raises
    NotFound or Forbidden.
    """
    person = open_part(session, actor, person_id, RecordPart.STATUS, now=now, what="read reviews")
    query = select(RagReview).join(Enrolment, Enrolment.id == RagReview.enrolment_id)
    query = rows_before(query, (RagReview.decided_at, RagReview.id), after)
    rows = session.scalars(
        query.where(Enrolment.person_id == person.id)
        .order_by(RagReview.decided_at.desc(), RagReview.id.desc())
        .limit(limit)
    ).all()
    names = actor_names.names_by_label(session, {one.decided_by for one in rows})
    reads_case = Ability.CASE in abilities(actor, person)
    return tuple(_review(one, names[one.decided_by], reads_case) for one in rows)


@dataclass(frozen=True)
class ReviewForm:
    """The content of the form of a review."""

    person: Person
    standing: ReviewStatus | None
    suggestion: SuggestionView
    terms: dict[Rag, int]


def load_review_form(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> ReviewForm:
    """The form of a review, for a worker who manages the person. Raises NotFound or Forbidden."""
    person = _open_to_manage(session, actor, person_id, "review.page", now)
    settings = hub_rules(session.get_one(Hub, person.hub_id))
    return ReviewForm(
        person=person,
        standing=reviews.review_status(session, person.id, now=now),
        suggestion=_suggestion(session, person, abilities(actor, person), now),
        terms={
            Rag.RED: settings.review_red_days,
            Rag.AMBER: settings.review_amber_days,
            Rag.GREEN: settings.review_green_days,
        },
    )


def open_for_death(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> Person:
    """The person, for a worker who may record their death. Raises NotFound or Forbidden."""
    return _open_to_manage(session, actor, person_id, "death.page", now)


@dataclass(frozen=True)
class TransferForm:
    """The content of the form of a transfer."""

    person: Person
    manager: Staff
    takers: tuple[Staff, ...]


def load_transfer_form(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> TransferForm:
    """The form of a transfer, for a worker who manages the person. Raises NotFound or Forbidden."""
    person = _open_to_manage(session, actor, person_id, "transfer.page", now)
    takers = offender_managers(session, [person.hub_id])
    others = tuple(one for one in takers if one.id != person.offender_manager_id)
    return TransferForm(person, session.get_one(Staff, person.offender_manager_id), others)


@dataclass(frozen=True)
class Handover:
    """The people of one offender manager whom the actor may transfer, by name."""

    managers: tuple[Staff, ...]
    chosen: Staff | None
    people: tuple[Person, ...]
    takers: tuple[Staff, ...]


def load_handover(session: Session, actor: Actor, from_id: uuid.UUID | None) -> Handover:
    """The offender managers of the actor's hubs, and the people of one of them, at most
    `transfers.MOST_AT_ONCE`.
    """
    managers = tuple(offender_managers(session, actor.hubs()))
    chosen = session.get(Staff, from_id) if from_id is not None else None
    if chosen is None:
        return Handover(managers, None, (), ())
    people = session.scalars(
        select(Person)
        .where(scope.people(actor, Ability.MANAGE), Person.offender_manager_id == chosen.id)
        .order_by(Person.last_name, Person.first_name, Person.id)
        .limit(transfers.MOST_AT_ONCE)
    ).all()
    hubs = {person.hub_id for person in people}
    takers = offender_managers(session, hubs) if hubs else ()
    return Handover(
        managers, chosen, tuple(people), tuple(one for one in takers if one.id != chosen.id)
    )


def _open_to_manage(
    session: Session, actor: Actor, person_id: uuid.UUID, what: str, now: datetime
) -> Person:
    return open_person(
        session, actor, person_id, now=now, what=what, ability=Ability.MANAGE, change=True
    )


def _enrolments(session: Session, person_id: uuid.UUID) -> Sequence[tuple[Enrolment, str]]:
    rows = session.execute(
        select(Enrolment, Agency.name)
        .join(Agency, Agency.id == Enrolment.lead_agency_id)
        .where(Enrolment.person_id == person_id)
        .order_by(Enrolment.adopted_on.desc(), Enrolment.id.desc())
        .limit(SHOWN)
    ).all()
    return [(row, name) for row, name in rows]


def _view(row: Enrolment, agency: str) -> EnrolmentView:
    return EnrolmentView(
        id=row.id,
        cohort=row.cohort,
        lead_agency=agency,
        adopted_on=row.adopted_on,
        ended_on=row.ended_on,
        exit_reason=row.exit_reason,
        exit_note=row.exit_note,
        voluntary_since=row.voluntary_since,
    )


def _review(one: RagReview, by: str, reads_case: bool) -> ReviewView:
    suggested = one.suggested.get("rag") if reads_case else None
    return ReviewView(
        id=one.id,
        rag=one.rag,
        held_on=one.held_on,
        reason=one.reason,
        next_due_on=one.next_due_on,
        by=by,
        decided_at=one.decided_at,
        suggested=Rag(suggested) if suggested else None,
    )


def _staff(one: Transfer) -> tuple[str, str]:
    return f"staff:{one.from_id}", f"staff:{one.to_id}"


def _transfer(one: Transfer, names: Mapping[str | None, str]) -> TransferView:
    from_name, to_name = (names[label] for label in _staff(one))
    return TransferView(
        from_name, to_name, one.at, one.note, names[one.made_by], one.message_id is not None
    )


def _suggestion(
    session: Session, person: Person, granted: frozenset[Ability], now: datetime
) -> SuggestionView:
    found = suggestions.suggest(session, [person.id], now=now)[person.id]
    return SuggestionView(
        rag=found.status.rag,
        reasons=suggestions.reasons_visible_to(granted, found.status.reasons),
        to_green=suggestions.reasons_visible_to(granted, found.status.to_green),
        strand=found.strand.strand,
        strand_reasons=suggestions.reasons_visible_to(granted, found.strand.reasons),
        prison_leads=found.strand.prison_leads,
        exit_because=found.exit.because,
        exit_reasons=found.exit.reasons,
        exit_missing=found.exit.missing,
        window_from=found.facts.status.window_from,
    )


def _may_stay(person: Person, current: Enrolment | None) -> bool:
    """Whether staying voluntarily can be recorded: no order runs, and it has not been
    recorded yet.
    """
    return (
        current is not None
        and current.voluntary_since is None
        and person.legal_status is LegalStatus.NON_STATUTORY
        and person.contact_status is not ContactStatus.DEAD
    )
