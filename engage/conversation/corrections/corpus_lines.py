"""Lines to learn from: an administrator looks at each before it may teach the reader, and takes the
accepted ones out as a file.

An administrator sees nobody; what they see here holds no id of anybody. A declined line loses its
words at once.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import Role
from engage.conversation.corrections.model import CorpusLine, LineState
from engage.core import events
from engage.core.errors import Conflict, Forbidden, NotFound
from engage.core.paging import DayCursor, cut, rows_after

PAGE = 50


@dataclass(frozen=True)
class ListedLine:
    """Lines in one state, the oldest first, where the next page begins if there is one, and how
    many there are in each state.
    """

    lines: Sequence[CorpusLine]
    further: DayCursor | None
    counts: dict[LineState, int]


def listed(
    session: Session, actor: Actor, state: LineState, *, after: DayCursor | None = None
) -> ListedLine:
    """The lines of the hubs that the actor administers. Raises Forbidden for anybody else."""
    hubs = _hubs(actor)
    query = select(CorpusLine).where(CorpusLine.hub_id.in_(hubs), CorpusLine.state == state)
    query = rows_after(query, (CorpusLine.added_on, CorpusLine.id), after)
    found = session.scalars(
        query.order_by(CorpusLine.added_on, CorpusLine.id).limit(PAGE + 1)
    ).all()
    counted = session.execute(
        select(CorpusLine.state, func.count())
        .where(CorpusLine.hub_id.in_(hubs))
        .group_by(CorpusLine.state)
    )
    counts = dict.fromkeys(LineState, 0) | {row[0]: row[1] for row in counted}
    lines, further = cut(found, PAGE, lambda line: DayCursor(line.added_on, line.id))
    return ListedLine(lines, further, counts)


def decide(
    session: Session, actor: Actor, line_id: uuid.UUID, *, accept: bool, now: datetime
) -> CorpusLine:
    """Take a line into the corpus, or not; the same decision again changes nothing. Raises Conflict
    when it was decided otherwise.
    """
    line = session.scalars(
        select(CorpusLine)
        .where(CorpusLine.id == line_id, CorpusLine.hub_id.in_(_hubs(actor)))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if line is None:
        raise NotFound("There is no such line.")
    state = LineState.ACCEPTED if accept else LineState.DECLINED
    if line.state is state:
        return line
    if line.state is LineState.DECLINED:
        raise Conflict("This line was declined, and its words are erased.", code="line_declined")
    line.state, line.decided_at, line.decided_by = state, now, actor.label
    if not accept:
        line.words = ""
    session.flush()
    events.record(
        session,
        "line.decided",
        now=now,
        actor=actor.label,
        hub_id=line.hub_id,
        state=state.value,
    )
    return line


def export(session: Session, hubs: Sequence[uuid.UUID] | None = None) -> Iterator[str]:
    """Every accepted line as `prompt<TAB>intent<TAB>text`, each once, of some hubs or of all."""
    query = select(CorpusLine.prompt, CorpusLine.intent, CorpusLine.words).where(
        CorpusLine.state == LineState.ACCEPTED
    )
    if hubs is not None:
        query = query.where(CorpusLine.hub_id.in_(hubs))
    seen = set()
    for prompt, intent, words in session.execute(
        query.order_by(CorpusLine.added_on, CorpusLine.id)
    ):
        text = " ".join(words.split())
        key = (prompt, intent, text.casefold())
        if text and key not in seen:
            seen.add(key)
            yield f"{prompt}\t{intent}\t{text}"


def export_for(session: Session, actor: Actor, *, now: datetime) -> str:
    """The file of the hubs that the actor administers; taking it out is an event."""
    hubs = sorted(_hubs(actor))
    found = list(export(session, hubs))
    for hub in hubs:
        events.record(
            session, "lines.exported", now=now, actor=actor.label, hub_id=hub, lines=len(found)
        )
    return "".join(f"{line}\n" for line in found)


def _hubs(actor: Actor) -> frozenset[uuid.UUID]:
    hubs = actor.hubs(Role.ADMINISTRATOR)
    if not hubs:
        raise Forbidden("Only an administrator sees what is to be learnt from.")
    return hubs
