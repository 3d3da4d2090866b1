"""The decision about one person's due reminders: sent, put off, or skipped with every reason
stored.

The caller holds the lock of the person's row. No text is ever queued for a number that rule 1
forbids.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.appointments.absence_rules import CHASERS
from engage.appointments.kinds import AppointmentState, ReminderKind, ReminderState
from engage.appointments.model import Appointment, Reminder
from engage.appointments.reminders import composing, message_history, rules
from engage.appointments.reminders.grouping import URGENT, groups_for_texts
from engage.appointments.reminders.reminder_rows import close
from engage.appointments.reminders.reminder_settings import reminder_rules
from engage.people import contactability, introduction
from engage.people import rules as people_rules
from engage.people.contactability import Contactability
from engage.people.rules import Reason, Verdict, stored_reasons
from engage.texts import TextValueError
from messaging import outbox

log = structlog.get_logger(__name__)


class PersonReminders:
    """One person's planned reminders at one moment."""

    def __init__(
        self, session: Session, contact: Contactability, planned: Sequence[Reminder], now: datetime
    ) -> None:
        self.session, self.contact, self.planned, self.now = session, contact, planned, now
        self.rules = reminder_rules(contact.hub)
        self.hours = people_rules.window(contact.facts, contact.rules)
        self.texts_today = contact.facts.texts_today
        self.appointments = self._load_appointments()

    def decide(self, due: Sequence[Reminder]) -> None:
        """Close what no longer applies, ask rule 1, and queue the rest. Reminders for one day share
        a text.
        """
        for reminder in due:
            if ending := self._ending(reminder):
                state, reason = ending
                self._close(reminder, state, [reason])
        current = [one for one in due if one.state is ReminderState.PLANNED]
        chosen = self._one_each(current)
        for reminder in current:
            if reminder not in chosen:
                self._close(reminder, ReminderState.SKIPPED, [rules.JUST_TOLD])
        if not chosen:
            return
        verdict = self._verdict()
        if verdict.lasting:
            self._refuse(chosen, verdict)
            return
        groups = groups_for_texts(
            chosen,
            self.planned,
            self.appointments,
            zone=self.contact.zone,
            due_by=self.now + self.rules.min_gap,
        )
        for group in groups:
            verdict = self._verdict()
            if verdict.allowed:
                self._queue(group.kind, group.reminders)
            else:
                self._put_off(group.reminders, verdict)

    def _load_appointments(self) -> Mapping[uuid.UUID, Appointment]:
        rows = self.session.scalars(
            select(Appointment)
            .where(Appointment.id.in_({one.appointment_id for one in self.planned}))
            .execution_options(populate_existing=True)
        )
        return {appointment.id: appointment for appointment in rows}

    def _ending(self, reminder: Reminder) -> tuple[ReminderState, Reason] | None:
        """The final state and the reason of a reminder that no longer applies."""
        appointment = self.appointments[reminder.appointment_id]
        if (
            reminder.kind is not ReminderKind.CALLED_OFF
            and appointment.state is AppointmentState.CANCELLED
        ):
            return ReminderState.VOID, rules.CANCELLED
        if reminder.revision != appointment.revision:
            return ReminderState.VOID, rules.MOVED
        if self.now >= reminder.expires_at:
            return ReminderState.SKIPPED, rules.TOO_LATE
        if reminder.kind is ReminderKind.TWO_HOURS and not self.contact.person.two_hour_reminder:
            return ReminderState.SKIPPED, rules.NOT_MARKED
        return None

    def _one_each(self, due: Sequence[Reminder]) -> list[Reminder]:
        """At most one reminder of each appointment: the most useful of those overdue, and none
        right after another text.
        """
        chosen = []
        recent = self._recently_texted({one.appointment_id for one in due})
        for appointment_id in dict.fromkeys(one.appointment_id for one in due):
            overdue = [one for one in due if one.appointment_id == appointment_id]
            best = rules.most_useful([one.kind for one in overdue])
            always = best in (*rules.FIRST_TEXTS, *URGENT, *CHASERS)
            if always or appointment_id not in recent:
                chosen += [one for one in overdue if one.kind is best]
        return chosen

    def _recently_texted(self, appointment_ids: set[uuid.UUID]) -> set[uuid.UUID]:
        """The appointments about whose present time a text was queued or sent within the shortest
        gap.
        """
        since = self.now - self.rules.min_gap
        return {
            one.reminder.appointment_id
            for one in message_history.reminders_of(self.session, appointment_ids)
            if (one.sent or one.queued)
            and one.reminder.decided_at is not None
            and one.reminder.decided_at > since
            and one.reminder.revision == self.appointments[one.reminder.appointment_id].revision
        }

    def _verdict(self) -> Verdict:
        """Rule 1, counting the texts queued by this decision."""
        facts = replace(self.contact.facts, texts_today=self.texts_today)
        return people_rules.may_text(facts, self.contact.rules, self.now, self.contact.zone)

    def _refuse(self, chosen: Sequence[Reminder], verdict: Verdict) -> None:
        if self.contact.hub.check_imported_numbers:
            contactability.request_check(self.session, self.contact, now=self.now)
        for reminder in chosen:
            self._close(reminder, ReminderState.SKIPPED, verdict.reasons)

    def _put_off(self, group: Sequence[Reminder], verdict: Verdict) -> None:
        """Try again later, if the text then still helps: only the hour or the daily limit stops it
        now.
        """
        limit_reached = verdict.capped
        again = rules.next_try(
            self.now, zone=self.contact.zone, hours=self.hours, tomorrow=limit_reached
        )
        for reminder in group:
            if again >= reminder.expires_at:
                self._close(reminder, ReminderState.SKIPPED, verdict.reasons)
            elif reminder.due_at <= self.now:
                reminder.due_at = again
                reminder.reasons = stored_reasons(verdict.reasons)

    def _queue(self, kind: ReminderKind, group: Sequence[Reminder]) -> None:
        """Write one text for the group and put it in the outbox."""
        person = self.contact.person
        times = composing.times_to_name(self.session, group, self.appointments)
        try:
            rendered = composing.render(
                self.session, self.contact, kind, group, times, self.appointments, now=self.now
            )
        except TextValueError as problem:
            log.error("reminder.unwritable", person=str(person.id), kind=kind.value)
            reason = Reason("no_words", str(problem)[:200])
            for reminder in group:
                self._close(reminder, ReminderState.SKIPPED, [reason])
            return
        message = outbox.enqueue(
            self.session,
            introduction.introduced(
                self.session,
                self.contact.hub,
                self.contact.person.language,
                composing.outbox_text(self.contact, group, rendered, times),
                self.now,
            ),
            now=self.now,
        )
        self.texts_today += 1
        for reminder in group:
            reminder.message_id = message.id
            self._close(reminder, ReminderState.SENT, [])

    def _close(self, reminder: Reminder, state: ReminderState, reasons: Sequence[Reason]) -> None:
        close(self.session, reminder, self.contact.person, state, reasons, now=self.now)
