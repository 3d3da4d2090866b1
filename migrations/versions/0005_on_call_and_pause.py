"""Add on-call workers and paused texts.

Revision 0005, after 0004.

Every added column is empty or has a constant default, so no table is rewritten. The kinds of signal
grow by those that texts can lead to. A downgrade leaves signals of those kinds in place.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KINDS = [
    "crisis",
    "harm_to_others",
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
NEW_KINDS = [
    "unsafe_phone",
    "feeling_low",
    "barrier",
    "late_pattern",
    "claim_disputed",
    "housing_loss",
    "work_loss",
    "lapse_told",
]
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _allow_kinds([*KINDS[:2], *NEW_KINDS, *KINDS[2:]])
    op.add_column("staff", sa.Column("mobile", sa.String(length=16), nullable=True))
    op.add_column(
        "staff",
        sa.Column("wants_notices", sa.Boolean(), server_default=sa.text("true"), nullable=False),
    )
    op.create_check_constraint(op.f("ck_staff_mobile_e164"), "staff", "mobile ~ '^[+][0-9]{8,15}$'")
    op.add_column("person", sa.Column("texts_paused_at", MOMENT, nullable=True))
    op.add_column("person", sa.Column("texts_paused_why", sa.String(length=200), nullable=True))
    op.add_column("contact_point", sa.Column("unsafe_since", MOMENT, nullable=True))
    op.create_table(
        "on_call_turn",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_on_call_turn_ends_later")),
        sa.CheckConstraint("level BETWEEN 1 AND 9", name=op.f("ck_on_call_turn_level_known")),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_on_call_turn_hub_id")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_on_call_turn_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_call_turn")),
    )
    op.create_index("ix_on_call_turn_hub", "on_call_turn", ["hub_id", "ends_at"])
    op.create_table(
        "alarm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("signal_id", sa.Uuid(), nullable=True),
        sa.Column("reading_id", sa.Uuid(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(signal_id IS NULL) <> (reading_id IS NULL)", name=op.f("ck_alarm_about_one_thing")
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signal.id"], name=op.f("fk_alarm_signal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["reading.id"], name=op.f("fk_alarm_reading_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
        sa.UniqueConstraint("signal_id", name=op.f("uq_alarm_signal_id")),
        sa.UniqueConstraint("reading_id", name=op.f("uq_alarm_reading_id")),
    )
    op.create_index(
        "ix_alarm_next", "alarm", ["next_at"], postgresql_where=sa.text("next_at IS NOT NULL")
    )
    op.create_table(
        "alarm_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alarm_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "told",
                "no_way",
                "nobody",
                name="alarmoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["alarm_id"], ["alarm.id"], name=op.f("fk_alarm_step_alarm_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_alarm_step_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_step")),
    )
    op.create_index("ix_alarm_step", "alarm_step", ["alarm_id", "at"])


def downgrade() -> None:
    op.drop_table("alarm_step")
    op.drop_table("alarm")
    op.drop_table("on_call_turn")
    op.drop_column("contact_point", "unsafe_since")
    op.drop_column("person", "texts_paused_why")
    op.drop_column("person", "texts_paused_at")
    op.drop_constraint(op.f("ck_staff_mobile_e164"), "staff")
    op.drop_column("staff", "wants_notices")
    op.drop_column("staff", "mobile")
    _allow_kinds(KINDS, validate=False)


def _allow_kinds(kinds: list[str], *, validate: bool = True) -> None:
    named = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_signal_signalkind"), "signal")
    op.execute(
        f"ALTER TABLE signal ADD CONSTRAINT ck_signal_signalkind CHECK (kind IN ({named})) NOT VALID"
    )
    if validate:
        op.execute("ALTER TABLE signal VALIDATE CONSTRAINT ck_signal_signalkind")
