"""An appointment as staff see it: what the person said, which texts were delivered and what a
worker recorded, side by side. The three are never mixed: nothing here turns one into another.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from engage.appointments.absence_rules import ABSENT
from engage.appointments.kinds import (
    AbsenceDecision,
    AppointmentState,
    AppointmentType,
    IntentKind,
    OutcomeCode,
    ReminderKind,
    ReminderState,
)
from messaging.states import MessageStatus


@dataclass(frozen=True)
class IntentView:
    """An intent that the person stated. `cause` is the barrier to attending, and `travel` how they
    will come, if they said so.

    `earlier_time`: stated about a time from which the appointment has since moved. `withdrawn`: it
    no longer counts, because the person took it back or (`misread`) a worker found that Engage
    misread the text. `corrected`: a worker read it from the text.
    """

    kind: IntentKind
    at: datetime
    minutes_late: int | None
    cause: str | None
    earlier_time: bool
    inbound_id: int | None
    words: str | None
    travel: str | None = None
    withdrawn: bool = False
    misread: bool = False
    corrected: bool = False


@dataclass(frozen=True)
class ReminderView:
    """One reminder: its kind, when it is due, what was decided and why, and its text's status."""

    id: uuid.UUID
    kind: ReminderKind
    due_at: datetime
    state: ReminderState
    reasons: tuple[str, ...]
    revision: int
    message_id: uuid.UUID | None
    status: MessageStatus | None
    status_reason: str | None
    status_at: datetime | None


@dataclass(frozen=True)
class OutcomeView:
    """An outcome that a worker recorded, with who and when. `superseded_at` is set once it has
    been corrected.
    """

    code: OutcomeCode
    note: str
    by: str
    at: datetime
    superseded_at: datetime | None


@dataclass(frozen=True)
class AbsenceReasonView:
    """A self-reported reason for an absence: the cause, the outcome that it proposes, and a
    worker's decision, if there is one.
    """

    id: uuid.UUID
    at: datetime
    cause: str | None
    proposed: OutcomeCode | None
    decision: AbsenceDecision | None
    decided_by: str | None
    decided_at: datetime | None
    words: str | None


@dataclass(frozen=True)
class AppointmentView:
    """One appointment with its three facts: what the person said, which texts were delivered, and
    the outcome that was recorded.

    `manager` is the person's offender manager, None if that is the actor. `may_record`: whether the
    actor may record the outcome.
    """

    id: uuid.UUID
    person_id: uuid.UUID
    person_name: str
    crn: str
    manager: str | None
    may_record: bool
    starts_at: datetime
    minutes: int
    type: AppointmentType
    worker_name: str
    agency_name: str
    place: str
    place_alias: str
    enforceable: bool
    state: AppointmentState
    cancelled_reason: str | None
    revision: int
    zone: ZoneInfo
    booked_by: str
    booked_at: datetime
    said: IntentView | None = None
    said_before: tuple[IntentView, ...] = ()
    reminders: tuple[ReminderView, ...] = ()
    recorded: OutcomeView | None = None
    recorded_before: tuple[OutcomeView, ...] = field(default=())
    explained: tuple[AbsenceReasonView, ...] = ()

    @property
    def ends_at(self) -> datetime:
        """The planned end."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def stands(self) -> bool:
        """Whether the appointment is booked and not cancelled."""
        return self.state is AppointmentState.BOOKED

    @property
    def waits_to_be_seen(self) -> bool:
        """Whether the person has said that they are late or there, and no outcome is recorded."""
        return (
            self.said is not None
            and self.said.kind in (IntentKind.LATE, IntentKind.HERE)
            and not self.said.earlier_time
            and self.stands
            and self.recorded is None
        )

    def to_decide(self, reason: AbsenceReasonView) -> bool:
        """Whether a worker must decide about the reason: an absence is recorded, and there has been
        no decision about this reason since.
        """
        if reason.decision is not None or self.recorded is None:
            return False
        if self.recorded.code not in ABSENT:
            return False
        return self.recorded.code is OutcomeCode.FAILED_TO_ATTEND or reason.at > self.recorded.at

    @property
    def latest_text(self) -> ReminderView | None:
        """The last reminder for the present time that became a text."""
        sent = [
            one
            for one in self.reminders
            if one.state is ReminderState.SENT
            and (one.revision == self.revision or not self.stands)
        ]
        return sent[-1] if sent else None

    @property
    def next_text(self) -> ReminderView | None:
        """The next reminder that has not been decided yet."""
        return next((one for one in self.reminders if one.state is ReminderState.PLANNED), None)

    @property
    def why_no_text(self) -> tuple[str, ...]:
        """Why the last reminder for the present time was skipped, if no text was sent and none is
        to come.
        """
        if self.latest_text is not None or self.next_text is not None:
            return ()
        skipped = [
            one
            for one in self.reminders
            if one.state is ReminderState.SKIPPED and one.revision == self.revision
        ]
        return skipped[-1].reasons if skipped else ()
