"""The page "Learning from use": for one hub, how often workers corrected what Engage had read, by
month and meaning, and whether that rises.

It holds counts of the whole hub for the staff who run it, and names nobody. Restricted records are
not counted. Readers without health access see every meaning about health as one.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access import hub_roles, hub_settings
from engage.access.policy import Actor, ActorKind
from engage.agencies.hub_settings import hub_today, zone
from engage.agencies.model import Hub
from engage.conversation.learning import rules
from engage.conversation.learning.counts import count_texts
from engage.conversation.learning.model import CorrectionRise
from engage.conversation.learning.rules import (
    GivenMeaning,
    MonthLine,
    Rise,
    Tally,
    TextCount,
)
from engage.core.errors import NotFound
from engage.core.local_time import start_of_day
from engage.understanding.vocabulary import Basis

MONTHS = 13
"""The months that are shown: the present one so far, and twelve full ones before it."""
_TWO_MONTHS = timedelta(days=63)
"""The latest full month begins later than this before the present moment."""


@dataclass(frozen=True)
class MeaningLine:
    """The texts of one month that were read with one meaning: all of them, and by basis."""

    meaning: str
    total: Tally
    by_basis: Mapping[Basis, Tally]


@dataclass(frozen=True)
class LearningFromUse:
    """The figures of one hub. `month` is the first day of the month shown in full, `months` are all
    that can be shown, oldest first. `rises` and `comparable` are about `compared`, the latest full
    month. `month_lines` are the sums of all these months.
    """

    hub: Hub
    month: date
    months: tuple[date, ...]
    total: Tally
    by_basis: Mapping[Basis, Tally]
    lines: tuple[MeaningLine, ...]
    given: tuple[GivenMeaning, ...]
    by_month: Mapping[date, Tally]
    compared: date
    comparable: bool
    rises: tuple[Rise, ...]
    month_lines: tuple[MonthLine, ...]

    @property
    def is_so_far(self) -> bool:
        """Whether the month shown is the present one, which is not over."""
        return self.month == self.months[-1]

    @property
    def compared_since(self) -> date:
        """The first of the months with which the latest full one is compared."""
        return self.compared - relativedelta(months=rules.MONTHS_BEFORE)

    @property
    def compared_until(self) -> date:
        """The last of those months."""
        return self.compared - relativedelta(months=1)


@dataclass(frozen=True)
class HubWithRise:
    """A hub where workers corrected more texts in its latest full month, `month`, than before."""

    id: uuid.UUID
    name: str
    month: date


def load(
    session: Session,
    actor: Actor,
    hub_id: uuid.UUID,
    *,
    now: datetime,
    month: date | None = None,
) -> LearningFromUse:
    """The figures of a hub, of the latest full month unless another `month` is given.

    Raises NotFound for a hub whose figures the actor may not read, and for a month that is not
    among those that are shown.
    """
    hub = _hub_to_read(session, actor, hub_id)
    months = rules.months_until(rules.first_of_month(hub_today(hub, now)), MONTHS)
    compared = months[-2]
    month = month or compared
    if month not in months:
        raise NotFound("There are no figures for this month.")
    counts: Sequence[TextCount] = count_texts(
        session,
        actor,
        hub.id,
        since=start_of_day(months[0], zone(hub)),
        until=start_of_day(months[-1] + relativedelta(months=1), zone(hub)),
    )
    if hub.id not in hub_roles.hubs_with_health(actor):
        counts = rules.without_health(counts)
    shown = [one for one in counts if one.month == month]
    return LearningFromUse(
        hub=hub,
        month=month,
        months=months,
        total=rules.tally(shown),
        by_basis=rules.by_basis(shown),
        lines=tuple(
            MeaningLine(
                meaning, total, rules.by_basis(one for one in shown if one.meaning == meaning)
            )
            for meaning, total in rules.by_meaning(shown).items()
        ),
        given=rules.meanings_given(shown),
        by_month=rules.by_month(counts, months),
        compared=compared,
        comparable=rules.is_comparable(*rules.recent_and_before(counts, compared)),
        rises=rules.rises(counts, compared),
        month_lines=rules.month_lines(counts),
    )


def hubs_with_rise(session: Session, actor: Actor, *, now: datetime) -> tuple[HubWithRise, ...]:
    """The hubs, among those whose figures the actor may read, for whose latest full month a rise is
    recorded. By name.
    """
    hubs = actor.hubs(*hub_settings.READERS)
    if not hubs:
        return ()
    rows = session.execute(
        select(Hub, CorrectionRise.month)
        .join(CorrectionRise, CorrectionRise.hub_id == Hub.id)
        .where(Hub.id.in_(hubs), CorrectionRise.month >= (now - _TWO_MONTHS).date())
        .order_by(Hub.name, Hub.id)
    )
    return tuple(
        HubWithRise(hub.id, hub.name, month)
        for hub, month in rows
        if month == rules.last_full_month(hub_today(hub, now))
    )


def _hub_to_read(session: Session, actor: Actor, hub_id: uuid.UUID) -> Hub:
    if actor.kind is not ActorKind.KEY:
        return hub_settings.to_read(session, actor, hub_id)
    if hub_id != actor.hub_id:
        raise NotFound("There is no such hub, or it is not yours.")
    return session.get_one(Hub, hub_id)
