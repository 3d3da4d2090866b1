"""The life of a check-in over time: it falls due, is sent or not (with every reason), is nudged
once, and closes.

Each check-in is processed under the lock of its person's row, as for reminders and replies, so any
number of workers share the work. A person has one check-in a day and each of its texts has one key:
a worker that is killed and runs again sends nothing twice. Nothing here sends a text that rule 1
forbids, or treats silence as anything but silence.
"""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engage import texts
from engage.agencies.hub_settings import zone
from engage.agencies.model import Hub
from engage.core import events
from engage.core.db import new_id
from engage.core.local_time import hour_of_day
from engage.people import introduction
from engage.people import rules as people_rules
from engage.people.contactability import (
    Contactability,
    contactability_of,
    next_opening,
    next_window,
)
from engage.people.model import Person
from engage.people.rules import Reason, Verdict, stored_reasons
from engage.progress.check_ins import rules
from engage.progress.check_ins.model import CheckIn, CheckInPlan, CheckInState
from engage.progress.check_ins.service import schedule_of
from engage.texts import Purpose, TextKind, TextValueError
from messaging import outbox
from messaging.states import MessageStatus
from messaging.tables import Message

log = structlog.get_logger(__name__)

BATCH_SIZE = 50
TEXT_LIFE = timedelta(hours=12)
_RETRY_AFTER = timedelta(minutes=5)
_INVALID_SETTINGS = (ValueError, KeyError)
"""What a hub's settings or time zone raise when they are not valid."""
_MAY_HAVE_ARRIVED = frozenset(
    {MessageStatus.SENDING, MessageStatus.ACCEPTED, MessageStatus.SENT, MessageStatus.UNKNOWN}
)
_ARRIVAL_UNKNOWN = "The network has not said whether the text arrived"
_NOT_ARRIVED = "The text did not reach the phone"

# People with something due, each taken by one worker only. The rows are read again under the lock.
_DUE_PLANS = text("""
WITH due AS MATERIALIZED (
    SELECT person_id FROM check_in_plan WHERE next_at <= :now
    ORDER BY next_at, person_id LIMIT :limit
)
SELECT person.id FROM person WHERE person.id IN (SELECT person_id FROM due)
ORDER BY person.id FOR NO KEY UPDATE OF person SKIP LOCKED
""")
_DUE_CHECK_INS = text("""
WITH due AS MATERIALIZED (
    SELECT person_id FROM check_in WHERE look_at <= :now ORDER BY look_at, id LIMIT :limit
)
SELECT person.id FROM person WHERE person.id IN (SELECT person_id FROM due)
ORDER BY person.id FOR NO KEY UPDATE OF person SKIP LOCKED
""")


def advance(session: Session, *, now: datetime, limit: int = BATCH_SIZE) -> int:
    """Do everything about check-ins that is due at `now`, for up to `limit` people. Return how many
    check-ins were processed.
    """
    return open_due(session, now=now, limit=limit) + process_due(session, now=now, limit=limit)


def open_due(session: Session, *, now: datetime, limit: int = BATCH_SIZE) -> int:
    """Open the check-ins that are due, and plan the next ones. A day never gets a second
    check-in.
    """
    people = list(session.scalars(_DUE_PLANS, {"now": now, "limit": limit}))
    if not people:
        return 0
    due = session.execute(
        select(CheckInPlan, Hub)
        .join(Person, Person.id == CheckInPlan.person_id)
        .join(Hub, Hub.id == Person.hub_id)
        .where(CheckInPlan.person_id.in_(people), CheckInPlan.next_at <= now)
        .execution_options(populate_existing=True)
    ).all()
    rows = [row for plan, hub in due if (row := _open(plan, hub, now)) is not None]
    if rows:
        session.execute(
            insert(CheckIn).on_conflict_do_nothing(
                index_elements=[CheckIn.person_id, CheckIn.due_on]
            ),
            rows,
        )
    session.flush()
    return len(due)


def _open(plan: CheckInPlan, hub: Hub, now: datetime) -> dict[str, object] | None:
    """Return the check-in that is due and move the plan on. None, with a retry soon, if the hub's
    settings are not valid.
    """
    if plan.next_on is None:
        return None
    try:
        schedule, where = schedule_of(plan), zone(hub)
        day, following = rules.falls_due(schedule, plan.next_on, now, where)
        due_at, next_at = (hour_of_day(one, schedule.hour, where) for one in (day, following))
    except _INVALID_SETTINGS as problem:
        log.error(
            "check_in.plan_failed", person=str(plan.person_id), problem=type(problem).__name__
        )
        plan.next_at = now + _RETRY_AFTER
        return None
    plan.next_on, plan.next_at = following, next_at
    return {
        "id": new_id(),
        "person_id": plan.person_id,
        "due_on": day,
        "due_at": due_at,
        "state": CheckInState.PLANNED,
        "look_at": due_at,
        "reasons": [],
        "nudge_reasons": [],
    }


def process_due(session: Session, *, now: datetime, limit: int = BATCH_SIZE) -> int:
    """Send, nudge or close the check-ins that are due for it, for up to `limit` people. Return how
    many were processed.
    """
    people = list(session.scalars(_DUE_CHECK_INS, {"now": now, "limit": limit}))
    if not people:
        return 0
    waiting = session.execute(
        select(CheckIn, Message, CheckInPlan.next_at.is_not(None))
        .outerjoin(Message, Message.id == CheckIn.message_id)
        .outerjoin(CheckInPlan, CheckInPlan.person_id == CheckIn.person_id)
        .where(CheckIn.person_id.in_(people), CheckIn.look_at <= now)
        .order_by(CheckIn.due_at)
        .execution_options(populate_existing=True)
    ).all()
    known = _contactability_of(session, people, now)
    processing = _Processing(session, now)
    with session.no_autoflush:  # all decisions are written together
        for check_in, message, on in waiting:
            contactability = known.get(check_in.person_id)
            if contactability is None:
                check_in.look_at = now + _RETRY_AFTER
            else:
                processing.advance(check_in, message, contactability, bool(on))
    session.flush()
    return len(waiting)


def _contactability_of(
    session: Session, people: Sequence[uuid.UUID], now: datetime
) -> Mapping[uuid.UUID, Contactability]:
    """The contactability of everyone at once. If a hub's settings are not valid, it is read person
    by person, and people of that hub are left out.
    """
    try:
        return contactability_of(session, people, now)
    except _INVALID_SETTINGS:
        found: dict[uuid.UUID, Contactability] = {}
    for person_id in people:
        try:
            found.update(contactability_of(session, [person_id], now))
        except _INVALID_SETTINGS as problem:
            log.error(
                "check_in.contactability_failed",
                person=str(person_id),
                problem=type(problem).__name__,
            )
    return found


class _Processing:
    """Process check-ins at one moment. Texts queued in this run count towards each person's daily
    cap.
    """

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.sent: Counter[uuid.UUID] = Counter()

    def advance(
        self, check_in: CheckIn, message: Message | None, contactability: Contactability, on: bool
    ) -> None:
        """Process one check-in."""
        if check_in.state is CheckInState.PLANNED:
            self._send(check_in, contactability, on)
        elif check_in.state is not CheckInState.ASKED or check_in.closes_at is None:
            check_in.look_at = None
        elif check_in.closes_at <= self.now:
            self._close(check_in, message, contactability)
        else:
            self._nudge(check_in, check_in.closes_at, message, contactability, on)

    def _send(self, check_in: CheckIn, contactability: Contactability, on: bool) -> None:
        verdict = self._verdict(contactability)
        until = check_in.due_at + rules.LATEST_SENDING
        again = next_opening(contactability, verdict, self.now)
        if not on:
            self._end(check_in, contactability, CheckInState.NOT_SENT, [rules.SWITCHED_OFF])
        elif self.now >= until:
            self._end(check_in, contactability, CheckInState.NOT_SENT, [rules.TOO_LATE])
        elif verdict.allowed:
            self._ask(check_in, contactability)
        elif again is not None and again < until:
            check_in.look_at, check_in.reasons = again, stored_reasons(verdict.reasons)
        else:
            self._end(check_in, contactability, CheckInState.NOT_SENT, verdict.reasons)

    def _ask(self, check_in: CheckIn, contactability: Contactability) -> None:
        message = self._enqueue(
            check_in,
            contactability,
            TextKind.CHECK_IN,
            check_in.group_key,
            expires_at=self.now + TEXT_LIFE,
        )
        if message is None:
            unwritable = Reason("no_words", "The text could not be written")
            self._end(check_in, contactability, CheckInState.NOT_SENT, [unwritable])
            return
        closes_at = self.now + timedelta(hours=contactability.hub.check_in_hours)
        nudge_at = next_window(
            contactability, closes_at - timedelta(hours=contactability.hub.check_in_nudge_hours)
        )
        check_in.state, check_in.reasons, check_in.message_id = CheckInState.ASKED, [], message.id
        check_in.asked_at, check_in.closes_at = self.now, closes_at
        check_in.look_at = (
            nudge_at if nudge_at <= closes_at - rules.SHORTEST_TIME_TO_ANSWER else closes_at
        )
        self._record("check_in.sent", check_in, contactability, message=message.id)

    def _nudge(
        self,
        check_in: CheckIn,
        closes_at: datetime,
        message: Message | None,
        contactability: Contactability,
        on: bool,
    ) -> None:
        """Nudge once if the first text may have arrived, or record why not."""
        verdict = self._verdict(contactability)
        again = next_opening(contactability, verdict, self.now)
        check_in.look_at = closes_at
        if not on:
            check_in.nudge_reasons = stored_reasons([rules.SWITCHED_OFF])
        elif _wrote_to_worker(check_in):
            check_in.nudge_reasons = stored_reasons([rules.WROTE_TO_WORKER])
        elif message is None or message.status not in (*_MAY_HAVE_ARRIVED, MessageStatus.DELIVERED):
            check_in.nudge_reasons = stored_reasons([rules.NOT_REACHED])
        elif self.now > closes_at - rules.SHORTEST_TIME_TO_ANSWER:
            check_in.nudge_reasons = stored_reasons([rules.NO_HOUR_LEFT])
        elif verdict.allowed:
            self._send_nudge(check_in, closes_at, contactability)
        elif again is not None and again <= closes_at - rules.SHORTEST_TIME_TO_ANSWER:
            check_in.look_at = again
        else:
            check_in.nudge_reasons = stored_reasons(verdict.reasons)

    def _send_nudge(
        self, check_in: CheckIn, closes_at: datetime, contactability: Contactability
    ) -> None:
        key = f"check_in_nudge:{check_in.id}"
        nudge = self._enqueue(
            check_in, contactability, TextKind.CHECK_IN_NUDGE, key, expires_at=closes_at
        )
        if nudge is None:
            return
        check_in.nudge_id, check_in.nudge_reasons = nudge.id, []
        self._record("check_in.nudged", check_in, contactability, message=nudge.id)

    def _close(
        self, check_in: CheckIn, message: Message | None, contactability: Contactability
    ) -> None:
        """Close a check-in without an answer. It is `unanswered` only if the text is known to have
        arrived and the person can still be texted. If texts to the person have stopped, or they
        wrote to a worker (which may have been the answer), it is `ended`.
        """
        if message is None or message.status is not MessageStatus.DELIVERED:
            self._end(
                check_in, contactability, CheckInState.NOT_DELIVERED, [_not_delivered(message)]
            )
        elif _wrote_to_worker(check_in):
            self._end(check_in, contactability, CheckInState.ENDED, [rules.WROTE_TO_WORKER])
        elif contactability.verdict.lasting:
            self._end(check_in, contactability, CheckInState.ENDED, contactability.verdict.lasting)
        else:
            self._end(check_in, contactability, CheckInState.UNANSWERED, [])

    def _end(
        self,
        check_in: CheckIn,
        contactability: Contactability,
        state: CheckInState,
        reasons: Sequence[Reason],
    ) -> None:
        check_in.state, check_in.look_at, check_in.reasons = state, None, stored_reasons(reasons)
        codes = [reason.code for reason in reasons]
        self._record(f"check_in.{state.value}", check_in, contactability, reasons=codes)
        log.info(f"check_in.{state.value}", check_in=str(check_in.id), reason=codes)

    def _verdict(self, contactability: Contactability) -> Verdict:
        today = contactability.facts.texts_today + self.sent[contactability.person.id]
        facts = replace(contactability.facts, texts_today=today)
        return people_rules.may_text(facts, contactability.rules, self.now, contactability.zone)

    def _enqueue(
        self,
        check_in: CheckIn,
        contactability: Contactability,
        kind: TextKind,
        key: str,
        *,
        expires_at: datetime,
    ) -> Message | None:
        """Queue a text of this check-in. None, and logged, if it cannot be written."""
        person = contactability.person
        try:
            body = texts.render(
                kind,
                person.language,
                first=texts.shorten_first_name(person.first_name, person.preferred_name),
            )
        except TextValueError:
            log.error("check_in.unwritable", person=str(person.id), kind=kind.value)
            return None
        self.sent[person.id] += 1
        return outbox.enqueue(
            self.session,
            introduction.introduced(
                self.session,
                contactability.hub,
                contactability.person.language,
                outbox.Text(
                    to=contactability.number or "",
                    body=body,
                    lane=outbox.Lane.REMINDER,
                    dedupe_key=key,
                    recipient=str(person.id),
                    group_key=check_in.group_key,
                    expires_at=expires_at,
                    context={
                        "purpose": Purpose.CHECK_IN,
                        "person": str(person.id),
                        "check_in": str(check_in.id),
                        "texts": kind.value,
                    },
                    route=contactability.hub.route,
                    redact=contactability.hub.redact_after_delivery,
                ),
                self.now,
            ),
            now=self.now,
        )

    def _record(
        self, kind: str, check_in: CheckIn, contactability: Contactability, **data: object
    ) -> None:
        events.record_for_person(
            self.session,
            kind,
            contactability.person,
            now=self.now,
            actor="system",
            check_in=check_in.id,
            **data,
        )


def _wrote_to_worker(check_in: CheckIn) -> bool:
    return any(reason["code"] == rules.WROTE_TO_WORKER.code for reason in check_in.reasons)


def _not_delivered(message: Message | None) -> Reason:
    """Why a text is not known to have arrived. A network failure is never held against the
    person.
    """
    if message is None:
        return Reason("no_text", _NOT_ARRIVED)
    if message.status in _MAY_HAVE_ARRIVED:
        return Reason(message.status.value, _ARRIVAL_UNKNOWN)
    why = f": {message.reason}" if message.reason else ""
    return Reason(message.status.value, f"{_NOT_ARRIVED}{why}"[:300])
