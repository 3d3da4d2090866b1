"""Answers from the record: what is booked next or this week, how it is going, who reads the texts,
and when, where or whom they see.

A word asks for one of them (keywords.py), or a question in the person's own words does. A question
about an appointment is answered only where it is certain which one is meant and the record has the
answer in words that a stranger may read; else a human answers. It says nothing that the person has
not been told or done themselves.
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
from engage.conversation.phone_owner import PhoneOwner
from engage.core.local_time import local_day
from engage.progress.service import count_good_news
from engage.texts import AppointmentDetails, MeetingWay, TextKind
from engage.understanding.keywords import Keyword, keyword
from engage.understanding.vocabulary import Asks, Intent, Prompt

NEXT_SHOWN = 3
WEEK_DAYS = 7
WEEK_MOST = 12
MOST_COUNTED = 999
_AHEAD_SEEN = 20
_ASKED_ABOUT = frozenset({Prompt.APPOINTMENT, Prompt.TODAY, Prompt.ANSWERED})
_KEYWORD_OF = {
    Asks.NEXT: Keyword.NEXT,
    Asks.WEEK: Keyword.WEEK,
    Asks.PROGRESS: Keyword.PROGRESS,
    Asks.WHO_SEES: Keyword.WHO_SEES,
}
_ASKED = {Asks.WHEN: "when it is", Asks.WHERE: "where it is", Asks.WHO: "whom they see"}


def by_keyword(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Answer a text that is one of the words that always work; None when it is none.

    After "how are things?", HELP is an answer and not a question about texts.
    """
    asked = keyword(context.body)
    if asked is None or (asked is Keyword.HELP and context.prompt is Prompt.CHECKIN):
        return None
    return _answered(context, owner, asked)


def question(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """Answer a question from the record where the record has a certain answer; else a human reads
    it.
    """
    asks = context.interpretation.asks
    also = attendance.beside(context, owner)
    if asks in _KEYWORD_OF:
        return attendance.and_beside(_answered(context, owner, _KEYWORD_OF[asks]), also)
    done = _about_one(context, owner, asks) if asks is not None else None
    return attendance.and_beside(done or attendance.unsure(context, owner, "A question"), also)


def _answered(context: ReplyContext, owner: PhoneOwner, asked: Keyword) -> Handled:
    match asked:
        case Keyword.HELP:
            return requests.explain(context, owner)
        case Keyword.NEXT:
            return _next(context, owner)
        case Keyword.WEEK:
            return _week(context, owner)
        case Keyword.PROGRESS:
            return _progress(context, owner)
        case Keyword.WHO_SEES:
            answers.personal(context, TextKind.WHO_SEES, owner)
            return _done(owner, "Sent who can read the texts")


def _next(context: ReplyContext, owner: PhoneOwner) -> Handled:
    booked = appointment_match.ahead(context.session, owner.person.id, context.now, NEXT_SHOWN)
    body = texts.next_text(
        owner.person.language,
        first=answers.first_name(owner),
        booked=[details_for_text(one) for one in booked],
        zone=owner.contactability.zone,
    )
    answers.answer(context, TextKind.NEXT, body, owner=owner)
    return _done(owner, "Sent what is booked next")


def _week(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """Today and the six days after it, on the hub's calendar."""
    until = (context.now.astimezone(owner.contactability.zone) + timedelta(days=WEEK_DAYS)).date()
    booked = [
        details_for_text(one)
        for one in appointment_match.ahead(context.session, owner.person.id, context.now, WEEK_MOST)
        if local_day(one.starts_at, owner.contactability.zone) < until
    ]
    body = texts.week_text(
        owner.person.language,
        first=answers.first_name(owner),
        booked=booked,
        zone=owner.contactability.zone,
    )
    answers.answer(context, TextKind.WEEK, body, owner=owner)
    return _done(owner, "Sent what is booked in the next 7 days")


def _progress(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """Counts and praise, nothing else: not of what, for whoever holds the phone may read it."""
    counts = {
        "n": min(current_streak(context.session, owner.person.id), MOST_COUNTED),
        "m": min(count_good_news(context.session, owner.person.id), MOST_COUNTED),
        "k": min(count_reached(context.session, owner.person.id), MOST_COUNTED),
    }
    shown = {name: count for name, count in counts.items() if count}
    kind = _PROGRESS[tuple(shown)]
    body = texts.render(kind, owner.person.language, first=answers.first_name(owner), **shown)
    answers.answer(context, kind, body, owner=owner)
    return _done(owner, "Sent how it is going, in numbers")


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


def _about_one(context: ReplyContext, owner: PhoneOwner, asks: Asks) -> Handled | None:
    """The answer about the one appointment that is certainly meant, if the text can say what was
    asked.
    """
    meant = _meant(context, owner)
    if meant is None:
        return None
    booked = details_for_text(meant)
    if not _can_say(asks, booked):
        return None
    body = texts.appointment_text(
        TextKind.ONE_BOOKED,
        owner.person.language,
        first=answers.first_name(owner),
        about=booked,
        zone=owner.contactability.zone,
    )
    answers.answer(context, TextKind.ONE_BOOKED, body, owner=owner, about=meant)
    return Handled(
        f"Answered from the record: {_ASKED[asks]}",
        person_id=owner.person.id,
        appointment_id=meant.id,
        intent=Intent.QUESTION,
    )


def _can_say(asks: Asks, booked: AppointmentDetails) -> bool:
    match asks:
        case Asks.WHERE:
            return (
                booked.way is not MeetingWay.IN_PERSON
                or texts.place_for_text(booked.place) is not None
            )
        case Asks.WHO:
            return bool(texts.shorten_worker(booked.worker))
        case _:
            return asks is Asks.WHEN


def _meant(context: ReplyContext, owner: PhoneOwner) -> Appointment | None:
    """The only one that is ahead or going on, or else the only one that our last text asked about;
    a day that was named must fit.
    """
    person, now = owner.person.id, context.now
    coming = _going_on(context, owner) + appointment_match.ahead(
        context.session, person, now, _AHEAD_SEEN
    )
    if context.interpretation.day is not None:
        coming = appointment_match.on_day(
            coming, context.interpretation.day, context.received_at, owner.contactability.zone
        )
    if len(coming) == 1:
        return coming[0]
    if not coming or context.prompt not in _ASKED_ABOUT:
        return None
    asked = appointment_match.asked_about(
        context.session, person, context.number, context.received_at
    )
    newest = max((one.asked_at for one in asked), default=None)
    last = [one.appointment for one in asked if one.asked_at == newest]
    return last[0] if len(last) == 1 and last[0] in coming else None


def _going_on(context: ReplyContext, owner: PhoneOwner) -> list[Appointment]:
    near = appointment_match.of_now(context.session, owner.person.id, context.now, IntentKind.LATE)
    return [one for one in near if one.starts_at <= context.now]


def _done(owner: PhoneOwner, words: str) -> Handled:
    return Handled(words, person_id=owner.person.id, intent=Intent.QUESTION)


HANDLES = {Intent.QUESTION: MeaningHandler(question)}
