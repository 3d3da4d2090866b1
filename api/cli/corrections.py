"""`engage corrections export`: accepted corrections of interpretations, as lines for the corpus."""

from pathlib import Path

import click

from api.cli.environment import in_transaction


@click.group()
def corrections() -> None:
    """Corrections of how replies were interpreted."""


@corrections.command(name="export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--hub", "hub_name", help="Export this hub's corrections only.")
def export(file: Path, hub_name: str | None) -> None:
    """Export accepted corrections to FILE (- for standard output).

    One line for each correction an administrator accepted: prompt, intent and text, separated by
    tabs, without names or numbers.
    """
    from engage.agencies.lookups import find_hub
    from engage.conversation.corrections import corpus_lines

    with in_transaction() as (session, _now):
        hubs = None if hub_name is None else [find_hub(session, hub_name).id]
        found = list(corpus_lines.export(session, hubs))
    written = "".join(f"{line}\n" for line in found)
    if str(file) == "-":
        click.echo(written, nl=False)
        return
    file.write_text(written, encoding="utf-8", newline="\n")
    click.echo(f"Wrote {len(found)} lines.")
