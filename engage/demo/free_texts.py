"""Texts of invented people in their own words, how Engage read them, and what workers said that
they mean. Corrections rise in the last full month, so that "Learning from use" has a warning.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from dateutil.relativedelta import relativedelta

from engage.conversation.corrections.model import ReplyCorrection
from engage.core.db import new_id
from engage.demo.people import DemoPerson, working_hour
from engage.demo.rows import Rows
from engage.demo.texting import reply_row
from engage.understanding.vocabulary import Basis, Intent

CORRECTED, CORRECTED_LATELY, GIVEN = 0.02, 0.12, 0.3
"""How often a worker corrects what Engage acted on, and gives a meaning to what it left."""


@dataclass(frozen=True)
class FreeText:
    """A text, its meaning according to Engage, and its meaning according to a worker who looks."""

    words: str
    read_as: Intent
    means: Intent
    basis: Basis = Basis.MODEL
    acted: bool = True


SAID = (
    FreeText("thanks", Intent.THANKS, Intent.OTHER, Basis.RULE),
    FreeText("ta for that, its my new one from monday", Intent.THANKS, Intent.PROGRESS_HOUSING),
    FreeText("cheers, give us a bell when ur free", Intent.THANKS, Intent.CALL_ME),
    FreeText("where is it again", Intent.QUESTION, Intent.RESCHEDULE, Basis.RULE),
    FreeText("is it still the same place or what", Intent.QUESTION, Intent.RESCHEDULE),
    FreeText("same as last time", Intent.OTHER, Intent.CONFIRM, acted=False),
    FreeText("its that bus again", Intent.OTHER, Intent.DECLINE, acted=False),
    FreeText("should be ok i think", Intent.CONFIRM, Intent.CONFIRM, acted=False),
    FreeText("not sure about the thing", Intent.CONFIRM, Intent.QUESTION, acted=False),
)


def write(rows: Rows, one: DemoPerson, now: datetime, luck: Random) -> None:
    """Write a text in one week of three, from people with a number who are not out of contact."""
    today = now.date()
    last_month = today.replace(day=1) - relativedelta(months=1)
    if one.number is None or one.life.silent:
        return
    day = one.life.adopted_on + timedelta(days=1 + luck.randint(0, 6))
    while day < today:
        if one.life.free(day, today) and luck.random() < 0.33:
            is_late = (day.year, day.month) == (last_month.year, last_month.month)
            _text(rows, one, day, CORRECTED_LATELY if is_late else CORRECTED, luck)
        day += timedelta(days=7)


def _text(rows: Rows, one: DemoPerson, day: date, corrected: float, luck: Random) -> None:
    said, at, record_id = luck.choice(SAID), working_hour(day), new_id()
    reply_row(
        rows,
        one,
        said.words,
        at,
        id=record_id,
        prompt="none",
        intent=said.read_as.value,
        confidence=0.9 if said.acted else 0.4,
        act=said.acted,
        needs_human=not said.acted,
        read_at=None if said.acted else at + timedelta(hours=1),
        read_by=None if said.acted else one.label,
        basis=said.basis.value,
        done="Nothing to do" if said.acted else "Not clear enough to act on; for a worker to read",
    )
    if luck.random() < (corrected if said.acted else GIVEN):
        rows.add(
            ReplyCorrection,
            reply_record_id=record_id,
            was=said.read_as.value,
            now=said.means.value,
            by=one.label,
            at=at + timedelta(hours=1),
            done="Nothing to change",
        )
