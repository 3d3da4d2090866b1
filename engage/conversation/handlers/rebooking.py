"""Rebooking by text: somebody who asks for another time is offered a few that are free, and the one
they pick is booked.

Only for people whose offender manager allows it, and only where the worker has put in free times;
everybody else's offender manager is told as of any "cannot come". The appointment stands as it was
until one is picked. What could be two of the times is asked again once and then left to a human,
never guessed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage import texts
from engage.agencies import staff_notices
from engage.agencies.model import Staff
from engage.appointments.free_times import offers, rules
from engage.appointments.free_times.model import FreeTime, SlotOffer
from engage.appointments.free_times.rules import TimeWish
from engage.appointments.kinds import IntentKind
from engage.appointments.model import Appointment
from engage.appointments.reminders import planning
from engage.appointments.reminders.wording import details_for_text
from engage.conversation import answers, appointment_match, open_questions
from engage.conversation.context import Handled, PendingQuestion, ReplyContext
from engage.conversation.handlers import MeaningHandler, attendance, barriers
from engage.conversation.model import Question, QuestionKind
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.signals import raise_signal
from engage.conversation.steps import Result
from engage.core.local_time import local_day
from engage.signals import Evidence, SignalKind
from engage.texts import TextKind
from engage.understanding.choices import read_choice
from engage.understanding.time_choices import NONE_OF_THEM, chooses, read_slot
from engage.understanding.vocabulary import Cause, Intent, Prompt
from messaging.states import NEVER_LEFT
from messaging.tables import Message

MOST_OFFERS, A_DAY = 3, timedelta(days=1)
"""So many offers for one appointment in a day; after that a human takes it on [ours]."""
_AFTER = (Prompt.APPOINTMENT, Prompt.ANSWERED, Prompt.SPOKEN, Prompt.NONE)
"""What may stand open while somebody repeats the choice that they made."""
_ASKS = "They ask by text for another time"


def pending(
    session: Session, owner: PhoneOwner, number: str, received_at: datetime
) -> PendingQuestion | None:
    """The offer that waits for the person's answer, if its text left."""
    offer = offers.latest_offer(session, owner.person.id, number, received_at)
    if offer is None or offer.closed_at is not None or not _left(session, offer):
        return None
    return PendingQuestion(Prompt.REBOOK, offer.asked_again_at or offer.offered_at)


def wanted(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """They want another time: offer some for the one appointment that it is about, ask which of
    several, else tell a human.
    """
    offer = offers.latest_offer(
        context.session, owner.person.id, context.number, context.received_at
    )
    if offer is not None and offer.closed_at is None and context.prompt is Prompt.REBOOK:
        appointment = offers.offered_appointment(context.session, offer, now=context.now)
        if appointment is not None:
            return _offer(context, owner, appointment, _wish(context, owner, appointment))
    found = appointment_match.candidates(
        context.session,
        owner.person.id,
        context.number,
        context.received_at,
        IntentKind.CANNOT_ATTEND,
    )
    if not found or len(found) > attendance.MOST_ASKED:
        return attendance.unsure(context, owner, f"{_ASKS}, of what is not certain")
    if len(found) == 1:
        return _offer(context, owner, found[0], _wish(context, owner, found[0]))
    wish = {"day": context.interpretation.day, "time": context.interpretation.time}
    return attendance.ask_which(context, owner, found, IntentKind.CANNOT_ATTEND, wish=wish)


def of_which(context: ReplyContext, owner: PhoneOwner, question: Question) -> Result:
    """An answer to the question which of several appointments is to have another time."""
    choice = read_choice(context.body, len(question.options["appointments"]))
    if choice is None:
        return context, None
    context, picked = attendance.settle(context, question, choice, IntentKind.CANNOT_ATTEND)
    if picked is None:
        return context, attendance.unsure(context, owner, attendance.CHANGED_SINCE)
    cause = _cause(question)
    if len(picked) > 1:
        for appointment in picked:
            _tell_manager(context, owner, appointment, TimeWish())
            barriers.tell_of(context, owner, appointment, cause)
        why = "They want other times for several appointments"
        return context, _promised(context, owner, picked[0], why)
    asked = question.options["wish"]
    wish = rules.wish_in_text(
        asked["day"],
        asked["time"],
        starts_at=picked[0].starts_at,
        received_at=context.received_at,
        zone=owner.contactability.zone,
    )
    return context, _offer(context, owner, picked[0], wish, cause=cause)


def _cause(question: Question) -> Cause | None:
    """What stood in the way by the text that was asked about, which is another than the one that
    chooses.
    """
    cause = question.options["cause"]
    return None if cause is None else Cause(cause)


def answered(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """What a text says of the times that were offered; None when it speaks of something else."""
    offer = offers.latest_offer(
        context.session, owner.person.id, context.number, context.received_at
    )
    if offer is None:
        return None
    number = _number(context, owner, offer)
    if offer.closed_at is not None and context.prompt in _AFTER:
        return _once_more(context, owner, offer, number)
    if context.prompt is not Prompt.REBOOK:
        return None
    if number == NONE_OF_THEM or (
        number is None and context.interpretation.surely(Intent.DECLINE) and _alone(context)
    ):
        return _none(context, owner, offer)
    if number is not None:
        return _picked(context, owner, offer, number)
    if _alone(context) and (
        context.interpretation.surely(Intent.CONFIRM)
        or context.interpretation.surely(Intent.SLOT_CHOICE)
    ):
        return _ask_again(context, owner, offer)
    return None


def picks(context: ReplyContext, owner: PhoneOwner) -> bool:
    """Whether the whole text picks one of the times that wait for this person's answer, or none of
    them.
    """
    if pending(context.session, owner, context.number, context.received_at) is None:
        return False
    offer = offers.latest_offer(
        context.session, owner.person.id, context.number, context.received_at
    )
    return offer is not None and _read(context, owner, offer) is not None


def _read(context: ReplyContext, owner: PhoneOwner, offer: SlotOffer) -> int | None:
    zone = owner.contactability.zone
    starts = [one.astimezone(zone) for one in offer.starts]
    return read_slot(context.body, starts, local_day(context.received_at, zone))


def _number(context: ReplyContext, owner: PhoneOwner, offer: SlotOffer) -> int | None:
    """The number that was picked: by the strict reading of the whole text, else by what the reader
    is sure of.
    """
    number, interpretation = _read(context, owner, offer), context.interpretation
    if (
        number is not None
        or interpretation.intent is not Intent.SLOT_CHOICE
        or not interpretation.surely(Intent.SLOT_CHOICE)
    ):
        return number
    if not chooses(context.body):
        return None
    if interpretation.value is not None:
        return (
            interpretation.value if NONE_OF_THEM <= interpretation.value <= len(offer.ids) else None
        )
    return rules.number_named(
        offer.starts,
        interpretation.day,
        interpretation.time,
        received_at=context.received_at,
        zone=owner.contactability.zone,
    )


def _alone(context: ReplyContext) -> bool:
    """Whether the text says nothing that is stronger than yes, no or a choice."""
    return context.interpretation.intent in (Intent.DECLINE, Intent.CONFIRM, Intent.SLOT_CHOICE)


def _once_more(
    context: ReplyContext, owner: PhoneOwner, offer: SlotOffer, number: int | None
) -> Handled | None:
    """The same choice said twice is done once; another one after that is for a human."""
    if number is None or number == NONE_OF_THEM or offer.chosen_id is None:
        return None
    appointment = context.session.get_one(Appointment, offer.appointment_id)
    if offer.moved_revision != appointment.revision or context.interpretation.surely(
        Intent.RESCHEDULE
    ):
        return None
    if offer.ids[number - 1] != offer.chosen_id:
        return attendance.unsure(
            context, owner, "They pick another time than the one that was booked by text"
        )
    return Handled(
        "Said again: it is booked already",
        person_id=owner.person.id,
        appointment_id=appointment.id,
        intent=Intent.SLOT_CHOICE,
    )


def _offer(
    context: ReplyContext,
    owner: PhoneOwner,
    appointment: Appointment,
    wish: TimeWish,
    *,
    gone: bool = False,
    cause: Cause | None = None,
) -> Handled:
    """Hold times that fit and offer them; where that may not or cannot be, the offender manager is
    told and the person is told so.
    """
    _tell_manager(context, owner, appointment, wish)
    if context.interpretation.surely(Intent.DECLINE) and not gone:
        attendance.record(
            context,
            owner,
            appointment,
            IntentKind.CANNOT_ATTEND,
            cause=context.interpretation.cause,
        )
    else:
        barriers.tell_of(context, owner, appointment, cause or context.interpretation.cause)
    if reason := offers.why_no_offer(context.session, owner.person, appointment):
        return _promised(context, owner, appointment, f"{_ASKS}. {reason.words}")
    if context.quiet or appointment.starts_at <= context.now:
        return _promised(context, owner, appointment, _ASKS)
    if offers.offers_since(context.session, appointment.id, context.now - A_DAY) >= MOST_OFFERS:
        return _promised(
            context, owner, appointment, f"{_ASKS}, after {MOST_OFFERS} offers in a day"
        )
    asked = offers.OfferRequest(
        owner.person, context.number, context.inbound.id, context.received_at, wish, repeat=gone
    )
    offer = offers.make_offer(context.session, asked, appointment, now=context.now)
    if offer is None:
        return _promised(context, owner, appointment, f"{_ASKS}. No free time of the worker fits")
    if not _send(context, owner, offer, appointment, gone=gone):
        offers.close(context.session, offer, inbound_id=context.inbound.id, now=context.now)
        return _promised(context, owner, appointment, _ASKS)
    _close_questions(context, owner)
    count = len(offer.options)
    lost = "The time picked is gone: " if gone else ""
    return Handled(
        f"{lost}Offered {count} other time{'s' if count > 1 else ''}; the appointment stands until one is picked",
        person_id=owner.person.id,
        appointment_id=appointment.id,
        intent=Intent.RESCHEDULE,
    )


def _send(
    context: ReplyContext,
    owner: PhoneOwner,
    offer: SlotOffer,
    appointment: Appointment,
    *,
    gone: bool = False,
) -> bool:
    body = texts.rebook(
        owner.person.language,
        first=answers.first_name(owner),
        starts=offer.starts,
        zone=owner.contactability.zone,
        gone=gone,
    )
    kind = TextKind.REBOOK_AGAIN if gone else TextKind.REBOOK
    if not answers.answer(context, kind, body, owner=owner, about=appointment):
        return False
    offer.message_id = _own_answer(context).id
    return True


def _picked(context: ReplyContext, owner: PhoneOwner, offer: SlotOffer, number: int) -> Handled:
    appointment = offers.offered_appointment(context.session, offer, now=context.now)
    if appointment is None:
        offers.close(context.session, offer, inbound_id=context.inbound.id, now=context.now)
        return attendance.unsure(
            context, owner, "They picked another time, but the appointment has changed since"
        )
    if reason := offers.why_no_offer(context.session, owner.person, appointment):
        offers.close(context.session, offer, inbound_id=context.inbound.id, now=context.now)
        return _promised(context, owner, appointment, f"They picked another time. {reason.words}")
    taken = offers.accept(
        context.session, offer, appointment, number, inbound_id=context.inbound.id, now=context.now
    )
    if taken is None:
        return _offer(
            context, owner, appointment, TimeWish(offer.wanted_day, offer.wanted_time), gone=True
        )
    return _booked(context, owner, appointment, taken)


def _booked(
    context: ReplyContext, owner: PhoneOwner, appointment: Appointment, taken: FreeTime
) -> Handled:
    """It is moved: one text says so, what they said against the old time is dealt with, and both
    workers are told.
    """
    session, zone = context.session, owner.contactability.zone
    how = "They picked another time by text, and the appointment was moved."
    barriers.gone(context, owner, appointment, how)
    first, language = answers.first_name(owner), owner.person.language
    body = texts.appointment_text(
        TextKind.CHANGED, language, first=first, about=details_for_text(appointment), zone=zone
    )
    if answers.answer(context, TextKind.CHANGED, body, owner=owner, about=appointment):
        planning.count_answer_as_first_text(
            session, appointment, _own_answer(context), now=context.now
        )
    _tell_workers(context, [taken.worker, owner.person.offender_manager], appointment)
    return Handled(
        f"Moved by text to {texts.when(appointment.starts_at, zone, 'en')}",
        person_id=owner.person.id,
        appointment_id=appointment.id,
        intent=Intent.SLOT_CHOICE,
    )


def _tell_workers(
    context: ReplyContext, workers: Sequence[Staff], appointment: Appointment
) -> None:
    for worker in {one.id: one for one in workers}.values():
        about_it = f"moved:{appointment.id}:{appointment.revision}"
        staff_notices.notify_worker(context.session, worker, about=about_it, now=context.now)


def _none(context: ReplyContext, owner: PhoneOwner, offer: SlotOffer) -> Handled:
    offers.close(context.session, offer, inbound_id=context.inbound.id, now=context.now)
    appointment = offers.offered_appointment(context.session, offer, now=context.now)
    if appointment is None:
        return attendance.unsure(
            context, owner, "None of the times offered, and the appointment has changed since"
        )
    _tell_manager(context, owner, appointment, TimeWish(offer.wanted_day, offer.wanted_time))
    return _promised(context, owner, appointment, "None of the times offered will do")


def _ask_again(context: ReplyContext, owner: PhoneOwner, offer: SlotOffer) -> Handled:
    """It could be any of them: the same times are sent once more, then a human reads it."""
    appointment = offers.offered_appointment(context.session, offer, now=context.now)
    if appointment is None or offer.asked_again_at is not None or offer.held_until <= context.now:
        return attendance.unsure(context, owner, "Which of the times offered is not certain")
    if not _send(context, owner, offer, appointment):
        return attendance.unsure(context, owner, "Which of the times offered is not certain")
    offer.asked_again_at = context.now
    return Handled("Asked again which of the times offered", person_id=owner.person.id, acted=False)


def _promised(
    context: ReplyContext, owner: PhoneOwner, appointment: Appointment, why: str
) -> Handled:
    """The offender manager has it, and will be in touch about another time."""
    answers.personal(context, TextKind.CANNOT_ATTEND, owner)
    return Handled(
        f"{why}. The offender manager is told",
        person_id=owner.person.id,
        appointment_id=appointment.id,
        intent=Intent.RESCHEDULE,
    )


def _tell_manager(
    context: ReplyContext, owner: PhoneOwner, appointment: Appointment, wish: TimeWish
) -> None:
    raise_signal(
        context.session,
        SignalKind.CANNOT_ATTEND,
        owner.person,
        about=str(appointment.id),
        why=f"{_ASKS}{_in_words(wish)}. The appointment still stands.",
        evidence=[*context.evidence, Evidence("appointment", str(appointment.id))],
        now=context.now,
        due_at=barriers.due(context, owner, appointment),
    )


_DAY_NAMES = dict(
    zip(
        (*rules.DAYS, "today", "tomorrow"),
        (
            "Monday",
            "Tuesday",
            "Wednesday",
            "Thursday",
            "Friday",
            "Saturday",
            "Sunday",
            "today",
            "tomorrow",
        ),
        strict=True,
    )
)


def _in_words(wish: TimeWish) -> str:
    asked = [_DAY_NAMES.get(wish.day or "", ""), wish.time or ""]
    named = ", ".join(one for one in asked if one)
    return f" ({named})" if named else ""


def _wish(context: ReplyContext, owner: PhoneOwner, appointment: Appointment) -> TimeWish:
    return rules.wish_in_text(
        context.interpretation.day,
        context.interpretation.time,
        starts_at=appointment.starts_at,
        received_at=context.received_at,
        zone=owner.contactability.zone,
    )


def _close_questions(context: ReplyContext, owner: PhoneOwner) -> None:
    """A number that comes next answers the offer, not an earlier "which one?"."""
    for question in open_questions.open_for(
        context.session, context.number, context.received_at, QuestionKind.WHICH
    ):
        if question.person_id == owner.person.id:
            open_questions.close(question, now=context.now)


def _own_answer(context: ReplyContext) -> Message:
    """The answer to this text that was put in the queue."""
    key = f"reply:{context.answer_to.id}"
    return context.session.scalars(select(Message).where(Message.dedupe_key == key)).one()


def _left(session: Session, offer: SlotOffer) -> bool:
    """Whether the offer's text left, or may have."""
    status = session.scalar(select(Message.status).where(Message.id == offer.message_id))
    return status is not None and status not in NEVER_LEFT


HANDLES = {Intent.RESCHEDULE: MeaningHandler(wanted)}
