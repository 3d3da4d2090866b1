"""Counts the texts of a hub by how they were read and what workers made of it, in one statement
however many there are. Nothing here names a person.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Date, cast, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from engage.access.policy import Actor, counted_for
from engage.agencies.model import Hub
from engage.conversation.corrections.model import ReplyCorrection
from engage.conversation.learning.rules import TextCount
from engage.conversation.model import ReplyRecord
from engage.people.model import Person


def count_texts(
    session: Session, actor: Actor, hub_id: uuid.UUID, *, since: datetime, until: datetime
) -> Sequence[TextCount]:
    """The texts that the hub got from `since` until before `until`, by month at the hub.

    Texts that were only searched for danger and STOP are left out, and so are those that Engage
    neither acted on nor left to a worker, such as automatic replies. Texts of numbers that nobody
    has are of no hub. The caller has checked that the actor may read the figures of the hub.
    """
    latest = (
        select(ReplyCorrection.reply_record_id, ReplyCorrection.now)
        .ext(distinct_on(ReplyCorrection.reply_record_id))
        .where(ReplyCorrection.at >= since)
        .order_by(
            ReplyCorrection.reply_record_id, ReplyCorrection.at.desc(), ReplyCorrection.id.desc()
        )
        .subquery()
    )
    given = latest.c.now
    groups = (
        cast(func.date_trunc("month", func.timezone(Hub.timezone, ReplyRecord.at)), Date).label(
            "month"
        ),
        ReplyRecord.intent,
        ReplyRecord.basis,
        ReplyRecord.act,
        given,
        func.coalesce(given == ReplyRecord.intent, False).label("agrees"),
    )
    rows = session.execute(
        select(*groups, func.count())
        .select_from(ReplyRecord)
        .join(Person, Person.id == ReplyRecord.person_id)
        .join(Hub, Hub.id == Person.hub_id)
        .outerjoin(latest, latest.c.reply_record_id == ReplyRecord.id)
        .where(
            Hub.id == hub_id,
            counted_for(actor),
            ReplyRecord.at >= since,
            ReplyRecord.at < until,
            ~ReplyRecord.passed_over,
            or_(ReplyRecord.act, ReplyRecord.needs_human, given.is_not(None)),
        )
        .group_by(*groups)
    )
    return [TextCount(*row) for row in rows]
