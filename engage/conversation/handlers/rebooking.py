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
from engage.appointments.reminders.wording import for_text
from engage.conversation import answers, appointment_match, open_questions
from engage.conversation.context import Handled, PendingQuestion, ReplyContext
from engage.conversation.handlers import attendance, barriers
from engage.conversation.model import Question, QuestionKind
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.signals import raise_signal
from engage.signals import Evidence, SignalKind
from engage.texts import TextKind
from engage.understanding.choices import read_choice
from engage.understanding.time_choices import NONE_OF_THEM, chooses, read_slot
from engage.understanding.vocabulary import Cause, Intent, Prompt
from messaging.states import MessageStatus
from messaging.tables import Message

MOST_OFFERS, A_DAY = 3, timedelta(days=1)
"""So many offers for one appointment in a day; after that a human takes it on [ours]."""
_NEVER_LEFT = (
    MessageStatus.WITHDRAWN,
    MessageStatus.WITHHELD,
    MessageStatus.EXPIRED,
    MessageStatus.REFUSED,
)
_AFTER = (Prompt.APPOINTMENT, Prompt.ANSWERED, Prompt.SPOKEN, Prompt.NONE)
"""What may stand open while somebody repeats the choice that they made."""
_ASKS = "They ask by text for another time"


def opened(
    session: Session, holder: PhoneOwner, number: str, heard_at: datetime
) -> PendingQuestion | None:
    """The offer that waits for the person's answer, if its text left."""
    offer = offers.latest(session, holder.person.id, number, heard_at)
    if offer is None or offer.closed_at is not None or not _left(session, offer):
        return None
    return PendingQuestion(Prompt.REBOOK, offer.asked_again_at or offer.offered_at)


def wanted(turn: ReplyContext, holder: PhoneOwner) -> Handled:
    """They want another time: offer some for the one appointment that it is about, ask which of
    several, else tell a human.
    """
    offer = offers.latest(turn.session, holder.person.id, turn.number, turn.heard_at)
    if offer is not None and offer.closed_at is None and turn.prompt is Prompt.REBOOK:
        appointment = offers.standing(turn.session, offer, now=turn.now)
        if appointment is not None:
            return _offer(turn, holder, appointment, _wish(turn, holder, appointment))
    found = appointment_match.candidates(
        turn.session, holder.person.id, turn.number, turn.heard_at, IntentKind.CANNOT_ATTEND
    )
    if not found or len(found) > attendance.MOST_ASKED:
        return attendance.unsure(turn, holder, f"{_ASKS}, of what is not certain")
    if len(found) == 1:
        return _offer(turn, holder, found[0], _wish(turn, holder, found[0]))
    wish = {"day": turn.heard.day, "time": turn.heard.time}
    return attendance.ask_which(turn, holder, found, IntentKind.CANNOT_ATTEND, wish=wish)


def of_which(turn: ReplyContext, holder: PhoneOwner, question: Question) -> Handled | None:
    """They have said for which of several appointments they want another time; None when the text
    is no answer to that.
    """
    choice = read_choice(turn.body, len(question.options["appointments"]))
    if choice is None:
        return None
    picked = attendance.settle(turn, question, choice, IntentKind.CANNOT_ATTEND)
    if picked is None:
        return attendance.unsure(turn, holder, attendance.CHANGED_SINCE)
    cause = _cause(question)
    if len(picked) > 1:
        for appointment in picked:
            _tell_manager(turn, holder, appointment, TimeWish())
            barriers.tell_of(turn, holder, appointment, cause)
        return _promised(turn, holder, picked[0], "They want other times for several appointments")
    asked = question.options["wish"]
    wish = rules.wish(
        asked["day"],
        asked["time"],
        starts_at=picked[0].starts_at,
        heard_at=turn.heard_at,
        zone=holder.reach.zone,
    )
    return _offer(turn, holder, picked[0], wish, cause=cause)


def _cause(question: Question) -> Cause | None:
    """What stood in the way by the text that was asked about, which is another than the one that
    chooses.
    """
    cause = question.options["cause"]
    return None if cause is None else Cause(cause)


def answered(turn: ReplyContext, holder: PhoneOwner) -> Handled | None:
    """What a text says of the times that were offered; None when it speaks of something else."""
    offer = offers.latest(turn.session, holder.person.id, turn.number, turn.heard_at)
    if offer is None:
        return None
    number = _number(turn, holder, offer)
    if offer.closed_at is not None and turn.prompt in _AFTER:
        return _once_more(turn, holder, offer, number)
    if turn.prompt is not Prompt.REBOOK:
        return None
    if number == NONE_OF_THEM or (
        number is None and turn.heard.surely(Intent.DECLINE) and _alone(turn)
    ):
        return _none(turn, holder, offer)
    if number is not None:
        return _picked(turn, holder, offer, number)
    if _alone(turn) and (
        turn.heard.surely(Intent.CONFIRM) or turn.heard.surely(Intent.SLOT_CHOICE)
    ):
        return _ask_again(turn, holder, offer)
    return None


def picks(turn: ReplyContext, holder: PhoneOwner) -> bool:
    """Whether the whole text picks one of the times that wait for this person's answer, or none of
    them.
    """
    if opened(turn.session, holder, turn.number, turn.heard_at) is None:
        return False
    offer = offers.latest(turn.session, holder.person.id, turn.number, turn.heard_at)
    return offer is not None and _read(turn, holder, offer) is not None


def _read(turn: ReplyContext, holder: PhoneOwner, offer: SlotOffer) -> int | None:
    zone = holder.reach.zone
    starts = [one.astimezone(zone) for one in offer.starts]
    return read_slot(turn.body, starts, turn.heard_at.astimezone(zone).date())


def _number(turn: ReplyContext, holder: PhoneOwner, offer: SlotOffer) -> int | None:
    """The number that was picked: by the strict reading of the whole text, else by what the reader
    is sure of.
    """
    number, heard = _read(turn, holder, offer), turn.heard
    if (
        number is not None
        or heard.intent is not Intent.SLOT_CHOICE
        or not heard.surely(Intent.SLOT_CHOICE)
    ):
        return number
    if not chooses(turn.body):
        return None
    if heard.value is not None:
        return heard.value if NONE_OF_THEM <= heard.value <= len(offer.ids) else None
    return rules.named(
        offer.starts, heard.day, heard.time, heard_at=turn.heard_at, zone=holder.reach.zone
    )


def _alone(turn: ReplyContext) -> bool:
    """Whether the text says nothing that is stronger than yes, no or a choice."""
    return turn.heard.intent in (Intent.DECLINE, Intent.CONFIRM, Intent.SLOT_CHOICE)


def _once_more(
    turn: ReplyContext, holder: PhoneOwner, offer: SlotOffer, number: int | None
) -> Handled | None:
    """The same choice said twice is done once; another one after that is for a human."""
    if number is None or number == NONE_OF_THEM or offer.chosen_id is None:
        return None
    appointment = turn.session.get_one(Appointment, offer.appointment_id)
    if offer.moved_revision != appointment.revision or turn.heard.surely(Intent.RESCHEDULE):
        return None
    if offer.ids[number - 1] != offer.chosen_id:
        return attendance.unsure(
            turn, holder, "They pick another time than the one that was booked by text"
        )
    return Handled(
        "Said again: it is booked already",
        person_id=holder.person.id,
        appointment_id=appointment.id,
        intent=Intent.SLOT_CHOICE,
    )


def _offer(
    turn: ReplyContext,
    holder: PhoneOwner,
    appointment: Appointment,
    wish: TimeWish,
    *,
    gone: bool = False,
    cause: Cause | None = None,
) -> Handled:
    """Hold times that fit and offer them; where that may not or cannot be, the offender manager is
    told and the person is told so.
    """
    _tell_manager(turn, holder, appointment, wish)
    if turn.heard.surely(Intent.DECLINE) and not gone:
        attendance.record(
            turn, holder, appointment, IntentKind.CANNOT_ATTEND, cause=turn.heard.cause
        )
    else:
        barriers.tell_of(turn, holder, appointment, cause or turn.heard.cause)
    if reason := offers.obstacles(turn.session, holder.person, appointment):
        return _promised(turn, holder, appointment, f"{_ASKS}. {reason.words}")
    if turn.quiet or appointment.starts_at <= turn.now:
        return _promised(turn, holder, appointment, _ASKS)
    if offers.offers_since(turn.session, appointment.id, turn.now - A_DAY) >= MOST_OFFERS:
        return _promised(turn, holder, appointment, f"{_ASKS}, after {MOST_OFFERS} offers in a day")
    asked = offers.OfferRequest(
        holder.person, turn.number, turn.inbound.id, turn.heard_at, wish, repeat=gone
    )
    offer = offers.make_offer(turn.session, asked, appointment, now=turn.now)
    if offer is None:
        return _promised(turn, holder, appointment, f"{_ASKS}. No free time of the worker fits")
    if not _send(turn, holder, offer, appointment, gone=gone):
        offers.close(turn.session, offer, inbound_id=turn.inbound.id, now=turn.now)
        return _promised(turn, holder, appointment, _ASKS)
    _close_questions(turn, holder)
    count = len(offer.options)
    lost = "The time picked is gone: " if gone else ""
    return Handled(
        f"{lost}Offered {count} other time{'s' if count > 1 else ''}; the appointment stands until one is picked",
        person_id=holder.person.id,
        appointment_id=appointment.id,
        intent=Intent.RESCHEDULE,
    )


def _send(
    turn: ReplyContext,
    holder: PhoneOwner,
    offer: SlotOffer,
    appointment: Appointment,
    *,
    gone: bool = False,
) -> bool:
    body = texts.rebook(
        holder.person.language,
        first=answers.first_name(holder),
        starts=offer.starts,
        zone=holder.reach.zone,
        gone=gone,
    )
    kind = TextKind.REBOOK_AGAIN if gone else TextKind.REBOOK
    if not answers.answer(turn, kind, body, holder=holder, about=appointment):
        return False
    offer.message_id = _own_answer(turn).id
    return True


def _picked(turn: ReplyContext, holder: PhoneOwner, offer: SlotOffer, number: int) -> Handled:
    appointment = offers.standing(turn.session, offer, now=turn.now)
    if appointment is None:
        offers.close(turn.session, offer, inbound_id=turn.inbound.id, now=turn.now)
        return attendance.unsure(
            turn, holder, "They picked another time, but the appointment has changed since"
        )
    if reason := offers.obstacles(turn.session, holder.person, appointment):
        offers.close(turn.session, offer, inbound_id=turn.inbound.id, now=turn.now)
        return _promised(turn, holder, appointment, f"They picked another time. {reason.words}")
    taken = offers.take(
        turn.session, offer, appointment, number, inbound_id=turn.inbound.id, now=turn.now
    )
    if taken is None:
        return _offer(
            turn, holder, appointment, TimeWish(offer.wanted_day, offer.wanted_time), gone=True
        )
    return _booked(turn, holder, appointment, taken)


def _booked(
    turn: ReplyContext, holder: PhoneOwner, appointment: Appointment, taken: FreeTime
) -> Handled:
    """It is moved: one text says so, what they said against the old time is dealt with, and both
    workers are told.
    """
    session, zone = turn.session, holder.reach.zone
    how = "They picked another time by text, and the appointment was moved."
    barriers.gone(turn, holder, appointment, how)
    first, language = answers.first_name(holder), holder.person.language
    body = texts.appointment_text(
        TextKind.CHANGED, language, first=first, about=for_text(appointment), zone=zone
    )
    if answers.answer(turn, TextKind.CHANGED, body, holder=holder, about=appointment):
        planning.answered_with_time(session, appointment, _own_answer(turn), now=turn.now)
    _tell_workers(turn, [taken.worker, holder.person.offender_manager], appointment)
    return Handled(
        f"Moved by text to {texts.when(appointment.starts_at, zone, 'en')}",
        person_id=holder.person.id,
        appointment_id=appointment.id,
        intent=Intent.SLOT_CHOICE,
    )


def _tell_workers(turn: ReplyContext, workers: Sequence[Staff], appointment: Appointment) -> None:
    for worker in {one.id: one for one in workers}.values():
        about_it = f"moved:{appointment.id}:{appointment.revision}"
        staff_notices.notify_worker(turn.session, worker, about=about_it, now=turn.now)


def _none(turn: ReplyContext, holder: PhoneOwner, offer: SlotOffer) -> Handled:
    offers.close(turn.session, offer, inbound_id=turn.inbound.id, now=turn.now)
    appointment = offers.standing(turn.session, offer, now=turn.now)
    if appointment is None:
        return attendance.unsure(
            turn, holder, "None of the times offered, and the appointment has changed since"
        )
    _tell_manager(turn, holder, appointment, TimeWish(offer.wanted_day, offer.wanted_time))
    return _promised(turn, holder, appointment, "None of the times offered will do")


def _ask_again(turn: ReplyContext, holder: PhoneOwner, offer: SlotOffer) -> Handled:
    """It could be any of them: the same times are sent once more, then a human reads it."""
    appointment = offers.standing(turn.session, offer, now=turn.now)
    if appointment is None or offer.asked_again_at is not None or offer.held_until <= turn.now:
        return attendance.unsure(turn, holder, "Which of the times offered is not certain")
    if not _send(turn, holder, offer, appointment):
        return attendance.unsure(turn, holder, "Which of the times offered is not certain")
    offer.asked_again_at = turn.now
    return Handled(
        "Asked again which of the times offered", person_id=holder.person.id, acted=False
    )


def _promised(
    turn: ReplyContext, holder: PhoneOwner, appointment: Appointment, why: str
) -> Handled:
    """The offender manager has it, and will be in touch about another time."""
    answers.personal(turn, TextKind.CANNOT_ATTEND, holder)
    return Handled(
        f"{why}. The offender manager is told",
        person_id=holder.person.id,
        appointment_id=appointment.id,
        intent=Intent.RESCHEDULE,
    )


def _tell_manager(
    turn: ReplyContext, holder: PhoneOwner, appointment: Appointment, wish: TimeWish
) -> None:
    raise_signal(
        turn.session,
        SignalKind.CANNOT_ATTEND,
        holder.person,
        about=str(appointment.id),
        why=f"{_ASKS}{_in_words(wish)}. The appointment still stands.",
        evidence=[*turn.evidence, Evidence("appointment", str(appointment.id))],
        now=turn.now,
        due_at=barriers.due(turn, holder, appointment),
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


def _wish(turn: ReplyContext, holder: PhoneOwner, appointment: Appointment) -> TimeWish:
    return rules.wish(
        turn.heard.day,
        turn.heard.time,
        starts_at=appointment.starts_at,
        heard_at=turn.heard_at,
        zone=holder.reach.zone,
    )


def _close_questions(turn: ReplyContext, holder: PhoneOwner) -> None:
    """A number that comes next answers the offer, not an earlier "which one?"."""
    for question in open_questions.open_for(
        turn.session, turn.number, turn.heard_at, QuestionKind.WHICH
    ):
        if question.person_id == holder.person.id:
            open_questions.close(question, now=turn.now)


def _own_answer(turn: ReplyContext) -> Message:
    """The answer to this text that was put in the queue."""
    key = f"reply:{turn.answers_to.id}"
    return turn.session.scalars(select(Message).where(Message.dedupe_key == key)).one()


def _left(session: Session, offer: SlotOffer) -> bool:
    """Whether the offer's text left, or may have."""
    status = session.scalar(select(Message.status).where(Message.id == offer.message_id))
    return status is not None and status not in _NEVER_LEFT
