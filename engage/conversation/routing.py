"""What a text from one person's phone sets off: the steps that it passes until one handles it.

The order of the steps is the specification. Engage acts on a text only where rule 1 lets the person
be texted. A number that is suspended, stopped or unconfirmed, and a person in custody or whose case
is closed, get no content: a worker reads what came, and nothing is silently reopened.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from engage.appointments.kinds import IntentKind
from engage.conversation import (
    answers,
    appointment_match,
    bursts,
    handlers,
    open_questions,
    takeover,
)
from engage.conversation.context import Handled, PendingQuestion, ReplyContext
from engage.conversation.handlers import (
    absences,
    attendance,
    check_ins,
    late_answers,
    number_check,
    progress,
    rebooking,
    record_answers,
    requests,
    retraction,
    stop,
)
from engage.conversation.model import QuestionKind
from engage.conversation.phone_owner import AnswerScope, PhoneOwner
from engage.conversation.steps import Result, Steps, handles, learns, run
from engage.texts import TextKind
from engage.understanding.choices import says_yes_to_all
from engage.understanding.vocabulary import Intent, Prompt

_PENDING: tuple[Callable[[Session, PhoneOwner, str, datetime], PendingQuestion | None], ...] = (
    absences.pending,
    check_ins.pending,
    rebooking.pending,
)
"""Each gives its own question that waited for the person at a number when a text came."""

_SILENT = {
    "stopped": "The number asked for no more texts, so no answer went",
    "number_suspended": "The number is suspended, so no answer went",
    "contact_closed": "The case is closed, so no answer went",
    "contact_suspended": "Contact is suspended, so no answer went",
}


def prompt_for(session: Session, owner: PhoneOwner, number: str, received_at: datetime) -> Prompt:
    """What the person was last asked that still waits for an answer. The number check comes first.

    "Which one?" is no prompt of its own: a text that picks none of the choices is a new answer to
    the texts about those appointments.
    """
    if number_check.pending(session, [owner]):
        return Prompt.NUMBER_CHECK
    asked = appointment_match.asked_about(session, owner.person.id, number, received_at)
    latest = max((one.asked_at for one in asked), default=None)
    pending = [one for source in _PENDING if (one := source(session, owner, number, received_at))]
    newest = max(pending, key=lambda one: (not one.settled, one.at), default=None)
    superseded = newest is not None and newest.settled and any(one.waits for one in asked)
    if newest is not None and not superseded and (latest is None or newest.at > latest):
        return newest.prompt
    return _appointment_prompt(session, owner, number, received_at, asked)


def _appointment_prompt(
    session: Session,
    owner: PhoneOwner,
    number: str,
    received_at: datetime,
    asked: Sequence[appointment_match.AskedAppointment],
) -> Prompt:
    """What was last asked about appointments to come."""
    near = not asked and bool(
        appointment_match.of_now(session, owner.person.id, received_at, IntentKind.LATE)
    )
    since = appointment_match.told_since(session, owner.person.id, number, asked, received_at)
    return appointment_match.prompt(asked, near, since)


def route(context: ReplyContext, owner: PhoneOwner) -> tuple[ReplyContext, Handled]:
    """Do what the text asks for, as this person's: the context in the end, and the outcome."""
    return run(STEPS, context, owner)


def _end_texts(context: ReplyContext, owner: PhoneOwner) -> Result:
    """A wish for no more texts. "Wrong one, 2 not 1" is about an earlier text, not the number,
    unless what it says instead ends texts.
    """
    said = retraction.plain(context, owner)
    if said is None:
        return context, stop.on_request(context, [owner])
    instead = retraction.ends_texts_instead(said, owner)
    if instead is None:
        return context, None
    context = replace(context, interpretation=instead)
    return context, stop.on_request(context, [owner])


def _number_check(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    if owner not in number_check.pending(context.session, [owner]):
        return None
    return number_check.answered(context, owner)


def _silent(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    if owner.scope is not AnswerScope.SILENT:
        return None
    codes = [reason.code for reason in owner.contactability.verdict.reasons]
    why = next(
        (words for code, words in _SILENT.items() if code in codes),
        "Texts to them are off, so no answer went",
    )
    return Handled(
        f"{why}: for a worker to read", needs_human=True, person_id=owner.person.id, acted=False
    )


def _neutral(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    if owner.scope is not AnswerScope.NEUTRAL:
        return None
    if context.interpretation.acts and context.interpretation.intent is Intent.HELP:
        return requests.explain(context, owner)
    return attendance.unsure(context, owner, "The number is not confirmed as theirs and safe")


def _no_words(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """A picture or a voice note cannot be read; a text without anything needs no answer."""
    if context.body.strip():
        return None
    words = "A text without words"
    if context.inbound.num_media:
        answers.personal(context, TextKind.PICTURE, owner)
        words = "A picture or voice note: asked for words"
    return Handled(words, needs_human=True, person_id=owner.person.id, acted=False)


def _end_texts_instead(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    return None if context.remainder is None else stop.on_request(context, [owner])


def _which_one(context: ReplyContext, owner: PhoneOwner) -> Result:
    """An answer to "which one?"."""
    for question in open_questions.open_for(
        context.session, context.number, context.received_at, QuestionKind.WHICH
    ):
        if question.person_id != owner.person.id:
            continue
        choose = rebooking.of_which if "wish" in question.options else attendance.chosen
        context, handled = choose(context, owner, question)
        if handled is not None:
            return context, handled
    return context, None


def _read_again(context: ReplyContext, owner: PhoneOwner) -> ReplyContext:
    """What makes no sense as an answer to the last question may answer a check-in, or a text about
    an appointment, that was sent before it.
    """
    if context.interpretation.acts or context.interpretation.sure:
        return context
    other = Prompt.NONE
    if context.prompt is Prompt.CHECKIN:
        asked = appointment_match.asked_about(
            context.session, owner.person.id, context.number, context.received_at
        )
        other = _appointment_prompt(
            context.session, owner, context.number, context.received_at, asked
        )
    return check_ins.read_again(context, owner, other)


def _by_meaning(context: ReplyContext, owner: PhoneOwner) -> Result:
    """Act on the strongest meaning, and record what stands beside it."""
    context, kept = check_ins.beside(context, owner)
    context, handled = run(MEANING_STEPS, context, owner)
    handled = progress.beside(context, owner, handled)
    return context, check_ins.and_beside(context, owner, handled, kept)


def _yes_to_all(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    if context.prompt not in (Prompt.APPOINTMENT, Prompt.ANSWERED):
        return None
    if not says_yes_to_all(context.body):
        return None
    return attendance.said(context, owner, IntentKind.WILL_ATTEND)


def _unclear(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    if context.interpretation.acts:
        return None
    return attendance.unsure(context, owner, attendance.UNCLEAR)


def _about_absence(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    if not absences.answers_late(context, owner):
        return None
    return absences.explained(context, owner)


def _was_there(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    if context.interpretation.intent is not Intent.ARRIVED:
        return None
    return absences.came(context, owner)


def _handler(context: ReplyContext, owner: PhoneOwner) -> Handled:
    found = handlers.by_meaning().get(context.interpretation.intent)
    if found is None:
        return attendance.unsure(context, owner, "Needs a human")
    return found.handle(context, owner)


STEPS: Steps[PhoneOwner] = (
    ("ends texts", _end_texts),
    ("is for the worker who has the conversation", handles(takeover.leave_to_worker)),
    ("answers the number check", handles(_number_check)),
    ("may not be answered", handles(_silent)),
    ("may only be answered without content", handles(_neutral)),
    ("has no words", handles(_no_words)),
    ("answers the offer of a call", handles(check_ins.about_call)),
    ("is a keyword", handles(record_answers.by_keyword)),
    ("takes back an earlier text", retraction.take_back),
    ("ends texts in place of an earlier text", handles(_end_texts_instead)),
    ("answers which appointment", _which_one),
    ("answers an offer of other times", handles(rebooking.answered)),
    ("continues the texts just before it", handles(bursts.follow)),
    ("answers an earlier question", learns(_read_again)),
    ("has a meaning", _by_meaning),
)
"""What becomes of a text from a phone that one person has, the first that fits."""

MEANING_STEPS: Steps[PhoneOwner] = (
    ("says yes to all", handles(_yes_to_all)),
    ("is unclear", handles(_unclear)),
    ("explains an absence", handles(_about_absence)),
    ("answers after the appointment began", handles(late_answers.answered)),
    ("claims to have been there", handles(_was_there)),
    ("goes to the handler of its meaning", handles(_handler)),
)
"""What becomes of the strongest meaning of a text, the first that fits."""
