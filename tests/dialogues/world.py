"""The world of one conversation: a hub, its staff, the people with their phones, and a clock that
the script moves.

What falls due on the way is done as a worker does it: reminders, check-ins, sweeps and alarms.
Every text that may leave reaches its phone at once. Texts to us are stored and handled as in the
service.
"""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from engage.agencies.model import Hub, Role
from engage.appointments.model import Appointment
from engage.appointments.reminders.due import send_due
from engage.cohort.kinds import Cohort
from engage.cohort.model import Enrolment
from engage.conversation import intake, sweeps, takeover
from engage.conversation.model import ReplyRecord
from engage.conversation.safety import on_call
from engage.people import phones
from engage.people.model import Language, LegalStatus, Person
from engage.people.rebooking_permission import allow
from engage.progress.check_ins import lifecycle
from engage.sending.last_look import last_look
from messaging import inbound, suppression
from messaging.gateways.twilio import webhooks as twilio
from messaging.numbers import parse_mobile
from messaging.sending.dispatch import Defer
from messaging.states import MessageStatus
from messaging.tables import Inbound, Message
from tests import builders
from tests.dialogues.script import Script, Texter, Turn, moment
from tests.engage.appointments.stage import claimed

ENGAGE = "+447700900999"
HUB_PHONE = "0191 498 0100"
A_DAY = timedelta(days=1)
_sids = itertools.count(1)

_DUE = text("""
SELECT least(
    (SELECT min(due_at) FROM reminder
     WHERE state = 'planned' AND due_at > :since AND due_at <= :until),
    (SELECT min(next_at) FROM check_in_plan WHERE next_at > :since AND next_at <= :until),
    (SELECT min(look_at) FROM check_in WHERE look_at > :since AND look_at <= :until),
    (SELECT min(send_after) FROM message
     WHERE status = 'queued' AND send_after > :since AND send_after <= :until)
)
""")
_QUEUED = (
    select(Message)
    .where(Message.status == MessageStatus.QUEUED, Message.send_after <= bindparam("now"))
    .order_by(Message.created_at, Message.id)
)


class World:
    """One conversation as it runs. `now` is where its clock stands."""

    def __init__(self, session: Session, script: Script) -> None:
        self.session, self.script, self.now = session, script, script.start
        self.hub: Hub = builders.hub(session)
        self.pat = builders.staff(session, self.hub)
        self.dai = builders.staff(session, self.hub, name="Dai Rees")
        self.chidi = builders.staff(session, self.hub, Role.COORDINATOR, name="Chidi Okafor")
        self.people: dict[str, Person] = {}
        self.numbers: dict[str, str] = {}
        self.appointments: dict[str, Appointment] = {}
        self._add_people()

    def _add_people(self) -> None:
        for texter in self.script.people:
            self.numbers[texter.name] = parse_mobile(texter.number)
            self.people[texter.name] = self._person(texter)
        for texter in self.script.people:
            if texter.shared:
                phones.agree_shared(
                    self.session,
                    builders.actor(self.pat),
                    self.people[texter.name].id,
                    now=self.now,
                )
        self.session.flush()

    def _person(self, texter: Texter) -> Person:
        person = builders.person(
            self.session,
            self.pat,
            number=parse_mobile(texter.number),
            verified=texter.verified,
            first_name=texter.first_name,
            now=self.now,
            language=Language(texter.language),
            legal_status=LegalStatus.NON_STATUTORY if texter.voluntary else LegalStatus.STATUTORY,
            two_hour_reminder=texter.two_hours,
            **({} if texter.approved else {"texts_approved_at": None}),
        )
        self.session.add(
            Enrolment(
                person_id=person.id,
                hub_id=self.hub.id,
                cohort=Cohort.FIXED,
                lead_agency_id=builders.agency(self.session, self.hub).id,
                adopted_on=self.now.date() - A_DAY,
            )
        )
        if texter.rebooking:
            allow(self.session, builders.actor(self.pat), person.id, allowed=True, now=self.now)
        return person

    def person(self, name: str | None) -> Person:
        """The person of that name, or the first one."""
        return self.people[name or next(iter(self.people))]

    def number_of(self, sender: str | None) -> str:
        """The number of a person by name, a number as written, or that of the first person."""
        if sender is None or sender in self.numbers:
            return self.numbers[sender or next(iter(self.numbers))]
        return parse_mobile(sender)

    def move_clock(self, turn: Turn) -> None:
        """Go on to the moment of a turn, and do everything that falls due until then."""
        until = self.now + turn.after if turn.at is None else moment(turn.at, self.now)
        while (due := self._next_due(until)) is not None:
            self.now = due
            self.work()
        self.now = until
        self.work()
        takeover.end_overdue(self.session, now=self.now)
        sweeps.sweep(self.session, now=self.now)
        on_call.advance_due(self.session, now=self.now)
        self.session.flush()

    def _next_due(self, until: datetime) -> datetime | None:
        self.session.flush()
        found: datetime | None = self.session.scalar(_DUE, {"since": self.now, "until": until})
        return found

    def work(self) -> None:
        """Send what is due at this moment."""
        send_due(self.session, now=self.now)
        lifecycle.advance(self.session, now=self.now)
        self.deliver()

    def deliver(self) -> None:
        """Send every queued text that may leave now; it reaches its phone at once."""
        self.session.flush()
        queued = self.session.scalars(_QUEUED, {"now": self.now}).all()
        if not queued:
            return
        verdicts = last_look(self.session, [claimed(one) for one in queued], self.now)
        for message in queued:
            verdict = verdicts.get(message.id)
            if isinstance(verdict, Defer):
                continue
            if verdict is not None or self._is_stopped(message):
                message.status = MessageStatus.WITHHELD
                continue
            message.status = MessageStatus.DELIVERED
            message.claimed_at = message.delivered_at = self.now
        self.session.flush()

    def _is_stopped(self, message: Message) -> bool:
        return not message.despite_stop and suppression.is_suppressed(
            self.session, message.to_number
        )

    def receive(self, turn: Turn, sid: str | None = None) -> tuple[Inbound, list[Message]]:
        """Store a text and handle it. Returns it, and the texts that this queued for its number."""
        number = self.number_of(turn.sender)
        sid = sid or f"SM{next(_sids):032d}"
        params = {
            "MessageSid": sid,
            "From": number,
            "To": ENGAGE,
            "Body": turn.text or "",
            "NumMedia": str(turn.media),
        }
        is_new = inbound.store(self.session, twilio.read_text(params), now=self.now)
        stored = self.session.scalars(select(Inbound).where(Inbound.message_sid == sid)).one()
        before = self._texts_to(number)
        if is_new:
            with self.session.begin_nested():
                intake.handle(self.session, stored, self.now)
        self.session.flush()
        queued = [id for id in self._texts_to(number) if id not in before]
        answers = [self.session.get_one(Message, id) for id in queued]
        self.deliver()
        return stored, answers

    def _texts_to(self, number: str) -> Sequence[UUID]:
        rows = select(Message.id).where(Message.to_number == number)
        return self.session.scalars(rows.order_by(Message.created_at, Message.id)).all()

    def texts_since(self, before: set[UUID]) -> list[Message]:
        """The texts that left for anybody and are not in `before`, oldest first."""
        rows = select(Message).where(Message.status == MessageStatus.DELIVERED)
        found = self.session.scalars(rows.order_by(Message.created_at, Message.id))
        return [one for one in found if one.id not in before]

    def all_texts(self) -> set[UUID]:
        """The ids of all texts."""
        return set(self.session.scalars(select(Message.id)))

    def record_of(self, stored: Inbound) -> ReplyRecord | None:
        """The record of a text."""
        return self.session.scalars(
            select(ReplyRecord)
            .where(ReplyRecord.inbound_id == stored.id)
            .execution_options(populate_existing=True)
        ).one_or_none()
