"""The `engage` command: its groups, and how errors are shown.

A wrong setting, a refusal by a use case or an unreadable file becomes one line on standard error
and exit code 2. Each command imports what it needs when it runs, so that `engage --help` stays
fast.
"""

import sys
from typing import IO, Any

import click

from api.cli.access import key, staff
from api.cli.corrections import corrections
from api.cli.demonstration import demo, run, seed, simulator
from api.cli.hub import agency, hub
from api.cli.imports import import_files
from api.cli.log import log
from api.cli.retention import retention
from api.cli.service import migrate, understand, worker
from engage.core.errors import EngageError, Invalid
from engage.core.settings import SettingsError

EXIT_REFUSED = 2


class Refusal(click.ClickException):
    """One line on standard error, and exit code 2."""

    exit_code = EXIT_REFUSED

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line."""
        click.echo(f"engage: {self.message}", err=True)


class Commands(click.Group):
    """A group that shows expected errors as one line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Raises Refusal."""
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise Refusal(str(error)) from error
        except Invalid as error:
            details = [f"{name}: {detail}" for name, detail in error.fields.items()]
            raise Refusal(" ".join(details) or error.detail) from error
        except EngageError as error:
            raise Refusal(error.detail) from error
        except BrokenPipeError:
            raise  # the reader of our output has gone; click ends quietly
        except OSError as error:
            raise Refusal(_describe(error)) from error
        except Exception as error:
            if _is_lost_database(error):
                raise Refusal("The database does not answer. Check DATABASE_URL.") from error
            raise


def _describe(error: OSError) -> str:
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)


def _is_lost_database(error: Exception) -> bool:
    """Whether SQLAlchemy could not reach the server. Does not import SQLAlchemy: the command may
    not need it.
    """
    loaded = sys.modules.get("sqlalchemy.exc")
    return loaded is not None and isinstance(error, loaded.OperationalError)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="engage")
def main() -> None:
    """Text messages for people under Integrated Offender Management.

    Settings are environment variables (docs/deployment.md). Without DATABASE_URL, engage starts or
    joins a PostgreSQL server of its own and migrates it. Use that for development only.
    """


for command in (
    migrate,
    worker,
    run,
    hub,
    agency,
    staff,
    key,
    import_files,
    retention,
    log,
    corrections,
    understand,
    simulator,
    seed,
    demo,
):
    main.add_command(command)
