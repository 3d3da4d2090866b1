"""${message}

Revision ${up_revision}, after ${down_revision or "nothing"}.

Before you run this where people work: it holds its locks for at most a second (lock_timeout), so
- add a constraint as NOT VALID and validate it in the next revision;
- build an index CONCURRENTLY, inside `with op.get_context().autocommit_block():`;
- give a new column that may not be null a server default;
- keep the version of the code that runs now working: add first, use next, remove last.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
