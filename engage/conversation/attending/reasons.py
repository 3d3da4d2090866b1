"""The reason for a no, given in a later text: "its cos i got no one for the kids".

It is kept with the no, and a barrier that a worker can remove gets its signal.
"""

from datetime import timedelta

from sqlalchemy import bindparam, select

from engage import texts
from engage.appointments.kinds import AppointmentState, IntentKind
from engage.appointments.model import Appointment, StatedIntent
from engage.conversation import answers
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import barriers
from engage.conversation.outcomes import FOR_WORKER
from engage.conversation.phone_owner import PhoneOwner
from engage.texts import TextKind
from engage.understanding import details, wishes
from engage.understanding.language.normalise import normalise
from engage.understanding.vocabulary import Cause, Intent, Prompt

GIVEN_WITHIN = timedelta(hours=24)
_PROMPTS = frozenset(
    {Prompt.APPOINTMENT, Prompt.TODAY, Prompt.ANSWERED, Prompt.SPOKEN, Prompt.NONE}
)
_MAY_BE_REASON = frozenset(
    {
        Intent.DECLINE,
        Intent.ABSENCE_REASON,
        Intent.OTHER,
        Intent.PROGRESS_WORK,
        Intent.PROGRESS_HEALTH,
        Intent.PROGRESS_COURSE,
        Intent.RUNNING_LATE,
    }
)
_LATEST = (
    select(StatedIntent, Appointment)
    .join(Appointment, Appointment.id == StatedIntent.appointment_id)
    .where(
        Appointment.person_id == bindparam("person"),
        Appointment.state == AppointmentState.BOOKED,
        Appointment.starts_at > bindparam("now"),
        StatedIntent.revision == Appointment.revision,
        StatedIntent.withdrawn_at.is_(None),
        StatedIntent.said_at > bindparam("since"),
    )
    .order_by(StatedIntent.said_at.desc(), StatedIntent.id.desc())
    .limit(1)
)


def add_to_refusal(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Keep a reason with the no that the person gave just before. None for any other text."""
    interpretation = context.interpretation
    if context.prompt not in _PROMPTS:
        return None
    if interpretation.acts and interpretation.intent not in _MAY_BE_REASON:
        return None
    cause = details.reason(context.body)
    if cause is None:
        return None
    row = _latest(context, owner)
    if row is None or row[0].kind is not IntentKind.CANNOT_ATTEND or row[0].cause is not None:
        return None
    stated, appointment = row
    stated.cause = cause
    context = context.with_evidence(stated.inbound_id) if stated.inbound_id else context
    barriers.raise_barrier(context, owner, appointment, cause)
    _send_thanks(context, owner, appointment, cause)
    line = normalise(context.body).line
    has_wish = wishes.names_time(line)
    wish = f"; {wishes.words(line)}; {FOR_WORKER}" if has_wish else ""
    return Handled(
        f"Kept as the reason why they cannot attend{wish}",
        needs_human=has_wish,
        person_id=owner.person.id,
        appointment_id=appointment.id,
        intent=Intent.DECLINE,
    )


def latest_refusal(context: ReplyContext, owner: PhoneOwner) -> Appointment | None:
    """The appointment that the person said last that they cannot attend, within a day."""
    row = _latest(context, owner)
    return row[1] if row is not None and row[0].kind is IntentKind.CANNOT_ATTEND else None


def _latest(context: ReplyContext, owner: PhoneOwner) -> tuple[StatedIntent, Appointment] | None:
    """What the person said last about an appointment, within a day, and the appointment."""
    given = {
        "person": owner.person.id,
        "now": context.received_at,
        "since": context.received_at - GIVEN_WITHIN,
    }
    row = context.session.execute(_LATEST, given).one_or_none()
    return None if row is None else (row[0], row[1])


def _send_thanks(
    context: ReplyContext, owner: PhoneOwner, appointment: Appointment, cause: Cause
) -> None:
    """Say which reason was understood, if a text may."""
    language = owner.person.language
    why = texts.why_not(cause, language)
    if why is None:
        answers.send_personal(context, TextKind.ABSENCE_THANKS, owner)
        return
    body = texts.render(
        TextKind.NO_BECAUSE,
        language,
        first=answers.first_name(owner),
        worker=answers.manager_name(owner),
        when=texts.when(appointment.starts_at, owner.contactability.zone, language),
        why=why,
    )
    answers.send(context, TextKind.NO_BECAUSE, body, owner=owner, about=appointment)
