"""Tables of referrals, assessments and enrolments: how a person joined the cohort, their status,
and how they left.

Nobody is adopted, moved to another strand or deregistered without a row that records a meeting's
decision (engage/cohort/meeting_model.py).
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.agencies.model import Agency, Hub, Staff
from engage.cohort.kinds import Cohort as Cohort
from engage.cohort.kinds import ExitReason as ExitReason
from engage.cohort.kinds import MilestoneKind as MilestoneKind
from engage.cohort.kinds import Rag as Rag
from engage.cohort.kinds import ReferralState as ReferralState
from engage.cohort.kinds import Risk as Risk
from engage.cohort.kinds import Strand as Strand
from engage.core.db import Base, new_id
from engage.legal.model import CustodySpell
from engage.people.model import Person
from messaging.tables import Message


def _risk(name: str) -> Enum:
    """A Risk column whose check constraint has its own name, because a table has two of them."""
    return Enum(
        Risk,
        native_enum=False,
        create_constraint=True,
        values_callable=lambda kind: [member.value for member in kind],
        length=40,
        name=name,
    )


class Referral(Base):
    """An agency's request that a person join, or a selection by the police at the point of arrest.
    It waits for the hub's next meeting.

    `person_id` is set if Engage knows the person, and at the latest when they are adopted.
    """

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint("crn ~ '^[A-Z][0-9]{6}$'", name="crn_form"),
        Index(
            "ix_referral_waiting",
            "hub_id",
            "referred_at",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_referral_crn", "crn"),
        Index("ix_referral_person", "person_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Hub.id))
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Agency.id), index=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    crn: Mapped[str | None] = mapped_column(String(7))
    first_name: Mapped[str] = mapped_column(String(40))
    last_name: Mapped[str] = mapped_column(String(60))
    date_of_birth: Mapped[date | None]
    number: Mapped[str | None] = mapped_column(
        String(40), doc="The phone number as given by the agency."
    )
    at_arrest: Mapped[bool] = mapped_column(default=False)
    reasons: Mapped[str] = mapped_column(String(1000))
    offending: Mapped[str] = mapped_column(String(2000), default="")
    needs: Mapped[list[Any]] = mapped_column(default=list, doc="Names of pathways.")
    risks: Mapped[str] = mapped_column(String(1000), default="")
    state: Mapped[ReferralState] = mapped_column(default=ReferralState.WAITING)
    duplicate_of_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("referral.id"))
    referred_by: Mapped[str] = mapped_column(String(80))
    referred_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(80))
    ended_why: Mapped[str] = mapped_column(String(500), default="")

    agency: Mapped[Agency] = relationship()


class Assessment(Base):
    """A judgement of a person's offending, risk and needs on one day. Each is a new version; none
    is overwritten.

    Intelligence is never here: it has its own flag and date (engage/legal). `cost_pence` is the
    estimated yearly cost of the offending.
    """

    __tablename__ = "assessment"
    __table_args__ = (
        CheckConstraint("(referral_id IS NULL) <> (person_id IS NULL)", name="of_one"),
        CheckConstraint("offences_a_year >= 0 AND cost_pence >= 0", name="amounts"),
        UniqueConstraint("person_id", "version"),
        UniqueConstraint("referral_id", "version"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    referral_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(Referral.id, ondelete="CASCADE")
    )
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    version: Mapped[int]
    offences_a_year: Mapped[int | None]
    nature: Mapped[str] = mapped_column(String(500), default="", doc="The kinds of offence.")
    cost_pence: Mapped[int | None]
    local_priorities: Mapped[str] = mapped_column(String(500), default="")
    harm_to_others: Mapped[Risk] = mapped_column(_risk("harm_to_others"))
    harm_to_self: Mapped[Risk] = mapped_column(_risk("harm_to_self"))
    needs: Mapped[dict[str, Any]] = mapped_column(default=dict, doc="Pathway → score, 0 to 3.")
    predictor: Mapped[str] = mapped_column(
        String(40), default="", doc="Which predictor, e.g. OGRS."
    )
    predictor_version: Mapped[str] = mapped_column(String(20), default="")
    predictor_score: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(2000), default="")
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]


class Enrolment(Base):
    """A period on the cohort, from adoption to deregistration.

    A person has at most one open enrolment. An ended enrolment is never reopened.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        CheckConstraint("(ended_on IS NULL) = (exit_reason IS NULL)", name="ended"),
        CheckConstraint("ended_on >= adopted_on", name="ended_later"),
        Index(
            "uq_enrolment_open", "person_id", unique=True, postgresql_where=text("ended_on IS NULL")
        ),
        Index("ix_enrolment_hub", "hub_id", "cohort", postgresql_where=text("ended_on IS NULL")),
        Index("ix_enrolment_person", "person_id", "adopted_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Hub.id))
    cohort: Mapped[Cohort]
    lead_agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Agency.id))
    adopted_on: Mapped[date]
    ended_on: Mapped[date | None]
    exit_reason: Mapped[ExitReason | None]
    exit_note: Mapped[str] = mapped_column(String(500), default="")
    voluntary_since: Mapped[date | None] = mapped_column(
        doc="The order has ended and the person stays voluntarily."
    )

    lead_agency: Mapped[Agency] = relationship()


class StrandSpell(Base):
    """A strand, in force from a day until the next one starts.

    `suggested` is what rule 11 suggested at the time, with its reasons.
    """

    __tablename__ = "strand_spell"
    __table_args__ = (Index("ix_strand_spell_enrolment", "enrolment_id", "since", "decided_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Enrolment.id, ondelete="CASCADE"))
    strand: Mapped[Strand]
    since: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    suggested: Mapped[dict[str, Any]] = mapped_column(default=dict)
    decided_by: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime]


class RagReview(Base):
    """A review: the status decided, in force from a day until the next review.

    `suggested` is what rule 9 suggested at the time, with its reasons and what would make it green.
    """

    __tablename__ = "rag_review"
    __table_args__ = (Index("ix_rag_review_enrolment", "enrolment_id", "held_on", "decided_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Enrolment.id, ondelete="CASCADE"))
    rag: Mapped[Rag]
    held_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    suggested: Mapped[dict[str, Any]] = mapped_column(default=dict)
    next_due_on: Mapped[date]
    decided_by: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime]


class ReReferral(Base):
    """A note to refer a person again 12 months before release, made when they left the cohort for a
    custody of five years or more (rule 10).
    """

    __tablename__ = "re_referral"
    __table_args__ = (
        Index("ix_re_referral_due", "due_on", postgresql_where=text("done_at IS NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    enrolment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Enrolment.id, ondelete="CASCADE"), unique=True
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    custody_spell_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(CustodySpell.id))
    due_on: Mapped[date]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(String(80))
    referral_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Referral.id))


class Transfer(Base):
    """A transfer of a person from one offender manager to another, with a note."""

    __tablename__ = "transfer"
    __table_args__ = (Index("ix_transfer_person", "person_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    from_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Staff.id))
    to_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Staff.id))
    note: Mapped[str] = mapped_column(String(1000))
    made_by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Message.__table__.c.id))


class Milestone(Base):
    """A milestone, recorded once. `step` is the number of days, appointments, tests or groups;
    `counted_from` is the day its count started.

    A lapse restarts only its own count. `praise_id` is the text that praised; `not_praised` is the
    reason if none was sent.
    """

    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "step", "counted_from"),
        Index("ix_milestone_person", "person_id", "reached_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    kind: Mapped[MilestoneKind]
    step: Mapped[int]
    counted_from: Mapped[date]
    reached_on: Mapped[date]
    found_at: Mapped[datetime]
    praise_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Message.__table__.c.id))
    not_praised: Mapped[str | None] = mapped_column(String(200))
