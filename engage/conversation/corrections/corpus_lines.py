"""Corpus lines from corrections: an administrator reviews each before the classifier may be trained
on it, and exports the accepted ones as a file.

An administrator may see no person, so a line must hold no id of anybody. The words of a declined
line are erased at once.
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
class LinePage:
    """A page of lines in one state, oldest first, where the next page starts, if there is one, and
    the number of lines in each state.
    """

    lines: Sequence[CorpusLine]
    further: DayCursor | None
    counts: dict[LineState, int]


def list_lines(
    session: Session, actor: Actor, state: LineState, *, after: DayCursor | None = None
) -> LinePage:
    """The lines of the hubs that the actor administers. Raises Forbidden for other actors."""
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
    return LinePage(lines, further, counts)


def decide(
    session: Session, actor: Actor, line_id: uuid.UUID, *, accept: bool, now: datetime
) -> CorpusLine:
    """Accept or decline a line. The same decision again changes nothing.

    Raises NotFound for a line of another hub, and Conflict for one that was declined.
    """
    line = session.scalars(
        select(CorpusLine)
        .where(CorpusLine.id == line_id, CorpusLine.hub_id.in_(_hubs(actor)))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if line is None:
        raise NotFound("There is no such line, or you may not see it.")
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
    """Yield every accepted line, of some hubs or of all, as `prompt<TAB>intent<TAB>text`, without
    duplicates.
    """
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
    """The file for the hubs that the actor administers. The export is an event of each hub."""
    hubs = sorted(_hubs(actor))
    lines = list(export(session, hubs))
    for hub_id in hubs:
        events.record(
            session, "lines.exported", now=now, actor=actor.label, hub_id=hub_id, lines=len(lines)
        )
    return "".join(f"{line}\n" for line in lines)


def _hubs(actor: Actor) -> frozenset[uuid.UUID]:
    hubs = actor.hubs(Role.ADMINISTRATOR)
    if not hubs:
        raise Forbidden("Only an administrator may see corpus lines.")
    return hubs
