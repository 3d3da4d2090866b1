"""Answers about one appointment: when, where, who with, whether it is booked, and about bank
holidays.

A question is answered only if it is certain which appointment is meant and a stranger may read the
answer. An answer must never say anything that the person has not been told.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from engage import texts
from engage.agencies.model import Hub
from engage.appointments.kinds import IntentKind
from engage.appointments.model import Appointment
from engage.appointments.reminders.wording import details_for_text
from engage.conversation import answers, appointment_match
from engage.conversation.context import ReplyContext
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.questions.found import NoAnswer, TopicAnswer
from engage.core.local_time import local_day
from engage.core.working_days import closed_days
from engage.texts import AppointmentDetails, MeetingWay, TextKind
from engage.understanding.vocabulary import Prompt, QuestionTopic

MAX_UPCOMING = 20
CLOSED_AHEAD = timedelta(days=21)
"""How far ahead a closed day may be that a question about bank holidays is about [ours]."""
MAX_CLOSED_LISTED = 3
NOT_CERTAIN = "it is not certain which appointment is meant"
_ATTENDANCE_PROMPTS = frozenset({Prompt.APPOINTMENT, Prompt.TODAY, Prompt.ANSWERED})


def answer_details(
    context: ReplyContext, owner: PhoneOwner, topic: QuestionTopic
) -> TopicAnswer | NoAnswer:
    """When and where the appointment is, who it is with, and that it is booked."""
    appointment = appointment_meant(context, owner)
    if appointment is None:
        return NoAnswer(NOT_CERTAIN)
    details = details_for_text(appointment)
    if not _can_say(topic, details):
        return NoAnswer("a text may not say it")
    is_whether = topic is QuestionTopic.IS_BOOKED
    return about_appointment(
        owner,
        appointment,
        TextKind.IS_BOOKED if is_whether else TextKind.ONE_BOOKED,
        f"Answered from the record: {topic.label}",
    )


def about_appointment(
    owner: PhoneOwner, appointment: Appointment, kind: TextKind, words: str
) -> TopicAnswer:
    """An answer of that kind about one appointment."""
    body = texts.appointment_text(
        kind,
        owner.person.language,
        first=answers.first_name(owner),
        about=details_for_text(appointment),
        zone=owner.contactability.zone,
    )
    return TopicAnswer(kind, body, words, about=appointment)


def answer_holiday(
    context: ReplyContext, owner: PhoneOwner, topic: QuestionTopic
) -> TopicAnswer | NoAnswer:
    """The closed days that the hub lists for the next weeks, with what is booked next; without
    closed days only that. Never if something is booked on a closed day, or on the very day that the
    person calls a holiday.
    """
    zone = owner.contactability.zone
    today = local_day(context.now, zone)
    closed = _closed_soon(context, owner, today)
    coming = upcoming(context, owner)
    booked_on = {local_day(one.starts_at, zone) for one in coming}
    if booked_on.intersection(closed):
        return NoAnswer("an appointment is booked on a closed day")
    if _day_named(context, owner, coming):
        return NoAnswer("the hub does not list the day as closed")
    booked = [details_for_text(one) for one in coming[:1]]
    language, first = owner.person.language, answers.first_name(owner)
    if not closed:
        body = texts.next_text(language, first=first, booked=booked, zone=zone)
        kind = TextKind.NEXT
    else:
        body = texts.closed_text(
            language, first=first, closed=closed[:MAX_CLOSED_LISTED], booked=booked, zone=zone
        )
        kind = TextKind.CLOSED
    return TopicAnswer(
        kind,
        body,
        f"Answered from the record: {topic.label}",
        about=coming[0] if coming else None,
    )


def upcoming(context: ReplyContext, owner: PhoneOwner) -> list[Appointment]:
    """The person's coming appointments, soonest first."""
    return appointment_match.upcoming(context.session, owner.person.id, context.now, MAX_UPCOMING)


def appointment_meant(context: ReplyContext, owner: PhoneOwner) -> Appointment | None:
    """The only appointment that is coming or taking place, else the only one that our last reminder
    was about. It must be on the day named.
    """
    coming = _taking_place(context, owner) + upcoming(context, owner)
    if context.interpretation.day is not None:
        coming = _on_day(context, owner, coming)
    if len(coming) == 1:
        return coming[0]
    if not coming or context.prompt not in _ATTENDANCE_PROMPTS:
        return None
    asked = appointment_match.asked_about(
        context.session, owner.person.id, context.number, context.received_at
    )
    latest = max((one.asked_at for one in asked), default=None)
    last = [one.appointment for one in asked if one.asked_at == latest]
    return last[0] if len(last) == 1 and last[0] in coming else None


def _can_say(topic: QuestionTopic, details: AppointmentDetails) -> bool:
    match topic:
        case QuestionTopic.WHERE:
            is_remote = details.way is not MeetingWay.IN_PERSON
            return is_remote or texts.place_for_text(details.place) is not None
        case QuestionTopic.WHO:
            return bool(texts.shorten_worker(details.worker))
        case _:
            return True


def _closed_soon(context: ReplyContext, owner: PhoneOwner, today: date) -> list[date]:
    hub = context.session.get_one(Hub, owner.person.hub_id)
    return sorted(day for day in closed_days(hub.settings) if today <= day <= today + CLOSED_AHEAD)


def _day_named(context: ReplyContext, owner: PhoneOwner, coming: Sequence[Appointment]) -> bool:
    """Whether something is booked on the day that the person named."""
    return context.interpretation.day is not None and bool(_on_day(context, owner, coming))


def _on_day(
    context: ReplyContext, owner: PhoneOwner, coming: Sequence[Appointment]
) -> list[Appointment]:
    day = context.interpretation.day
    assert day is not None  # noqa: S101 (callers look first)
    return appointment_match.on_day(coming, day, context.received_at, owner.contactability.zone)


def _taking_place(context: ReplyContext, owner: PhoneOwner) -> list[Appointment]:
    current = appointment_match.current(
        context.session, owner.person.id, context.now, IntentKind.LATE
    )
    return [one for one in current if one.starts_at <= context.now]
