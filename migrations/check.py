"""Check that the migrations and the models describe the same tables.

It builds one database from the migrations and one from the models, and asks PostgreSQL for the
contents of each: Alembic's own comparison leaves out check constraints, which hold our closed sets.
"""

import sys

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from engage.core.migrate import migrate
from engage.models import METADATA
from migrations.scratch import scratch_database

COLUMNS = """
SELECT format('%s.%s %s%s%s %s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
              CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
              coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''),
              a.attidentity, a.attgenerated)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
  AND c.relname <> 'alembic_version'
"""
CONSTRAINTS = """
SELECT format('%s %s %s', c.relname, k.conname, pg_get_constraintdef(k.oid))
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE k.connamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'
"""
INDEXES = (
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
)


def main() -> int:
    """Return 0 if models and migrations agree; else 1, with the differences on standard error."""
    with scratch_database() as migrated, scratch_database() as created:
        migrate(migrated)
        _create(created)
        in_migrations, in_models = _contents(migrated), _contents(created)
    for line in sorted(in_models - in_migrations):
        sys.stderr.write(f"only in the models:     {line:.300}\n")
    for line in sorted(in_migrations - in_models):
        sys.stderr.write(f"only in the migrations: {line:.300}\n")
    return int(in_migrations != in_models)


def _create(url: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    for metadata in METADATA:
        metadata.create_all(engine)


def _contents(url: str) -> set[str]:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return {
            row
            for query in (COLUMNS, CONSTRAINTS, INDEXES)
            for row in connection.scalars(text(query))
        }


if __name__ == "__main__":
    sys.exit(main())
