"""Free times that can be offered by text and held, and what was offered.

Revision 0007, after 0006.

Two new tables, and two empty columns on person: nobody may rebook by text until somebody allows it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TYPES = ("office", "home_visit", "phone", "video", "group", "course", "drug_test", "court")


def upgrade() -> None:
    op.add_column("person", sa.Column("rebooking_allowed_at", MOMENT, nullable=True))
    op.add_column("person", sa.Column("rebooking_allowed_by", sa.String(length=80), nullable=True))
    _free_time()
    _slot_offer()


def downgrade() -> None:
    op.drop_table("slot_offer")
    op.drop_table("free_time")
    op.drop_column("person", "rebooking_allowed_by")
    op.drop_column("person", "rebooking_allowed_at")


def _free_time() -> None:
    op.create_table(
        "free_time",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                *TYPES, name="appointmenttype", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("place_alias", sa.String(length=60), nullable=False),
        sa.Column("despite_closed", sa.Boolean(), nullable=False),
        sa.Column("held_for_id", sa.Uuid(), nullable=True),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("withdrawn_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_free_time_minutes")),
        sa.CheckConstraint(
            "(held_for_id IS NULL) OR (held_until IS NOT NULL)", name=op.f("ck_free_time_hold")
        ),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_free_time_hub_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["staff.id"], name=op.f("fk_free_time_worker_id")),
        sa.ForeignKeyConstraint(
            ["held_for_id"],
            ["person.id"],
            name=op.f("fk_free_time_held_for_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_free_time")),
    )
    standing = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "uq_free_time_start",
        "free_time",
        ["worker_id", "starts_at"],
        unique=True,
        postgresql_where=standing,
    )
    op.create_index(
        "ix_free_time_hub", "free_time", ["hub_id", "starts_at"], postgresql_where=standing
    )
    op.create_index(
        "ix_free_time_held",
        "free_time",
        ["held_for_id"],
        postgresql_where=sa.text("held_for_id IS NOT NULL"),
    )


def _slot_offer() -> None:
    op.create_table(
        "slot_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("options", postgresql.JSONB(), nullable=False),
        sa.Column("wanted_day", sa.String(length=10), nullable=True),
        sa.Column("wanted_time", sa.String(length=5), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("inbound_id", sa.BigInteger(), nullable=True),
        sa.Column("offered_at", MOMENT, nullable=False),
        sa.Column("held_until", MOMENT, nullable=False),
        sa.Column("open_until", MOMENT, nullable=False),
        sa.Column("asked_again_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("chosen_id", sa.Uuid(), nullable=True),
        sa.Column("from_starts_at", MOMENT, nullable=True),
        sa.Column("moved_revision", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_slot_offer_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_slot_offer_appointment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_slot_offer_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound.id"], name=op.f("fk_slot_offer_inbound_id")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["inbound.id"], name=op.f("fk_slot_offer_closed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["chosen_id"],
            ["free_time.id"],
            name=op.f("fk_slot_offer_chosen_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_offer")),
    )
    op.create_index("ix_slot_offer_person", "slot_offer", ["person_id", "offered_at"])
    op.create_index("ix_slot_offer_appointment", "slot_offer", ["appointment_id"])
    op.create_index(
        "ix_slot_offer_moved",
        "slot_offer",
        ["closed_at"],
        postgresql_where=sa.text("moved_revision IS NOT NULL"),
    )
