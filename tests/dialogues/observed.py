"""What Engage recorded of a text, as a script names it. Only this module knows how it is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.appointments.model import AbsenceReason, Appointment, StatedIntent
from engage.conversation.model import Alarm, Question, ReplyRecord
from engage.core.model import Event
from engage.people.model import ContactPoint, NumberState, Person
from engage.progress.check_ins.model import CheckIn, CheckInAnswer
from engage.progress.model import SelfReport
from engage.signals import Signal, SignalState
from engage.understanding.safety.kinds import DangerKind
from engage.understanding.vocabulary import Intent
from messaging import suppression
from messaging.tables import Inbound


@dataclass(frozen=True)
class Observed:
    """What there is about one text."""

    session: Session
    stored: Inbound
    record: ReplyRecord

    @property
    def speaker(self) -> str | None:
        """Who wrote it, as recorded; None if that is not recorded."""
        found = getattr(self.record, "speaker", None)
        return None if found is None else str(found)

    def signals(self, *, unresolved: bool = True) -> list[Signal]:
        """The signals that name the text as evidence."""
        link = [{"type": "inbound", "id": str(self.stored.id)}]
        found = self.session.scalars(select(Signal).where(Signal.evidence.contains(link)))
        return [one for one in found if not unresolved or one.state is not SignalState.RESOLVED]

    def dangers(self) -> set[str]:
        """The kinds of danger of the signals that rest on it. A text from an unknown number has no
        signal: its outcome names the most urgent kind.
        """
        kinds = {one.danger.value for one in self.signals(unresolved=False) if one.danger}
        is_alarming = {Intent.CRISIS, Intent.HARM_TO_OTHERS} & set(self.record.intents)
        if kinds or not is_alarming:
            return kinds
        named = {one.value for one in DangerKind if one.label in self.record.done}
        return named or {DangerKind.UNCLEAR.value}

    def for_worker(self) -> bool:
        """Whether somebody has it on their list."""
        if self.record.needs_human and self.record.read_at is None:
            return True
        alarm = select(Alarm.id).where(Alarm.reply_record_id == self.record.id)
        return bool(self.signals()) or self.session.scalar(alarm) is not None

    def passed_over_with_one_listed(self) -> bool:
        """Whether it came in a flood of which one text is on a list, which stands for all."""
        listed = select(ReplyRecord.id).where(
            ReplyRecord.number == self.record.number,
            ReplyRecord.passed_over,
            ReplyRecord.needs_human,
            ReplyRecord.read_at.is_(None),
        )
        return self.record.passed_over and self.session.scalar(listed.limit(1)) is not None

    def is_due_within(self, time: timedelta) -> bool:
        """Whether a signal that rests on it, or the text itself, is due in that time."""
        due = [one.due_at for one in self.signals()]
        if own := getattr(self.record, "due_at", None) or getattr(self.record, "read_by_at", None):
            due.append(own)
        return any(at <= self.record.at + time for at in due)

    def effects(self) -> list[str]:
        """What it changed, other than that it was read."""
        events = self.session.scalars(
            select(Event.kind).where(
                Event.data["inbound"].astext == str(self.stored.id), Event.kind != "reply.read"
            )
        )
        closed = select(Question.id).where(Question.closed_by_id == self.stored.id)
        found = [*events, *(one.kind.value for one in self.signals(unresolved=False))]
        found += [type(row).__name__ for row in self.said_by_person()]
        return found + (["question"] if self.session.scalar(closed.limit(1)) else [])

    def said_by_person(self) -> list[object]:
        """What it made the record say as the person's own words."""
        found: list[object] = []
        for table in (StatedIntent, SelfReport, AbsenceReason, CheckInAnswer):
            rows = self.session.scalars(select(table).where(table.inbound_id == self.stored.id))
            found += [row for row in rows if _is_persons(row)]
        return found

    def words_for_staff(self) -> str:
        """The words about it that staff see: its outcome, and why its signals were raised."""
        kept = [
            value
            for table in (StatedIntent, AbsenceReason)
            for row in self.session.scalars(select(table).where(table.inbound_id == self.stored.id))
            for name, value in vars(row).items()
            if isinstance(value, str) and name != "_sa_instance_state"
        ]
        said = [one.why for one in self.signals()]
        return " | ".join([self.record.done, *said, *kept])


def _is_persons(row: object) -> bool:
    said_by = getattr(row, "speaker", None) or getattr(row, "said_by", None) or "person"
    return str(said_by) == "person"


def stated(
    session: Session, appointments: Mapping[str, Appointment], *, with_cause: bool = False
) -> dict[str, str]:
    """What stands as the person's last word about each appointment: `will_attend` and so on, or
    `cannot_attend/childcare` with its cause.
    """
    found = {}
    for name, about in appointments.items():
        rows = session.scalars(
            select(StatedIntent)
            .where(StatedIntent.appointment_id == about.id, StatedIntent.withdrawn_at.is_(None))
            .order_by(StatedIntent.said_at.desc(), StatedIntent.id.desc())
        )
        last = next((row for row in rows if _is_persons(row)), None)
        if last is not None:
            cause = f"/{last.cause}" if with_cause and last.cause else ""
            found[name] = last.kind.value + cause
    return found


def intent_of(session: Session, stored: Inbound) -> StatedIntent | None:
    """The intent that a text stated, if any."""
    rows = select(StatedIntent).where(StatedIntent.inbound_id == stored.id)
    return session.scalars(rows.order_by(StatedIntent.id.desc()).limit(1)).one_or_none()


def reports_of(session: Session, stored: Inbound) -> list[str]:
    """The news that a text told: `housing:got_home`, or `lapse` without a known fact."""
    rows = session.scalars(select(SelfReport).where(SelfReport.inbound_id == stored.id))
    return sorted(
        f"{row.kind.value}:{row.fact.value}" if row.fact else row.kind.value for row in rows
    )


def absence_of(session: Session, stored: Inbound) -> str | None:
    """The cause of an absence that a text gave; `given` if it names none of the known ones."""
    rows = select(AbsenceReason).where(AbsenceReason.inbound_id == stored.id)
    found = session.scalars(rows.limit(1)).one_or_none()
    return None if found is None else found.cause or "given"


def open_signals(session: Session, people: Sequence[Person]) -> set[str]:
    """The kinds of all unresolved signals."""
    rows = select(Signal.kind).where(
        Signal.person_id.in_([one.id for one in people]), Signal.state != SignalState.RESOLVED
    )
    return {kind.value for kind in session.scalars(rows)}


def check_in_answer(session: Session, people: Sequence[Person]) -> int | str | None:
    """The value of the latest check-in; its state while it has none."""
    rows = select(CheckIn).where(CheckIn.person_id.in_([one.id for one in people]))
    check_in = session.scalars(rows.order_by(CheckIn.due_at.desc()).limit(1)).one_or_none()
    if check_in is None:
        return None
    values = select(CheckInAnswer.value).where(CheckInAnswer.check_in_id == check_in.id)
    value = session.scalar(values.order_by(CheckInAnswer.id.desc()).limit(1))
    return check_in.state.value if value is None else value


def number_state(session: Session, number: str) -> str:
    """`open`, `stopped` or `suspended`."""
    points = session.scalars(
        select(ContactPoint).where(
            ContactPoint.number == number, ContactPoint.state != NumberState.RETIRED
        )
    )
    if any(point.state is NumberState.SUSPENDED for point in points):
        return "suspended"
    return "stopped" if suppression.is_suppressed(session, number) else "open"


def is_verified(session: Session, number: str) -> bool:
    """Whether somebody's number is verified as theirs."""
    rows = select(ContactPoint.id).where(
        ContactPoint.number == number, ContactPoint.state == NumberState.VERIFIED
    )
    return session.scalar(rows.limit(1)) is not None
