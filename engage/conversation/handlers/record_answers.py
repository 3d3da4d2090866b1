"""Answers from the record: what is booked next or this week, progress, who reads the texts, and
when and where an appointment is and who it is with.

A keyword asks for one of these (keywords.py), or a question in the person's own words. A question
about an appointment is answered only if it is certain which one is meant and the answer is safe for
a stranger to read; else a worker answers. An answer must never say anything that the person has not
been told or done themselves.
"""

from datetime import timedelta

from engage import texts
from engage.appointments.attendance_streak import current_streak
from engage.appointments.kinds import IntentKind
from engage.appointments.model import Appointment
from engage.appointments.reminders.wording import details_for_text
from engage.cohort.milestones.award import count_reached
from engage.conversation import answers, appointment_match
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import MeaningHandler, attendance, requests
from engage.conversation.outcomes import leave_to_worker
from engage.conversation.phone_owner import PhoneOwner
from engage.core.local_time import local_day
from engage.progress.service import count_good_news
from engage.texts import AppointmentDetails, MeetingWay, TextKind
from engage.understanding.keywords import Keyword, keyword
from engage.understanding.vocabulary import Intent, Prompt, QuestionTopic

NEXT_SHOWN = 3
WEEK_DAYS = 7
WEEK_SHOWN = 12
MAX_COUNT = 999
_MAX_UPCOMING = 20
_ATTENDANCE_PROMPTS = frozenset({Prompt.APPOINTMENT, Prompt.TODAY, Prompt.ANSWERED})
_KEYWORDS = {
    QuestionTopic.NEXT: Keyword.NEXT,
    QuestionTopic.WEEK: Keyword.WEEK,
    QuestionTopic.PROGRESS: Keyword.PROGRESS,
    QuestionTopic.WHO_SEES: Keyword.WHO_SEES,
}
_TOPIC_WORDS = {
    QuestionTopic.WHEN: "when it is",
    QuestionTopic.WHERE: "where it is",
    QuestionTopic.WHO: "who it is with",
}
_PROGRESS: dict[tuple[str, ...], TextKind] = {
    ("n", "m", "k"): TextKind.PROGRESS_ALL,
    ("n", "m"): TextKind.PROGRESS,
    ("n", "k"): TextKind.PROGRESS_KEPT_REACHED,
    ("m", "k"): TextKind.PROGRESS_TOLD_REACHED,
    ("k",): TextKind.PROGRESS_REACHED,
    ("n",): TextKind.PROGRESS_KEPT,
    ("m",): TextKind.PROGRESS_TOLD,
    (): TextKind.PROGRESS_NONE,
}
"""The text for the counts that are not zero."""


def answer_keyword(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Answer a text that is a keyword. After "how are things?", HELP answers the check-in."""
    found = keyword(context.body)
    if found is None or (found is Keyword.HELP and context.prompt is Prompt.CHECKIN):
        return None
    return _send(context, owner, found)


def answer_question(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """Answer a question if the record has a certain answer; else leave it to a worker."""
    topic = context.interpretation.topic
    side = attendance.record_beside(context, owner)
    if topic in _KEYWORDS:
        return attendance.with_side_answer(_send(context, owner, _KEYWORDS[topic]), side)
    handled = None if topic is None else _send_about_appointment(context, owner, topic)
    if handled is None:
        handled = leave_to_worker(context, owner, "A question")
    return attendance.with_side_answer(handled, side)


def _send(context: ReplyContext, owner: PhoneOwner, asked: Keyword) -> Handled:
    match asked:
        case Keyword.HELP:
            return requests.explain_texts(context, owner)
        case Keyword.NEXT:
            return _send_next(context, owner)
        case Keyword.WEEK:
            return _send_week(context, owner)
        case Keyword.PROGRESS:
            return _send_progress(context, owner)
        case Keyword.WHO_SEES:
            answers.send_personal(context, TextKind.WHO_SEES, owner)
            return _handled(owner, "Sent who can read the texts")


def _send_next(context: ReplyContext, owner: PhoneOwner) -> Handled:
    booked = appointment_match.upcoming(context.session, owner.person.id, context.now, NEXT_SHOWN)
    body = texts.next_text(
        owner.person.language,
        first=answers.first_name(owner),
        booked=[details_for_text(one) for one in booked],
        zone=owner.contactability.zone,
    )
    answers.send(context, TextKind.NEXT, body, owner=owner)
    return _handled(owner, "Sent the next appointments")


def _send_week(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """Send the appointments of today and the six days after it, on the hub's calendar."""
    hub_zone = owner.contactability.zone
    until = local_day(context.now, hub_zone) + timedelta(days=WEEK_DAYS)
    booked = [
        details_for_text(one)
        for one in appointment_match.upcoming(
            context.session, owner.person.id, context.now, WEEK_SHOWN
        )
        if local_day(one.starts_at, hub_zone) < until
    ]
    body = texts.week_text(
        owner.person.language, first=answers.first_name(owner), booked=booked, zone=hub_zone
    )
    answers.send(context, TextKind.WEEK, body, owner=owner)
    return _handled(owner, "Sent the appointments of the next 7 days")


def _send_progress(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """Send counts and praise only. They must not say what was counted: a stranger may read them."""
    counts = {
        "n": min(current_streak(context.session, owner.person.id), MAX_COUNT),
        "m": min(count_good_news(context.session, owner.person.id), MAX_COUNT),
        "k": min(count_reached(context.session, owner.person.id), MAX_COUNT),
    }
    shown = {name: count for name, count in counts.items() if count}
    kind = _PROGRESS[tuple(shown)]
    body = texts.render(kind, owner.person.language, first=answers.first_name(owner), **shown)
    answers.send(context, kind, body, owner=owner)
    return _handled(owner, "Sent their progress in numbers")


def _send_about_appointment(
    context: ReplyContext, owner: PhoneOwner, topic: QuestionTopic
) -> Handled | None:
    """Send the answer about the appointment that is certainly meant, if a text can say it."""
    appointment = _appointment_meant(context, owner)
    if appointment is None:
        return None
    details = details_for_text(appointment)
    if not _can_say(topic, details):
        return None
    body = texts.appointment_text(
        TextKind.ONE_BOOKED,
        owner.person.language,
        first=answers.first_name(owner),
        about=details,
        zone=owner.contactability.zone,
    )
    answers.send(context, TextKind.ONE_BOOKED, body, owner=owner, about=appointment)
    return Handled(
        f"Answered from the record: {_TOPIC_WORDS[topic]}",
        person_id=owner.person.id,
        appointment_id=appointment.id,
        intent=Intent.QUESTION,
    )


def _can_say(topic: QuestionTopic, details: AppointmentDetails) -> bool:
    match topic:
        case QuestionTopic.WHERE:
            is_remote = details.way is not MeetingWay.IN_PERSON
            return is_remote or texts.place_for_text(details.place) is not None
        case QuestionTopic.WHO:
            return bool(texts.shorten_worker(details.worker))
        case _:
            return topic is QuestionTopic.WHEN


def _appointment_meant(context: ReplyContext, owner: PhoneOwner) -> Appointment | None:
    """The only appointment that is coming or taking place, else the only one that our last reminder
    was about. It must be on the day named.
    """
    person_id, now = owner.person.id, context.now
    coming = _taking_place(context, owner) + appointment_match.upcoming(
        context.session, person_id, now, _MAX_UPCOMING
    )
    if context.interpretation.day is not None:
        coming = appointment_match.on_day(
            coming, context.interpretation.day, context.received_at, owner.contactability.zone
        )
    if len(coming) == 1:
        return coming[0]
    if not coming or context.prompt not in _ATTENDANCE_PROMPTS:
        return None
    asked = appointment_match.asked_about(
        context.session, person_id, context.number, context.received_at
    )
    latest = max((one.asked_at for one in asked), default=None)
    last = [one.appointment for one in asked if one.asked_at == latest]
    return last[0] if len(last) == 1 and last[0] in coming else None


def _taking_place(context: ReplyContext, owner: PhoneOwner) -> list[Appointment]:
    current = appointment_match.current(
        context.session, owner.person.id, context.now, IntentKind.LATE
    )
    return [one for one in current if one.starts_at <= context.now]


def _handled(owner: PhoneOwner, words: str) -> Handled:
    return Handled(words, person_id=owner.person.id, intent=Intent.QUESTION)


HANDLES = {Intent.QUESTION: MeaningHandler(answer_question)}
