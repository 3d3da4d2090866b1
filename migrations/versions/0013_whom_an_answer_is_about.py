"""Whom an answer that may be given again is about.

Revision 0013, after 0012.

The default is constant, so nothing is rewritten. Answers that were kept before are about nobody; they are forgotten within a day.
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
