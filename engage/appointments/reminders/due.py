"""What happens when reminders fall due: decided afresh, then written and queued, put off, or
skipped with every reason stored.

All reminders of a person are decided and changed under the lock of the person's row, so any number
of workers share the work and a text never goes twice. Nothing here calls a provider, and nothing
here texts a number that rule 1 forbids.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import HubRules
from engage.agencies.model import Hub
from engage.appointments import absence_rules
from engage.appointments.absence_rules import CHASES
from engage.appointments.kinds import AppointmentState, ReminderKind, ReminderState
from engage.appointments.model import Appointment, Reminder
from engage.appointments.reminders import message_history, rules, wording
from engage.core import events
from engage.people import contactability
from engage.people import rules as people_rules
from engage.people.contactability import Contactability
from engage.people.rules import Reason, Verdict
from engage.texts import TextValueError
from messaging import outbox
from messaging.sending.outage import is_outage

log = structlog.get_logger(__name__)

_URGENT = (ReminderKind.CALLED_OFF, ReminderKind.CHANGED)
_FAILED_WAIT = timedelta(minutes=5)
_SHOWN_REASONS = 8

# Whoever has something due, each person taken by one worker only. The rows are read again under the
# lock.
_CLAIM = text("""
WITH due AS MATERIALIZED (
    SELECT appointment_id FROM reminder WHERE state = 'planned' AND due_at <= :now ORDER BY due_at, id LIMIT :rows
)
SELECT person.id FROM person
WHERE person.id IN (SELECT appointment.person_id FROM due JOIN appointment ON appointment.id = due.appointment_id)
ORDER BY person.id LIMIT :people
FOR NO KEY UPDATE OF person SKIP LOCKED
""")


def reminder_rules(hub: HubRules) -> rules.ReminderRules:
    """The hub's numbers of rule 3."""
    return rules.ReminderRules(
        one_day_until=timedelta(hours=hub.one_day_until_hours),
        two_hours_until=timedelta(minutes=hub.two_hours_until_minutes),
        booked_until=timedelta(minutes=hub.booked_until_minutes),
        late=timedelta(hours=hub.late_booking_hours),
        apart=timedelta(hours=hub.texts_apart_hours),
    )


def send_due(session: Session, *, now: datetime, limit: int = 50) -> int:
    """Decide what is due for up to `limit` people, and return how many reminders were decided or
    put off.

    What one person's reminders fail at is put off by minutes and logged, and holds up nobody else.
    """
    people = list(session.scalars(_CLAIM, {"now": now, "rows": limit * 4, "people": limit}))
    if not people:
        return 0
    waiting = _planned(session, people)
    reaches = _reaches(session, people, now)
    done = 0
    for person_id in people:
        planned = waiting.get(person_id, [])
        due = [one for one in planned if one.due_at <= now]
        if not due:
            continue
        try:
            with session.begin_nested():
                reach = (
                    reaches.get(person_id)
                    or contactability.contactability_of(session, [person_id], now)[person_id]
                )
                _Round(session, reach, planned, now).decide(due)
        except Exception as problem:
            if not session.is_active or is_outage(problem):
                raise
            log.exception("reminder.failed", person=str(person_id), problem=type(problem).__name__)
            _put_off(session, due, now + _FAILED_WAIT)
        done += len(due)
    return done


def _reaches(
    session: Session, people: Sequence[uuid.UUID], now: datetime
) -> Mapping[uuid.UUID, Contactability]:
    """The reach of all at once; if that fails (a hub's setting makes no sense), of nobody, so that
    each is asked alone.
    """
    try:
        with session.begin_nested():
            return contactability.contactability_of(session, people, now)
    except Exception as problem:
        if is_outage(problem):
            raise
        log.exception("reminder.reach_failed", problem=type(problem).__name__)
        return {}


def _planned(session: Session, people: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[Reminder]]:
    rows = session.execute(
        select(Reminder, Appointment.person_id)
        .join(Reminder.appointment)
        .where(Appointment.person_id.in_(people), Reminder.state == ReminderState.PLANNED)
        .order_by(Reminder.due_at, Reminder.id)
        .execution_options(populate_existing=True)
    )
    found: dict[uuid.UUID, list[Reminder]] = defaultdict(list)
    for reminder, person_id in rows:
        found[person_id].append(reminder)
    return found


def _put_off(session: Session, due: Sequence[Reminder], until: datetime) -> None:
    for reminder in due:
        session.refresh(reminder)
        reminder.due_at = until
    session.flush()


class _Round:
    """One person's reminders at one moment."""

    def __init__(
        self, session: Session, reach: Contactability, planned: Sequence[Reminder], now: datetime
    ) -> None:
        self.session, self.reach, self.planned, self.now = session, reach, planned, now
        self.rules = reminder_rules(reach.hub)
        self.hours = people_rules.window(reach.facts, reach.rules)
        self.texts_today = reach.facts.texts_today
        self.appointments = self._appointments()

    def decide(self, due: Sequence[Reminder]) -> None:
        """Skip what no longer helps, ask rule 1, and send the rest, several of one day in one text."""
        standing = [one for one in due if self._still_wanted(one)]
        chosen = self._one_each(standing)
        if not chosen:
            return
        verdict = self._verdict()
        if not verdict.allowed and not verdict.passing_only:
            self._refuse(chosen, verdict)
            return
        for kind, group in self._groups(chosen):
            verdict = self._verdict()
            if verdict.allowed:
                self._send(kind, group)
            else:
                self._wait(group, verdict)

    def _appointments(self) -> Mapping[uuid.UUID, Appointment]:
        wanted = {one.appointment_id for one in self.planned}
        rows = self.session.scalars(
            select(Appointment)
            .where(Appointment.id.in_(wanted))
            .execution_options(populate_existing=True)
        )
        return {appointment.id: appointment for appointment in rows}

    def _still_wanted(self, reminder: Reminder) -> bool:
        appointment = self.appointments[reminder.appointment_id]
        if (
            reminder.kind is not ReminderKind.CALLED_OFF
            and appointment.state is AppointmentState.CANCELLED
        ):
            self._close(reminder, ReminderState.VOID, [rules.CANCELLED])
        elif reminder.revision != appointment.revision:
            self._close(reminder, ReminderState.VOID, [rules.MOVED])
        elif self.now >= reminder.expires_at:
            self._close(reminder, ReminderState.SKIPPED, [rules.TOO_LATE])
        elif reminder.kind is ReminderKind.TWO_HOURS and not self.reach.person.two_hour_reminder:
            self._close(reminder, ReminderState.SKIPPED, [rules.NOT_MARKED])
        else:
            return True
        return False

    def _one_each(self, due: Sequence[Reminder]) -> list[Reminder]:
        """At most one text about each appointment: of several overdue ones the nearest, and none
        close after another that went.
        """
        chosen = []
        lately = self._told_lately({one.appointment_id for one in due})
        for appointment_id in dict.fromkeys(one.appointment_id for one in due):
            mine = [one for one in due if one.appointment_id == appointment_id]
            best = rules.nearest([one.kind for one in mine])
            for reminder in mine:
                repeats = (
                    reminder.kind not in (*rules.FIRST, *_URGENT, *CHASES)
                    and appointment_id in lately
                )
                if reminder.kind is best and not repeats:
                    chosen.append(reminder)
                else:
                    self._close(reminder, ReminderState.SKIPPED, [rules.JUST_TOLD])
        return chosen

    def _told_lately(self, appointment_ids: set[uuid.UUID]) -> set[uuid.UUID]:
        reminders = message_history.reminders_of(self.session, appointment_ids)
        since = self.now - self.rules.apart
        return {
            one.reminder.appointment_id
            for one in reminders
            if (one.gone or one.waiting)
            and one.reminder.decided_at is not None
            and one.reminder.decided_at > since
            and one.reminder.revision == self.appointments[one.reminder.appointment_id].revision
        }

    def _verdict(self) -> Verdict:
        """Rule 1, with the texts of this very round counted."""
        facts = replace(self.reach.facts, texts_today=self.texts_today)
        return people_rules.may_text(facts, self.reach.rules, self.now, self.reach.zone)

    def _refuse(self, chosen: Sequence[Reminder], verdict: Verdict) -> None:
        if self.reach.hub.check_imported_numbers:
            contactability.request_check(self.session, self.reach, now=self.now)
        for reminder in chosen:
            self._close(reminder, ReminderState.SKIPPED, verdict.reasons)

    def _wait(self, group: Sequence[Reminder], verdict: Verdict) -> None:
        """Only the hour or the day's cap is against it: look again later if it then still helps."""
        full = any(reason.code == "daily_cap" for reason in verdict.reasons)
        again = rules.next_try(self.now, zone=self.reach.zone, hours=self.hours, tomorrow=full)
        for reminder in group:
            if again >= reminder.expires_at:
                self._close(reminder, ReminderState.SKIPPED, verdict.reasons)
            elif reminder.due_at <= self.now:
                reminder.due_at = again
                reminder.reasons = as_rows(verdict.reasons)

    def _groups(self, chosen: Sequence[Reminder]) -> list[tuple[ReminderKind, list[Reminder]]]:
        """What goes in one text: changes alone and first, reminders of one day together, with those
        of the day not yet due.
        """
        groups: list[tuple[ReminderKind, list[Reminder]]] = []
        taken: set[uuid.UUID] = set()
        spoken_of = {one.appointment_id for one in chosen}
        order = sorted(chosen, key=lambda one: (one.kind not in _URGENT, self._starts(one), one.id))
        for reminder in order:
            if reminder.id in taken:
                continue
            group = [reminder, *self._companions(reminder, chosen, spoken_of, taken)]
            taken.update(one.id for one in group)
            groups.append(
                (reminder.kind, sorted(group, key=lambda one: (self._starts(one), one.id)))
            )
        return groups

    def _companions(
        self,
        reminder: Reminder,
        chosen: Sequence[Reminder],
        spoken_of: set[uuid.UUID],
        taken: set[uuid.UUID],
    ) -> list[Reminder]:
        if reminder.kind in _URGENT or reminder.kind in CHASES:
            return []
        day = rules.local_day(self._starts(reminder), self.reach.zone)
        soon = self.now + self.rules.apart
        return [
            one
            for one in self.planned
            if one.id != reminder.id
            and one.id not in taken
            and one.state is ReminderState.PLANNED
            and one.kind is reminder.kind
            and rules.local_day(self._starts(one), self.reach.zone) == day
            and (one in chosen or one.appointment_id not in spoken_of)
            and (reminder.kind in rules.SAME_DAY_MERGED or one.due_at <= soon)
            and self._stands(one)
        ]

    def _stands(self, reminder: Reminder) -> bool:
        appointment = self.appointments[reminder.appointment_id]
        return (
            appointment.state is AppointmentState.BOOKED
            and appointment.revision == reminder.revision
        )

    def _starts(self, reminder: Reminder) -> datetime:
        return self.appointments[reminder.appointment_id].starts_at

    def _send(self, kind: ReminderKind, group: Sequence[Reminder]) -> None:
        zone, person = self.reach.zone, self.reach.person
        named = {one.appointment_id: self._named(one) for one in group}
        booked = [
            wording.for_text(self.appointments[one.appointment_id], named[one.appointment_id])
            for one in group
        ]
        try:
            if kind in CHASES:
                written = self._write_chase(kind, self.appointments[group[0].appointment_id])
            else:
                written = wording.write(kind, person, booked, now=self.now, zone=zone)
        except TextValueError as problem:
            log.error("reminder.unwritable", person=str(person.id), kind=kind.value)
            for reminder in group:
                self._close(
                    reminder, ReminderState.SKIPPED, [Reason("no_words", str(problem)[:200])]
                )
            return
        first = group[0]
        message = outbox.enqueue(
            self.session,
            outbox.Text(
                to=self.reach.number or "",
                body=written.body,
                lane=outbox.Lane.REMINDER,
                dedupe_key=f"reminder:{first.id}",
                recipient=str(person.id),
                group_key=_group_key(group, person.id),
                expires_at=min(one.expires_at for one in group),
                context={
                    "purpose": "reminder",
                    "person": str(person.id),
                    "reminders": [str(one.id) for one in group],
                    "texts": written.kind.value,
                    "starts": {str(id): moment.isoformat() for id, moment in named.items()},
                    **({"day": written.day.isoformat()} if written.day else {}),
                },
                route=self.reach.hub.route,
                redact=self.reach.hub.redact_after_delivery,
            ),
            now=self.now,
        )
        self.texts_today += 1
        for reminder in group:
            reminder.message_id = message.id
            self._close(reminder, ReminderState.SENT, [])

    def _write_chase(self, kind: ReminderKind, missed: Appointment) -> wording.RenderedReminder:
        reach = self.reach
        return wording.write_chase(
            kind,
            reach.person,
            wording.for_text(missed),
            now=self.now,
            zone=reach.zone,
            last_day=absence_rules.last_day(missed.starts_at, reach.zone, reach.hub.evidence_days),
            phone=self.session.get_one(Hub, missed.hub_id).phone,
        )

    def _named(self, reminder: Reminder) -> datetime:
        """The time that the text names. A calling off names the time that the person was told,
        which may not be the last one.
        """
        appointment = self.appointments[reminder.appointment_id]
        if reminder.kind is not ReminderKind.CALLED_OFF:
            return appointment.starts_at
        return (
            message_history.last_told(message_history.reminders_of(self.session, [appointment.id]))
            or appointment.starts_at
        )

    def _close(self, reminder: Reminder, state: ReminderState, reasons: Iterable[Reason]) -> None:
        stated = as_rows(reasons)
        if state is ReminderState.SKIPPED:
            earlier = [
                one
                for one in reminder.reasons
                if one["code"] not in {row["code"] for row in stated}
            ]
            stated = [*earlier, *stated][-_SHOWN_REASONS:]
        reminder.state, reminder.decided_at, reminder.reasons = state, self.now, stated
        codes = [row["code"] for row in stated]
        events.record(
            self.session,
            f"reminder.{state.value}",
            now=self.now,
            actor="system",
            person_id=self.reach.person.id,
            hub_id=self.reach.person.hub_id,
            reminder=reminder.id,
            appointment=reminder.appointment_id,
            reminder_kind=reminder.kind.value,
            reasons=codes,
            message=reminder.message_id,
        )
        log.info(
            f"reminder.{state.value}",
            reason=codes,
            appointment=str(reminder.appointment_id),
            kind=reminder.kind.value,
        )


def as_rows(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    """Reasons as they are stored beside a reminder."""
    return [{"code": reason.code, "words": reason.words} for reason in reasons]


def _group_key(group: Sequence[Reminder], person_id: uuid.UUID) -> str:
    return f"appointment:{group[0].appointment_id}" if len(group) == 1 else f"reminders:{person_id}"
