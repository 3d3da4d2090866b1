"""Finds hubs where workers corrected more texts in the latest full month than before, so that pages
need not count. A rise is recorded once for each hub and month, and never taken back.
"""

from collections.abc import Sequence
from datetime import datetime

from dateutil.relativedelta import relativedelta
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM
from engage.agencies.hub_settings import hub_today, zone
from engage.agencies.model import Hub
from engage.conversation.learning import rules
from engage.conversation.learning.counts import count_texts
from engage.conversation.learning.model import CorrectionRise
from engage.core import events
from engage.core.local_time import start_of_day


def record_new(session: Session, *, now: datetime) -> int:
    """Look at every hub whose rise is not yet recorded for its latest full month, one statement
    each, and record those that have one, with an event. Returns how many.

    Two workers at once record a rise once.
    """
    return sum(_record(session, hub, now) for hub in _hubs_to_look_at(session, now))


def _hubs_to_look_at(session: Session, now: datetime) -> Sequence[Hub]:
    hubs = session.scalars(
        select(Hub).where(Hub.closed_at.is_(None) | (Hub.closed_at > now)).order_by(Hub.id)
    ).all()
    months = {hub.id: rules.last_full_month(hub_today(hub, now)) for hub in hubs}
    found = session.execute(
        select(CorrectionRise.hub_id, CorrectionRise.month).where(
            CorrectionRise.month.in_(set(months.values()))
        )
    )
    recorded = {(row.hub_id, row.month) for row in found}
    return [hub for hub in hubs if (hub.id, months[hub.id]) not in recorded]


def _record(session: Session, hub: Hub, now: datetime) -> bool:
    month = rules.last_full_month(hub_today(hub, now))
    months = rules.months_until(month, rules.MONTHS_BEFORE + 1)
    counts = count_texts(
        session,
        SYSTEM,
        hub.id,
        since=start_of_day(months[0], zone(hub)),
        until=start_of_day(month + relativedelta(months=1), zone(hub)),
    )
    rises = rules.rises(rules.without_health(counts), month)
    if not rises:
        return False
    made = session.execute(
        insert(CorrectionRise)
        .values(hub_id=hub.id, month=month, found_at=now)
        .on_conflict_do_nothing()
        .returning(CorrectionRise.hub_id)
    ).scalar_one_or_none()
    if made is None:
        return False
    events.record(
        session,
        "corrections.rose",
        now=now,
        actor=SYSTEM.label,
        hub_id=hub.id,
        month=f"{month:%Y-%m}",
        about=[rise.about for rise in rises],
    )
    return True
