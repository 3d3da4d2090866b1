"""The large demonstration follows every rule of the database, is the same for the same seed, and
shows something everywhere.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM
from engage.demo import service
from engage.models import METADATA
from engage.people.model import CustodyStatus, LegalStatus, Person
from engage.queries.cohort import statistics
from engage.signals import Signal, SignalKind

MUST_HAVE = [
    "person",
    "contact_point",
    "involvement",
    "enrolment",
    "strand_spell",
    "rag_review",
    "referral",
    "assessment",
    "meeting",
    "meeting_attendance",
    "agenda_item",
    "decision",
    "court_order",
    "requirement",
    "requirement_credit",
    "offence",
    "custody_spell",
    "release_plan",
    "intelligence_flag",
    "need_score",
    "action",
    "standing_approval",
    "housing_spell",
    "activity",
    "drug_test",
    "court_review",
    "appointment",
    "reminder",
    "message",
    "inbound",
    "reply_record",
    "reply_correction",
    "intent",
    "outcome",
    "self_report",
    "check_in_plan",
    "check_in",
    "check_in_answer",
    "enforcement",
    "enforcement_failure",
    "milestone",
    "sharing_agreement",
    "disclosure",
    "evidence_pack",
    "transfer",
    "signal",
    "event",
]


def test_every_part_of_a_case_has_something(session: Session, now: datetime) -> None:
    """Every table of the case has rows, a third are in prison, a third are voluntary, and the
    nightly sweep has run once.
    """
    made = service.fill(session, now=now, count=45)
    assert made is not None and made.signals > 0
    tables = {table.name: table for metadata in METADATA for table in metadata.sorted_tables}
    empty = [
        name
        for name in MUST_HAVE
        if not session.scalar(select(func.count()).select_from(tables[name]))
    ]
    assert empty == []
    inside = (CustodyStatus.CUSTODY, CustodyStatus.REMAND)
    held = session.scalar(select(func.count()).where(Person.custody_status.in_(inside)))
    own = session.scalar(
        select(func.count()).where(Person.legal_status == LegalStatus.NON_STATUTORY)
    )
    assert (held, own) == (15, 15)
    view = statistics.load(session, SYSTEM, now=now)
    for id in ("movement", "attendance", "funnel", "overdue"):
        assert any(line.count for line in view.table(id).lines)
    kinds = set(session.scalars(select(Signal.kind)))
    assert kinds >= {SignalKind.REVIEW_DUE, SignalKind.ACTION_OVERDUE, SignalKind.LOST_CONTACT}
    assert service.fill(session, now=now, count=3) is None
    assert session.scalar(select(func.count()).select_from(Person)) == 45
