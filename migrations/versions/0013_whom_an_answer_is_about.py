"""Record which person a repeatable answer is about.

Revision 0013, after 0012.

The default is constant, so nothing is rewritten. Existing answers are about no person; they are
deleted within a day.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "idempotency_key",
        sa.Column(
            "people", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
    )


def downgrade() -> None:
    op.drop_column("idempotency_key", "people")
