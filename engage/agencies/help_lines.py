"""The help lines of a hub: local numbers that safety texts name instead of the national ones.

A hub starts with none. A number is used only once somebody of the hub has rung it and recorded the
day. A new number must be checked again.
"""

import uuid
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.help_line_kinds import HelpLine
from engage.agencies.help_lines_model import HubHelpLine
from engage.agencies.hub_settings import hub_today
from engage.agencies.model import Hub
from engage.core import events
from engage.core.errors import Invalid

LONGEST_NUMBER = 12
"""The digits that fit into a text."""


def lines_of(session: Session, hub_id: uuid.UUID) -> Mapping[HelpLine, HubHelpLine]:
    """The lines that a hub has recorded."""
    rows = session.scalars(select(HubHelpLine).where(HubHelpLine.hub_id == hub_id))
    return {row.line: row for row in rows}


def checked_number(session: Session, hub_id: uuid.UUID, line: HelpLine) -> str | None:
    """The number of a line, if the hub has recorded and checked it."""
    return session.scalar(
        select(HubHelpLine.number).where(
            HubHelpLine.hub_id == hub_id,
            HubHelpLine.line == line,
            HubHelpLine.checked_on.is_not(None),
        )
    )


def record(
    session: Session,
    hub: Hub,
    line: HelpLine,
    number: str,
    *,
    checked_on: date | None,
    actor: str,
    now: datetime,
) -> HubHelpLine:
    """Record the number of a line, and when somebody of the hub rang it (None: not yet).

    Raises Invalid for a number that does not fit into a text, and for a day in the future.
    """
    digits = "".join(number.split())
    if not 3 <= len(digits) <= LONGEST_NUMBER or not (digits.isascii() and digits.isdecimal()):
        raise Invalid(
            fields={
                "number": f"Enter a phone number of at most {LONGEST_NUMBER} digits, such as"
                " 01914980100."
            }
        )
    if checked_on is not None and checked_on > hub_today(hub, now):
        raise Invalid(fields={"checked_on": "The day it was checked must be today or earlier."})
    row = session.get(HubHelpLine, (hub.id, line), with_for_update=True)
    if row is None:
        row = HubHelpLine(hub_id=hub.id, line=line)
        session.add(row)
    row.number, row.checked_on = digits, checked_on
    row.changed_at, row.changed_by = now, actor
    session.flush()
    _log(session, "hub.help_line_recorded", hub, line, actor, now)
    return row


def remove(session: Session, hub: Hub, line: HelpLine, *, actor: str, now: datetime) -> None:
    """Remove the number of a line: texts name the national one. Does nothing without a number."""
    row = session.get(HubHelpLine, (hub.id, line), with_for_update=True)
    if row is None:
        return
    session.delete(row)
    session.flush()
    _log(session, "hub.help_line_removed", hub, line, actor, now)


def _log(session: Session, what: str, hub: Hub, line: HelpLine, actor: str, now: datetime) -> None:
    events.record(session, what, now=now, actor=actor, hub_id=hub.id, line=line.value)
