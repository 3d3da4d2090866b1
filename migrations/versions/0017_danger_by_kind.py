"""Danger by kind: the kind of danger of a signal, two more kinds of signal, and a hub's help lines.

Revision 0017, after 0015.

The new column is empty for old signals, so nothing is rewritten. The checks are validated without a
lock that stops writing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KINDS = [
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
    "evidence_due",
    "number_shared",
    "wrong_number",
    "opted_out",
    "number_dead",
    "no_reply",
    "reply_unread",
    "second_failure",
    "must_refer",
    "lost_contact",
    "test_missed",
    "test_positive",
    "release_soon",
    "court_review_soon",
    "action_overdue",
    "review_due",
    "green_three_months",
    "milestone",
    "re_referral_due",
    "record_opened",
    "ground_gone",
]
NEW_KINDS = ["texts_not_understood", "worrying_text"]
DANGERS = [
    "overdose_or_injury",
    "wishes_to_die",
    "violence",
    "child_at_risk",
    "threats_to_others",
    "nowhere_to_sleep",
    "unclear",
]
LINES = ["crisis_team", "domestic_abuse", "children", "housing", "on_call"]


def upgrade() -> None:
    op.add_column("signal", sa.Column("danger", sa.String(40), nullable=True))
    op.execute(
        "ALTER TABLE signal ADD CONSTRAINT ck_signal_dangerkind"
        f" CHECK (danger IN ({_named(DANGERS)})) NOT VALID"
    )
    op.execute("ALTER TABLE signal VALIDATE CONSTRAINT ck_signal_dangerkind")
    _allow_kinds([*KINDS, *NEW_KINDS])
    op.create_table(
        "hub_help_line",
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.String(40), nullable=False),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(80), nullable=False),
        sa.CheckConstraint("number ~ '^[0-9]{3,12}$'", name=op.f("ck_hub_help_line_digits")),
        sa.CheckConstraint(f"line IN ({_named(LINES)})", name=op.f("ck_hub_help_line_helpline")),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_help_line_hub_id")),
        sa.PrimaryKeyConstraint("hub_id", "line", name=op.f("pk_hub_help_line")),
    )


def downgrade() -> None:
    op.drop_table("hub_help_line")
    _allow_kinds(KINDS, validate=False)
    op.drop_column("signal", "danger")


def _allow_kinds(kinds: list[str], *, validate: bool = True) -> None:
    op.drop_constraint(op.f("ck_signal_signalkind"), "signal")
    op.execute(
        "ALTER TABLE signal ADD CONSTRAINT ck_signal_signalkind"
        f" CHECK (kind IN ({_named(kinds)})) NOT VALID"
    )
    if validate:
        op.execute("ALTER TABLE signal VALIDATE CONSTRAINT ck_signal_signalkind")


def _named(values: list[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)
