"""Record hubs and months in which workers corrected more texts than before.

Revision 0019, after 0018.

A new table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "correction_rise",
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_correction_rise_hub_id")),
        sa.PrimaryKeyConstraint("hub_id", "month", name=op.f("pk_correction_rise")),
    )


def downgrade() -> None:
    op.drop_table("correction_rise")
