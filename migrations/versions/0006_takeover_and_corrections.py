"""A worker takes a conversation over; readings are corrected.

Revision 0006, after 0005.

Every column that is added is empty or has a constant default, so no table is rewritten.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for column in ("intents", "evidence"):
        op.add_column(
            "reading",
            sa.Column(
                column, postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False
            ),
        )
    op.add_column("intent", sa.Column("withdrawn_at", MOMENT, nullable=True))
    op.add_column("intent", sa.Column("withdrawn_by", sa.String(length=80), nullable=True))
    op.add_column("intent", sa.Column("corrected_by", sa.String(length=80), nullable=True))
    op.create_table(
        "conversation_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column(
            "how",
            _one_of(["handed_back", "taken_by_another", "timed_out"], "holdend"),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (how IS NULL)", name=op.f("ck_conversation_hold_ended_somehow")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_conversation_hold_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_conversation_hold_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_hold")),
    )
    op.create_index(
        "uq_conversation_hold_current",
        "conversation_hold",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_conversation_hold_person", "conversation_hold", ["person_id", "since"])
    op.create_table(
        "corpus_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("prompt", sa.String(length=20), nullable=False),
        sa.Column("intent", sa.String(length=30), nullable=False),
        sa.Column("read_as", sa.String(length=30), nullable=False),
        sa.Column("words", sa.String(length=1600), nullable=False),
        sa.Column(
            "state", _one_of(["waiting", "accepted", "declined"], "linestate"), nullable=False
        ),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_corpus_line_hub_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corpus_line")),
    )
    op.create_index("ix_corpus_line_state", "corpus_line", ["hub_id", "state", "added_on"])
    op.create_table(
        "reading_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reading_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.String(length=30), nullable=False),
        sa.Column("now", sa.String(length=30), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("done", sa.String(length=300), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reading_id"],
            ["reading.id"],
            name=op.f("fk_reading_correction_reading_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["corpus_line.id"],
            name=op.f("fk_reading_correction_line_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_correction")),
    )
    op.create_index("ix_reading_correction_reading", "reading_correction", ["reading_id", "at"])
    op.create_index(op.f("ix_reading_correction_line_id"), "reading_correction", ["line_id"])


def downgrade() -> None:
    op.drop_table("reading_correction")
    op.drop_table("corpus_line")
    op.drop_table("conversation_hold")
    for column in ("corrected_by", "withdrawn_by", "withdrawn_at"):
        op.drop_column("intent", column)
    for column in ("evidence", "intents"):
        op.drop_column("reading", column)


def _one_of(values: list[str], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
