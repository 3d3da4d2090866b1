"""`python -m api`: the `engage` command for when its script is not on the path."""

from api.cli.main import main

main(prog_name="engage")
