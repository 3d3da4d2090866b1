"""Fails unless the migrations, run on an empty database, give exactly the tables that the models
describe.

Two databases are made, one by the migrations and one from the models, and PostgreSQL is asked what
each of them has: Alembic's own comparison does not look at check constraints, which are where our
closed sets live.
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
              coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''), a.attidentity, a.attgenerated)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> 'alembic_version'
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
    """0 where models and migrations agree; else 1, with the differences on standard error."""
    with scratch_database() as migrated, scratch_database() as modelled:
        migrate(migrated)
        _create(modelled)
        built, described = _contents(migrated), _contents(modelled)
    for line in sorted(described - built):
        sys.stderr.write(f"only in the models:     {line:.300}\n")
    for line in sorted(built - described):
        sys.stderr.write(f"only in the migrations: {line:.300}\n")
    return int(built != described)


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
