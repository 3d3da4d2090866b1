"""Draft the next numbered migration from the difference between the migrations and the models. A
person then reviews it.
"""

import sys

from alembic import command
from alembic.script import ScriptDirectory

from engage.core.migrate import configuration, migrate
from migrations.scratch import scratch_database


def main(message: str) -> int:
    """Write `migrations/versions/NNNN_message.py`. Returns 1 without a message."""
    if not message.strip():
        sys.stderr.write('Describe the change: make migration m="add a thing"\n')
        return 1
    with scratch_database() as url:
        config = configuration(url)
        migrate(url)
        newest = ScriptDirectory.from_config(config).get_current_head() or "0000"
        command.revision(config, message, autogenerate=True, rev_id=f"{int(newest) + 1:04}")
    return 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
