"""Plain names: legal hold, takeover, reply record, expires at.

Revision 0015, after 0014.

Renames alone: nothing is rewritten, and each takes its lock for a moment only. Indexes and
constraints take the new names too, those of columns that may not be empty among them where the
server names them (PostgreSQL 18).
"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = (
    ("conversation_hold", "takeover"),
    ("reading_correction", "reply_correction"),
    ("reading", "reply_record"),
)
COLUMNS = (
    ("person", "held", "legal_hold"),
    ("person", "reach_changed_at", "contactability_changed_at"),
    ("reminder", "useless_at", "expires_at"),
    ("alarm", "reading_id", "reply_record_id"),
    ("reply_correction", "reading_id", "reply_record_id"),
)
TOUCHED = ("alarm", "person", "reminder", "reply_correction", "reply_record", "takeover")
PARTS = (
    ("conversation_hold_holdend", "takeover_takeoverend"),
    ("conversation_hold", "takeover"),
    ("reading_correction", "reply_correction"),
    ("reading", "reply_record"),
    ("person_held", "person_legal_hold"),
    ("reach_changed", "contactability_changed"),
    ("useless_at", "expires_at"),
)
"""Parts of the names of constraints and indexes, before and after."""
CONSTRAINTS = sa.text("""
SELECT c.relname, k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY(:tables)
""")
INDEXES = sa.text(
    "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(:tables)"
)


def upgrade() -> None:
    for old, new in TABLES:
        op.rename_table(old, new)
    for table, old, new in COLUMNS:
        op.alter_column(table, old, new_column_name=new)
    _rename_parts(PARTS)


def downgrade() -> None:
    _rename_parts((new, old) for old, new in PARTS)
    for table, old, new in reversed(COLUMNS):
        op.alter_column(table, new, new_column_name=old)
    for old, new in reversed(TABLES):
        op.rename_table(new, old)


def _rename_parts(parts: Iterable[tuple[str, str]]) -> None:
    """Rename the constraints and indexes of the touched tables. An index behind a constraint goes
    with it.
    """
    parts = tuple(parts)
    connection = op.get_bind()
    for table, name in connection.execute(CONSTRAINTS, {"tables": list(TOUCHED)}).all():
        if (new := _renamed(name, parts)) != name:
            op.execute(f'ALTER TABLE "{table}" RENAME CONSTRAINT "{name}" TO "{new}"')
    for (name,) in connection.execute(INDEXES, {"tables": list(TOUCHED)}).all():
        if (new := _renamed(name, parts)) != name:
            op.execute(f'ALTER INDEX "{name}" RENAME TO "{new}"')


def _renamed(name: str, parts: Iterable[tuple[str, str]]) -> str:
    for old, new in parts:
        name = name.replace(old, new)
    return name
