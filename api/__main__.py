"""`python -m api`: the `engage` command where its script is not on the path."""

from api.cli import main

main(prog_name="engage")
