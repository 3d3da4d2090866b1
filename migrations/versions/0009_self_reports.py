"""News that people tell of themselves.

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KINDS = ["housing", "course", "group", "work", "health", "lapse"]
FACTS = [
    "got_home",
    "lost_home",
    "got_work",
    "lost_work",
    "started_course",
    "finished_course",
    "left_course",
    "attended_group",
    "clean",
    "started_treatment",
]
STATES = ["self_reported", "verified", "disputed"]
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "self_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _one_of(KINDS, "reportkind"), nullable=False),
        sa.Column("fact", _one_of(FACTS, "reportfact"), nullable=True),
        sa.Column("inbound_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("state", _one_of(STATES, "reportstate"), nullable=False),
        sa.Column("judged_by", sa.String(length=80), nullable=True),
        sa.Column("judged_at", MOMENT, nullable=True),
        sa.Column("judged_note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound.id"], name=op.f("fk_self_report_inbound_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_self_report_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_report")),
        sa.UniqueConstraint(
            "person_id", "inbound_id", "kind", name=op.f("uq_self_report_person_id_inbound_id_kind")
        ),
    )
    op.create_index("ix_self_report_person", "self_report", ["person_id", "said_at", "id"])
    op.create_index("ix_self_report_inbound", "self_report", ["inbound_id"])


def downgrade() -> None:
    op.drop_table("self_report")


def _one_of(values: list[str], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
