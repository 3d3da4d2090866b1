"""Add barriers, and outcomes proposed for an absence.

Revision 0008, after 0007.

The kinds of reminder grow by the two texts about a missed appointment, and those of signal by the
evidence that is due. A downgrade leaves rows of those kinds in place.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OUTCOMES = [
    "ATTC",
    "AFTC",
    "ATSH",
    "ATSS",
    "AFTA",
    "UAAB",
    "AACL",
    "AAEM",
    "AAFC",
    "AAHO",
    "AAME",
    "AARE",
    "AARC",
    "CO05",
    "CO10",
]
REMINDERS = ["booked", "three_days", "one_day", "two_hours", "changed", "called_off"]
SIGNALS = [
    "crisis",
    "harm_to_others",
    "unsafe_phone",
    "feeling_low",
    "barrier",
    "late_pattern",
    "claim_disputed",
    "housing_loss",
    "work_loss",
    "lapse_told",
    "cannot_attend",
    "call_requested",
    "no_show",
    "number_shared",
    "wrong_number",
    "opted_out",
    "number_dead",
    "no_reply",
    "reply_unread",
]
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("intent", sa.Column("cause", sa.String(length=20), nullable=True))
    op.create_table(
        "absence_reason",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("inbound_id", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=True),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.Column("proposed", _one_of(OUTCOMES, "outcomecode"), nullable=True),
        sa.Column(
            "decision",
            _one_of(["accepted", "not_accepted", "left"], "absencedecision"),
            nullable=True,
        ),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_absence_reason_appointment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound.id"], name=op.f("fk_absence_reason_inbound_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence_reason")),
        sa.UniqueConstraint(
            "appointment_id", "inbound_id", name=op.f("uq_absence_reason_appointment_id_inbound_id")
        ),
    )
    op.create_index(
        "ix_outcome_provisional",
        "outcome",
        ["appointment_id"],
        postgresql_where=sa.text("superseded_at IS NULL AND code = 'AFTA'"),
    )
    _allow("reminder", "reminderkind", [*REMINDERS, "missed", "missed_again"])
    after = SIGNALS.index("no_show") + 1
    _allow("signal", "signalkind", [*SIGNALS[:after], "evidence_due", *SIGNALS[after:]])


def downgrade() -> None:
    _allow("signal", "signalkind", SIGNALS, validate=False)
    _allow("reminder", "reminderkind", REMINDERS, validate=False)
    op.drop_index("ix_outcome_provisional", table_name="outcome")
    op.drop_table("absence_reason")
    op.drop_column("intent", "cause")


def _one_of(values: list[str], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _allow(table: str, name: str, kinds: list[str], *, validate: bool = True) -> None:
    named = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.execute(
        f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK (kind IN ({named})) NOT VALID"
    )
    if validate:
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT ck_{table}_{name}")
