"""Answers to an offer of other times: the time that the person picks is booked.

A text that could pick two of the times is asked about once more and then left to a worker. A time
must never be guessed.
"""

from collections.abc import Sequence

from engage import texts
from engage.agencies import staff_notices
from engage.agencies.model import Staff
from engage.appointments.free_times import offers, rules
from engage.appointments.free_times.model import FreeTime, SlotOffer
from engage.appointments.free_times.rules import TimeWish
from engage.appointments.model import Appointment
from engage.appointments.reminders import planning
from engage.appointments.reminders.wording import details_for_text
from engage.conversation import answers
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import barriers, rebooking
from engage.conversation.outcomes import leave_to_worker
from engage.conversation.phone_owner import PhoneOwner
from engage.texts import TextKind
from engage.understanding.time_choices import NONE_OF_THEM, may_choose, read_time_choice
from engage.understanding.vocabulary import Intent, Prompt

_PROMPTS_AFTER_CHOICE = (Prompt.APPOINTMENT, Prompt.ANSWERED, Prompt.SPOKEN, Prompt.NONE)
"""What may be asked last when a person repeats their choice."""


def handle_answer(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Handle what a text says about the times offered. None if it is about something else."""
    offer = offers.latest_offer(
        context.session, owner.person.id, context.number, context.received_at
    )
    if offer is None:
        return None
    number = _number_picked(context, owner, offer)
    if offer.closed_at is not None and context.prompt in _PROMPTS_AFTER_CHOICE:
        return _repeated(context, owner, offer, number)
    if context.prompt is not Prompt.REBOOK:
        return None
    interpretation = context.interpretation
    declines = number is None and interpretation.surely(Intent.DECLINE) and _is_answer(context)
    if number == NONE_OF_THEM or declines:
        return _pick_none(context, owner, offer)
    if number is not None:
        return _pick(context, owner, offer, number)
    agrees = interpretation.surely(Intent.CONFIRM) or interpretation.surely(Intent.SLOT_CHOICE)
    if agrees and _is_answer(context):
        return _ask_again(context, owner, offer)
    return None


def picks_time(context: ReplyContext, owner: PhoneOwner) -> bool:
    """Whether the whole text picks one of the times that await this person's answer, or none of
    them.
    """
    if rebooking.pending(context.session, owner, context.number, context.received_at) is None:
        return False
    offer = offers.latest_offer(
        context.session, owner.person.id, context.number, context.received_at
    )
    return offer is not None and _read_choice(context, owner, offer) is not None


def _read_choice(context: ReplyContext, owner: PhoneOwner, offer: SlotOffer) -> int | None:
    zone = owner.contactability.zone
    starts = [one.astimezone(zone) for one in offer.starts]
    return read_time_choice(context.body, starts, context.received_at.astimezone(zone).date())


def _number_picked(context: ReplyContext, owner: PhoneOwner, offer: SlotOffer) -> int | None:
    """The number of the time picked: read strictly from the whole text, else as interpreted if that
    is sure.
    """
    number, interpretation = _read_choice(context, owner, offer), context.interpretation
    if number is not None:
        return number
    if interpretation.intent is not Intent.SLOT_CHOICE:
        return None
    if not interpretation.surely(Intent.SLOT_CHOICE) or not may_choose(context.body):
        return None
    if interpretation.value is not None:
        is_offered = NONE_OF_THEM <= interpretation.value <= len(offer.ids)
        return interpretation.value if is_offered else None
    return rules.number_named(
        offer.starts,
        interpretation.day,
        interpretation.time,
        received_at=context.received_at,
        zone=owner.contactability.zone,
    )


def _is_answer(context: ReplyContext) -> bool:
    """Whether the text has no meaning that is stronger than a yes, a no or a choice."""
    return context.interpretation.intent in (Intent.DECLINE, Intent.CONFIRM, Intent.SLOT_CHOICE)


def _repeated(
    context: ReplyContext, owner: PhoneOwner, offer: SlotOffer, number: int | None
) -> Handled | None:
    """Handle a choice after the one that was booked. The same one is booked already; another one
    goes to a worker.
    """
    if number is None or number == NONE_OF_THEM or offer.chosen_id is None:
        return None
    appointment = context.session.get_one(Appointment, offer.appointment_id)
    is_superseded = offer.moved_revision != appointment.revision
    if is_superseded or context.interpretation.surely(Intent.RESCHEDULE):
        return None
    if offer.ids[number - 1] != offer.chosen_id:
        return leave_to_worker(
            context, owner, "They picked another time than the one that was booked by text"
        )
    return Handled(
        "Picked again: booked already",
        person_id=owner.person.id,
        appointment_id=appointment.id,
        intent=Intent.SLOT_CHOICE,
    )


def _pick(context: ReplyContext, owner: PhoneOwner, offer: SlotOffer, number: int) -> Handled:
    appointment = offers.offered_appointment(context.session, offer, now=context.now)
    if appointment is None:
        offers.close(context.session, offer, inbound_id=context.inbound.id, now=context.now)
        return leave_to_worker(
            context, owner, "They picked another time, but the appointment has changed since"
        )
    if reason := offers.why_no_offer(context.session, owner.person, appointment):
        offers.close(context.session, offer, inbound_id=context.inbound.id, now=context.now)
        why = f"They picked another time. {reason.words}"
        return rebooking.promise_contact(context, owner, appointment, why)
    taken = offers.accept(
        context.session, offer, appointment, number, inbound_id=context.inbound.id, now=context.now
    )
    if taken is None:
        wish = TimeWish(offer.wanted_day, offer.wanted_time)
        return rebooking.offer_times(context, owner, appointment, wish, is_repeat=True)
    return _confirm_booking(context, owner, appointment, taken)


def _confirm_booking(
    context: ReplyContext, owner: PhoneOwner, appointment: Appointment, taken: FreeTime
) -> Handled:
    """Confirm the new time in one text, resolve the signals about the old time, and notify both
    workers.
    """
    zone = owner.contactability.zone
    barriers.resolve_signals(
        context,
        owner,
        appointment,
        "They picked another time by text, and the appointment was moved.",
    )
    body = texts.appointment_text(
        TextKind.CHANGED,
        owner.person.language,
        first=answers.first_name(owner),
        about=details_for_text(appointment),
        zone=zone,
    )
    if answers.send(context, TextKind.CHANGED, body, owner=owner, about=appointment):
        planning.count_answer_as_first_text(
            context.session, appointment, answers.queued(context), now=context.now
        )
    _notify_workers(context, [taken.worker, owner.person.offender_manager], appointment)
    return Handled(
        f"Moved by text to {texts.when(appointment.starts_at, zone, 'en')}",
        person_id=owner.person.id,
        appointment_id=appointment.id,
        intent=Intent.SLOT_CHOICE,
    )


def _notify_workers(
    context: ReplyContext, workers: Sequence[Staff], appointment: Appointment
) -> None:
    about = f"moved:{appointment.id}:{appointment.revision}"
    for worker in {one.id: one for one in workers}.values():
        staff_notices.notify_worker(context.session, worker, about=about, now=context.now)


def _pick_none(context: ReplyContext, owner: PhoneOwner, offer: SlotOffer) -> Handled:
    offers.close(context.session, offer, inbound_id=context.inbound.id, now=context.now)
    appointment = offers.offered_appointment(context.session, offer, now=context.now)
    if appointment is None:
        return leave_to_worker(
            context, owner, "None of the times offered, and the appointment has changed since"
        )
    wish = TimeWish(offer.wanted_day, offer.wanted_time)
    rebooking.raise_cannot_attend(context, owner, appointment, wish)
    return rebooking.promise_contact(context, owner, appointment, "None of the times offered")


def _ask_again(context: ReplyContext, owner: PhoneOwner, offer: SlotOffer) -> Handled:
    """Send the same times once more if it could be any of them; after that a worker reads it."""
    appointment = offers.offered_appointment(context.session, offer, now=context.now)
    why = "Not clear which of the times offered"
    if appointment is None or offer.asked_again_at is not None or offer.held_until <= context.now:
        return leave_to_worker(context, owner, why)
    if not rebooking.send_offer(context, owner, offer, appointment):
        return leave_to_worker(context, owner, why)
    offer.asked_again_at = context.now
    return Handled("Asked again which of the times offered", person_id=owner.person.id, acted=False)
