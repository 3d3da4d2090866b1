"""Walk a day's appointments and a person's numbers in order.

Revision 0004, after 0003.

Two indexes, built concurrently, so that no other work waits. If one is left half built, drop it and
run this again.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_appointment_starts_at",
            "appointment",
            ["starts_at", "id"],
            postgresql_concurrently=True,
            if_not_exists=True,
        )
        op.create_index(
            "ix_contact_point_person",
            "contact_point",
            ["person_id"],
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            "ix_contact_point_person", table_name="contact_point", postgresql_concurrently=True
        )
        op.drop_index(
            "ix_appointment_starts_at", table_name="appointment", postgresql_concurrently=True
        )
