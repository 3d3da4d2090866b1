"""Record who wrote a text, what its reading rests on, and how a person will come.

Revision 0018, after 0017.

The new columns have constant defaults or none, so nothing is rewritten. The check of the kinds of
questions is replaced.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BEFORE = ("appointment", "number_check", "which", "who")
AFTER = (*BEFORE, "end_texts", "wrong_number")


def upgrade() -> None:
    op.add_column("intent", sa.Column("travel", sa.String(length=10), nullable=True))
    op.add_column(
        "reply_record",
        sa.Column("speaker", sa.String(length=10), server_default="person", nullable=False),
    )
    op.add_column(
        "reply_record",
        sa.Column("basis", sa.String(length=10), server_default="model", nullable=False),
    )
    _set_kinds(AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM question WHERE kind IN ('end_texts', 'wrong_number')")
    _set_kinds(BEFORE)
    op.drop_column("reply_record", "basis")
    op.drop_column("reply_record", "speaker")
    op.drop_column("intent", "travel")


def _set_kinds(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_question_questionkind"), "question")
    op.create_check_constraint(op.f("ck_question_questionkind"), "question", f"kind IN ({listed})")
