"""Which tables hold rows of a person, and what happens to these rows in a merge.

A table that is neither in `MOVES` nor in `STAYS` would lose its rows in a merge: a test asks the
database for every table that points at a person.
"""

from dataclasses import dataclass

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


MOVES = (
    Move("action"),
    Move("activity"),
    Move("agenda_item", clashes=((("meeting_id",), ""),)),
    Move("appointment"),
    Move("assessment"),
    Move("check_in", clashes=((("due_on",), ""),)),
    Move("check_in_plan", key="person_id", clashes=(((), ""),)),
    Move("contact_point", clashes=(((), "state <> 'retired'"),)),
    Move("takeover", clashes=(((), "ended_at IS NULL"),)),
    Move("court_order"),
    Move("court_review"),
    Move("custody_spell", clashes=(((), "released_on IS NULL"),)),
    Move("disclosure"),
    Move("drug_test", clashes=((("due_on",), "superseded_at IS NULL"),)),
    Move("enforcement"),
    Move("enrolment", clashes=(((), "ended_on IS NULL"),)),
    Move("evidence_pack"),
    Move("free_time", column="held_for_id"),
    Move("housing_spell"),
    Move("intelligence_flag", clashes=(((), "ended_on IS NULL"),)),
    Move("involvement", clashes=((("agency_id",), ""),)),
    Move("message", column="recipient"),
    Move("milestone", clashes=((("kind", "step", "counted_from"), ""),)),
    Move("need_score"),
    Move("offence"),
    Move("question"),
    Move("re_referral"),
    Move("reply_record"),
    Move("record_access", clashes=((("staff_id",), ""),)),
    Move("referral"),
    Move("self_report", clashes=((("inbound_id", "kind"), ""),)),
    Move("signal"),
    Move("slot_offer"),
    Move("standing_approval"),
    Move("transfer"),
)
