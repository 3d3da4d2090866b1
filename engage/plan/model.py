"""Tables of the plan: needs and their history, actions, and standing approvals."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.agencies.model import Agency, Staff
from engage.core.db import Base, new_id
from engage.people.model import Person
from engage.plan.kinds import ActionClass as ActionClass
from engage.plan.kinds import ActionState as ActionState
from engage.plan.kinds import Approval as Approval
from engage.plan.kinds import Pathway as Pathway
from messaging.tables import Message


class NeedScore(Base):
    """How great a need was on one day: 0 none, 1 some, 2 great, 3 urgent. The latest score of a
    pathway is the current one; earlier ones are the history.
    """

    __tablename__ = "need_score"
    __table_args__ = (
        CheckConstraint("score BETWEEN 0 AND 3", name="score"),
        Index("ix_need_score_person", "person_id", "pathway", "scored_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    pathway: Mapped[Pathway]
    score: Mapped[int]
    note: Mapped[str] = mapped_column(String(500), default="")
    scored_by: Mapped[str] = mapped_column(String(80))
    scored_at: Mapped[datetime]


class Action(Base):
    """Something that an agency, and one of its workers, will do by a date.

    It is `proposed` until the offender manager approves it; only then is it live and its `text` may
    go out. A disruption has no text.
    """

    __tablename__ = "action"
    __table_args__ = (
        CheckConstraint("action_class <> 'disrupt' OR text IS NULL", name="never_texted"),
        CheckConstraint(
            "(state IN ('live', 'done')) <= (approved_at IS NOT NULL)", name="approved"
        ),
        CheckConstraint("(approval IS NULL) = (approved_at IS NULL)", name="approved_how"),
        Index("ix_action_person", "person_id", "state", "due_on"),
        Index("ix_action_due", "due_on", "id", postgresql_where=text("state = 'live'")),
        Index("ix_action_agency", "agency_id", "state", "due_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    pathway: Mapped[Pathway]
    action_class: Mapped[ActionClass]
    what: Mapped[str] = mapped_column(String(200))
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Agency.id))
    responsible: Mapped[str] = mapped_column(
        String(80), doc="The worker of that agency who does it, by name."
    )
    responsible_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Staff.id))
    due_on: Mapped[date]
    exit_plan: Mapped[bool] = mapped_column(default=False)
    state: Mapped[ActionState] = mapped_column(default=ActionState.PROPOSED)
    text: Mapped[str | None] = mapped_column(String(160))
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Message.__table__.c.id))
    not_texted: Mapped[str | None] = mapped_column(
        String(300), doc="Every reason of rule 1 why the text of a live action was not sent."
    )
    proposed_by: Mapped[str] = mapped_column(String(80))
    proposed_at: Mapped[datetime]
    approval: Mapped[Approval | None]
    approved_by: Mapped[str | None] = mapped_column(String(80))
    approved_at: Mapped[datetime | None]
    done_on: Mapped[date | None]
    ended_by: Mapped[str | None] = mapped_column(String(80))
    ended_at: Mapped[datetime | None]
    ended_note: Mapped[str] = mapped_column(String(500), default="")

    agency: Mapped[Agency] = relationship()


class StandingApproval(Base):
    """The offender manager's approval in advance of every action of a class by an agency (any
    agency if None). Never for disruption.
    """

    __tablename__ = "standing_approval"
    __table_args__ = (
        CheckConstraint("action_class <> 'disrupt'", name="no_disruption"),
        Index(
            "ix_standing_approval_person", "person_id", postgresql_where=text("ended_at IS NULL")
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    action_class: Mapped[ActionClass]
    agency_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Agency.id))
    given_by: Mapped[str] = mapped_column(String(80))
    given_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(80))
