"""Answers from the record: what is booked next or this week, progress in numbers, who reads the
texts.
"""

from datetime import timedelta

from engage import texts
from engage.appointments.attendance_streak import current_streak
from engage.appointments.reminders.wording import details_for_text
from engage.cohort.milestones.award import count_reached
from engage.conversation import answers, appointment_match
from engage.conversation.context import ReplyContext
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.questions.found import TopicAnswer
from engage.core.local_time import local_day
from engage.progress.service import count_good_news
from engage.texts import TextKind
from engage.understanding.vocabulary import QuestionTopic

NEXT_SHOWN = 3
WEEK_DAYS = 7
WEEK_SHOWN = 12
MAX_COUNT = 999
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


def answer_next(context: ReplyContext, owner: PhoneOwner, _topic: QuestionTopic) -> TopicAnswer:
    """The next appointments."""
    coming = appointment_match.upcoming(context.session, owner.person.id, context.now, NEXT_SHOWN)
    body = texts.next_text(
        owner.person.language,
        first=answers.first_name(owner),
        booked=[details_for_text(one) for one in coming],
        zone=owner.contactability.zone,
    )
    return TopicAnswer(TextKind.NEXT, body, "Sent the next appointments")


def answer_week(context: ReplyContext, owner: PhoneOwner, _topic: QuestionTopic) -> TopicAnswer:
    """The appointments of today and the six days after it, on the hub's calendar."""
    hub_zone = owner.contactability.zone
    until = local_day(context.now, hub_zone) + timedelta(days=WEEK_DAYS)
    coming = [
        details_for_text(one)
        for one in appointment_match.upcoming(
            context.session, owner.person.id, context.now, WEEK_SHOWN
        )
        if local_day(one.starts_at, hub_zone) < until
    ]
    body = texts.week_text(
        owner.person.language, first=answers.first_name(owner), booked=coming, zone=hub_zone
    )
    return TopicAnswer(TextKind.WEEK, body, "Sent the appointments of the next 7 days")


def answer_progress(context: ReplyContext, owner: PhoneOwner, _topic: QuestionTopic) -> TopicAnswer:
    """Counts and praise only. They must not say what was counted: a stranger may read them."""
    counts = {
        "n": min(current_streak(context.session, owner.person.id), MAX_COUNT),
        "m": min(count_good_news(context.session, owner.person.id), MAX_COUNT),
        "k": min(count_reached(context.session, owner.person.id), MAX_COUNT),
    }
    shown = {name: count for name, count in counts.items() if count}
    kind = _PROGRESS[tuple(shown)]
    body = texts.render(kind, owner.person.language, first=answers.first_name(owner), **shown)
    return TopicAnswer(kind, body, "Sent their progress in numbers")


def answer_who_sees(
    _context: ReplyContext, owner: PhoneOwner, _topic: QuestionTopic
) -> TopicAnswer:
    """Who can read the texts."""
    body = texts.render(
        TextKind.WHO_SEES, owner.person.language, worker=answers.manager_name(owner)
    )
    return TopicAnswer(TextKind.WHO_SEES, body, "Sent who can read the texts")
