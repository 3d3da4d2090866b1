"""Tables of self-reports.

A self-report is not a measurement and not a breach: nothing is decided from it.
"""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.db import Base, new_id
from engage.people.model import Person
from engage.progress.kinds import ReportFact as ReportFact
from engage.progress.kinds import ReportKind as ReportKind
from engage.progress.kinds import ReportState as ReportState
from messaging.tables import Inbound


class SelfReport(Base):
    """One self-report of a person.

    A self-report by text has its words in the text `inbound_id`: they are not copied, so that they
    are erased with it. One given to a worker has the worker's `note`. `fact` is None if it states
    no known fact. A text about several kinds has a row for each.
    """

    __tablename__ = "self_report"
    __table_args__ = (
        UniqueConstraint("person_id", "inbound_id", "kind"),
        Index("ix_self_report_person", "person_id", "said_at", "id"),
        Index("ix_self_report_inbound", "inbound_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    kind: Mapped[ReportKind]
    fact: Mapped[ReportFact | None]
    inbound_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Inbound.__table__.c.id))
    note: Mapped[str] = mapped_column(String(500), default="")
    said_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(80))
    state: Mapped[ReportState] = mapped_column(default=ReportState.SELF_REPORTED)
    judged_by: Mapped[str | None] = mapped_column(String(80))
    judged_at: Mapped[datetime | None]
    judged_note: Mapped[str] = mapped_column(String(500), default="")
