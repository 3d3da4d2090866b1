"""`engage corrections export`: the corrected readings that an administrator accepted, as a file of
the corpus.
"""

from pathlib import Path

import click

from api.cli.access import in_transaction


@click.group()
def corrections() -> None:
    """Corrected readings, without identity."""


@corrections.command(name="export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--hub", "hub_name", help="Only those of this hub.")
def export(file: Path, hub_name: str | None) -> None:
    """Write every accepted line as prompt, intent and text, parted by tabs, to FILE (- for standard
    output).
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
