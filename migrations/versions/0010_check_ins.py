"""Check-ins by text.

Revision 0010, after 0009.

Three new tables; nobody is asked anything until staff set a plan.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATES = ["planned", "asked", "answered", "unanswered", "not_sent", "not_delivered", "ended"]
MOMENT = sa.DateTime(timezone=True)
JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    _plan()
    _check_in()
    _answer()


def downgrade() -> None:
    op.drop_table("check_in_answer")
    op.drop_table("check_in")
    op.drop_table("check_in_plan")


def _plan() -> None:
    op.create_table(
        "check_in_plan",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("set_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "every_weeks IN (1, 2, 4, 8)", name=op.f("ck_check_in_plan_every_weeks")
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_check_in_plan_weekday")),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_check_in_plan_hour")),
        sa.CheckConstraint(
            "(next_on IS NULL) = (next_at IS NULL)", name=op.f("ck_check_in_plan_next")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_check_in_plan_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_check_in_plan")),
    )
    op.create_index(
        "ix_check_in_plan_next",
        "check_in_plan",
        ["next_at"],
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )


def _check_in() -> None:
    op.create_table(
        "check_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("state", _one_of(STATES, "checkinstate"), nullable=False),
        sa.Column("look_at", MOMENT, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("closes_at", MOMENT, nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("nudge_id", sa.Uuid(), nullable=True),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("nudge_reasons", JSON, nullable=False),
        sa.Column("help_asked_at", MOMENT, nullable=True),
        sa.Column("help_said", _one_of(["call", "no_call"], "helpsaid"), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_check_in_message_id")
        ),
        sa.ForeignKeyConstraint(["nudge_id"], ["message.id"], name=op.f("fk_check_in_nudge_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_check_in_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
        sa.UniqueConstraint("person_id", "due_on", name=op.f("uq_check_in_person_id_due_on")),
    )
    op.create_index(
        "ix_check_in_look", "check_in", ["look_at"], postgresql_where=sa.text("look_at IS NOT NULL")
    )
    op.create_index(
        "ix_check_in_unanswered",
        "check_in",
        ["closes_at"],
        postgresql_where=sa.text("state = 'unanswered'"),
    )


def _answer() -> None:
    op.create_table(
        "check_in_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("check_in_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("inbound_id", sa.BigInteger(), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.CheckConstraint("value BETWEEN 1 AND 4", name=op.f("ck_check_in_answer_value")),
        sa.ForeignKeyConstraint(
            ["check_in_id"],
            ["check_in.id"],
            name=op.f("fk_check_in_answer_check_in_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound.id"], name=op.f("fk_check_in_answer_inbound_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in_answer")),
        sa.UniqueConstraint(
            "check_in_id", "inbound_id", name=op.f("uq_check_in_answer_check_in_id_inbound_id")
        ),
    )
    op.create_index("ix_check_in_answer_inbound", "check_in_answer", ["inbound_id"])


def _one_of(values: list[str], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
