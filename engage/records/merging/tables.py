"""Which tables hold rows of a person, and what happens to these rows in a merge.

A table moves if a foreign key of it names the person, unless it is in `STAYS`. What cannot exist
twice for one person is read from its unique indexes. A test compares both with the database.
"""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Index, PrimaryKeyConstraint, Table, UniqueConstraint

from engage.core.db import Base

STAYS = ("access_record", "break_glass", "event", "event_seal", "person", "person_merge")
"""Logs, which are never rewritten; emergency openings, which are for one record; and the records
and merges themselves.
"""

# ruff: noqa: S608 (all names in this SQL are our own)


@dataclass(frozen=True)
class Move:
    """A table's rows of a person: the column that names the person, the row's key, and by which
    columns two rows cannot both belong to one person.

    `clashes` are pairs of (columns that are then equal, a condition that then holds for both rows),
    as the table's unique indexes say.
    """

    table: str
    column: str = "person_id"
    key: str = "id"
    clashes: tuple[tuple[tuple[str, ...], str], ...] = ()

    @property
    def take(self) -> str:
        """SQL that moves what can be moved from `:gone` to `:kept` and returns the keys."""
        return (
            f"UPDATE {self.table} AS theirs SET {self._to('kept')}"
            f" WHERE {self._of('gone')}{self._free()} RETURNING {self._name}"
        )

    @property
    def give_back(self) -> str:
        """SQL that moves those of the rows `:keys` back that are still with `:kept`, and returns
        the keys.
        """
        back = f"UPDATE {self.table} SET {self._to('gone')} WHERE {self._of('kept', '')}"
        if self.key == self.column:
            return (
                f"{back} AND NOT EXISTS"
                f" (SELECT FROM {self.table} AS theirs WHERE {self._of('gone')})"
                " RETURNING CAST(:keys AS text[])"
            )
        return f"{back} AND {self.key}::text = ANY(:keys) RETURNING {self.key}::text"

    @property
    def left(self) -> str:
        """SQL that counts the rows that are still with `:gone`."""
        return f"SELECT count(*) FROM {self.table} AS theirs WHERE {self._of('gone')}"

    @property
    def _name(self) -> str:
        return "CAST(:gone AS text)" if self.key == self.column else f"theirs.{self.key}::text"

    def _to(self, person: str) -> str:
        return f"{self.column} = {self._value(person)}"

    def _of(self, person: str, alias: str = "theirs.") -> str:
        return f"{alias}{self.column} = {self._value(person)}"

    def _value(self, person: str) -> str:
        return f"CAST(:{person} AS {'text' if self.table == 'message' else 'uuid'})"

    def _free(self) -> str:
        """The condition that no row of `:kept` clashes with the one that would move."""
        return "".join(self._no_clash(columns, condition) for columns, condition in self.clashes)

    def _no_clash(self, columns: tuple[str, ...], condition: str) -> str:
        equal = "".join(f" AND mine.{name} = theirs.{name}" for name in columns)
        both = (
            f" AND ({_of_row(condition, 'mine')}) AND ({_of_row(condition, 'theirs')})"
            if condition
            else ""
        )
        return (
            f" AND NOT EXISTS (SELECT FROM {self.table} AS mine"
            f" WHERE mine.{self.column} = {self._value('kept')}{equal}{both})"
        )


def _of_row(condition: str, alias: str) -> str:
    column, _, rest = condition.partition(" ")
    return f"{alias}.{column} {rest}"


MESSAGES = Move("message", column="recipient")
"""Texts name the person without a foreign key: messaging knows nothing of people."""

RENUMBERED = {"assessment": ("version",)}
"""Unique columns that are renumbered before the rows move, so that they cannot clash."""


@cache
def moves() -> tuple[Move, ...]:
    """Every table with rows of a person, by name: those whose foreign key names `person`, and the
    texts. Found in the metadata: `engage.models` must be loaded.
    """
    found = [
        Move(table.name, column.name, _key(table), _clashes(table, column.name))
        for table in Base.metadata.tables.values()
        if table.name not in STAYS
        for column in table.columns
        if any(key.target_fullname == "person.id" for key in column.foreign_keys)
    ]
    return tuple(sorted([*found, MESSAGES], key=lambda move: move.table))


def _key(table: Table) -> str:
    (key,) = table.primary_key.columns
    return key.name


def _clashes(table: Table, column: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """What the table's unique indexes and constraints with the column in them say."""
    unique: list[Index | UniqueConstraint | PrimaryKeyConstraint] = [
        *(index for index in table.indexes if index.unique),
        *(one for one in table.constraints if isinstance(one, UniqueConstraint)),
        table.primary_key,
    ]
    found = []
    for one in unique:
        names = [each.name for each in one.columns]
        others = tuple(name for name in names if name != column)
        if column in names and others != RENUMBERED.get(table.name):
            where = one.dialect_options["postgresql"].get("where")
            found.append((others, "" if where is None else str(where)))
    return tuple(sorted(found))
