"""What happens to a text from a phone that one person has: the steps that it passes until one
handles it.

The order of the steps is the specification. Engage acts on a text only if rule 1 lets it text the
person. A number that is suspended, stopped or unconfirmed, and a person who is in custody or whose
case is closed, get no content: a worker reads the text, and nothing is reopened silently.
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
from engage.conversation.attending import close_readings, reasons, undecided
from engage.conversation.context import Handled, PendingQuestion, ReplyContext
from engage.conversation.handlers import (
    absences,
    attendance,
    check_in_values,
    check_ins,
    late_answers,
    number_check,
    open_check_ins,
    progress,
    rebooking,
    rebooking_choices,
    record_answers,
    requests,
    retraction,
    stop,
)
from engage.conversation.model import QuestionKind
from engage.conversation.outcomes import FOR_WORKER, UNCLEAR, leave_to_worker
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.steps import Result, Steps, handles, learns, run
from engage.conversation.writers import ending, other_writers, who_writes
from engage.people.rules import AnswerScope
from engage.texts import TextKind
from engage.understanding import wishes
from engage.understanding.choices import says_yes_to_all
from engage.understanding.language.normalise import normalise
from engage.understanding.vocabulary import Intent, Prompt

_PENDING: tuple[Callable[[Session, PhoneOwner, str, datetime], PendingQuestion | None], ...] = (
    absences.pending,
    open_check_ins.pending,
    rebooking.pending,
)
"""Each gives its own question that awaited an answer from the person when a text came."""

_SILENT_REASONS = {
    "stopped": "the number has opted out",
    "number_suspended": "the number is suspended",
    "contact_closed": "the case is closed",
    "contact_suspended": "contact is suspended",
}


def prompt_for(session: Session, owner: PhoneOwner, number: str, received_at: datetime) -> Prompt:
    """The last question to the person that still awaits an answer. The number check comes first.

    "Which one?" is not a prompt here: a text that picks none of its choices is a new answer to the
    reminders of those appointments.
    """
    if number_check.pending(session, [owner]):
        return Prompt.NUMBER_CHECK
    asked = appointment_match.asked_about(session, owner.person.id, number, received_at)
    latest = max((one.asked_at for one in asked), default=None)
    pending = [
        question for source in _PENDING if (question := source(session, owner, number, received_at))
    ]
    newest = max(pending, key=lambda one: (not one.settled, one.at), default=None)
    if newest is not None and (latest is None or newest.at > latest):
        is_superseded = newest.settled and any(one.awaits_answer for one in asked)
        if not is_superseded:
            return newest.prompt
    return _appointment_prompt(session, owner, number, received_at, asked)


def _appointment_prompt(
    session: Session,
    owner: PhoneOwner,
    number: str,
    received_at: datetime,
    asked: Sequence[appointment_match.AskedAppointment],
) -> Prompt:
    """The last question about coming appointments."""
    has_current = not asked and bool(
        appointment_match.current(session, owner.person.id, received_at, IntentKind.LATE)
    )
    since = appointment_match.prompt_of_later_text(
        session, owner.person.id, number, asked, received_at
    )
    return appointment_match.appointment_prompt(asked, has_current=has_current, since=since)


def route(context: ReplyContext, owner: PhoneOwner) -> tuple[ReplyContext, Handled]:
    """Handle a text as this person's. Returns the final context and the outcome."""
    return run(STEPS, context, owner)


def _end_texts(context: ReplyContext, owner: PhoneOwner) -> Result:
    """Handle a request for no more texts. "Wrong one, 2 not 1" is about an earlier text and not
    about the number, unless its replacement ends texts.
    """
    found = retraction.explicit(context, owner)
    if found is None:
        return context, stop.handle_request(context, [owner])
    replacement = retraction.ending_texts(found, owner)
    if replacement is None:
        return context, None
    context = replace(context, interpretation=replacement)
    return context, stop.handle_request(context, [owner])


def _number_check(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    if owner not in number_check.pending(context.session, [owner]):
        return None
    return number_check.handle_answer(context, owner)


def _silent(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    if owner.scope is not AnswerScope.SILENT:
        return None
    if context.interpretation.surely(Intent.CALL_ME):
        return replace(requests.request_call(context, owner), needs_human=True)
    codes = [reason.code for reason in owner.contactability.verdict.reasons]
    why = next(
        (words for code, words in _SILENT_REASONS.items() if code in codes),
        "texts to them are off",
    )
    return Handled(
        f"No answer sent: {why}; {FOR_WORKER}",
        needs_human=True,
        person_id=owner.person.id,
        acted=False,
    )


def _neutral(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    if owner.scope is not AnswerScope.NEUTRAL:
        return None
    if context.interpretation.acts and context.interpretation.intent is Intent.HELP:
        return requests.explain_texts(context, owner)
    return leave_to_worker(context, owner, "The number is not verified as theirs and safe")


def _no_words(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Ask for words instead of a picture or a voice note. An empty text needs no answer."""
    if context.body.strip():
        return None
    words = "A text without words"
    if context.inbound.num_media:
        answers.send_personal(context, TextKind.PICTURE, owner)
        words = "A picture or voice note; asked for words"
    return Handled(words, needs_human=True, person_id=owner.person.id, acted=False)


def _end_texts_instead(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    return None if context.remainder is None else stop.handle_request(context, [owner])


def _which_one(context: ReplyContext, owner: PhoneOwner) -> Result:
    """Handle an answer to "which one?"."""
    for question in open_questions.open_for(
        context.session, context.number, context.received_at, QuestionKind.WHICH
    ):
        if question.person_id != owner.person.id:
            continue
        is_rebooking = "wish" in question.options
        handle = rebooking.handle_chosen_appointment if is_rebooking else attendance.record_chosen
        context, handled = handle(context, owner, question)
        if handled is not None:
            return context, handled
    return context, None


def _reinterpret(context: ReplyContext, owner: PhoneOwner) -> ReplyContext:
    """Interpret a text that does not answer the last question as an answer to an earlier one: a
    check-in, or a reminder.
    """
    if context.interpretation.acts or context.interpretation.sure:
        return context
    earlier = Prompt.NONE
    if context.prompt is Prompt.CHECKIN:
        asked = appointment_match.asked_about(
            context.session, owner.person.id, context.number, context.received_at
        )
        earlier = _appointment_prompt(
            context.session, owner, context.number, context.received_at, asked
        )
    return check_in_values.reinterpret(context, owner, earlier)


def _by_meaning(context: ReplyContext, owner: PhoneOwner) -> Result:
    """Act on the strongest meaning, and record the weaker ones beside it."""
    context, check_in_words = check_ins.record_beside(context, owner)
    context, handled = run(MEANING_STEPS, context, owner)
    handled = record_answers.note_question_beside(context, handled)
    handled = handled.with_words(progress.record_beside(context, owner))
    check_ins.accept_call_offer(context, owner, handled, is_answered=bool(check_in_words))
    return context, handled.with_words(check_in_words)


def _yes_to_all(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    if context.prompt not in (Prompt.APPOINTMENT, Prompt.ANSWERED):
        return None
    if not says_yes_to_all(context.body):
        return None
    return attendance.record_or_ask(context, owner, IntentKind.WILL_ATTEND)


def _unclear(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    if context.interpretation.acts:
        return None
    line = normalise(context.body).line
    named = f" (names: {wishes.words(line)})" if wishes.names_time(line) else ""
    return leave_to_worker(context, owner, f"{UNCLEAR}{named}")


def _about_absence(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    if not absences.is_about_past_appointment(context, owner):
        return None
    return absences.record_reason(context, owner)


def _claims_attendance(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    if context.interpretation.intent is not Intent.ARRIVED:
        return None
    return absences.record_claim(context, owner)


def _handle_meaning(context: ReplyContext, owner: PhoneOwner) -> Handled:
    handler = handlers.by_meaning().get(context.interpretation.intent)
    if handler is None:
        return leave_to_worker(context, owner, "Nothing that Engage can do")
    return handler.handle(context, owner)


STEPS: Steps[PhoneOwner] = (
    ("answers whether texts shall end", handles(ending.answer)),
    ("ends texts", _end_texts),
    ("is for the worker who has the conversation", handles(takeover.leave_to_worker)),
    ("answers the number check", handles(_number_check)),
    ("may not be answered", handles(_silent)),
    ("may mean to end texts", handles(ending.ask)),
    ("asks who writes", handles(who_writes.answer)),
    ("is written by somebody else", handles(other_writers.leave_as_theirs)),
    ("may only be answered without content", handles(_neutral)),
    ("has no words", handles(_no_words)),
    ("answers the offer of a call", handles(check_ins.answer_call_offer)),
    ("is a keyword", handles(record_answers.answer_keyword)),
    ("takes back an earlier text", retraction.take_back),
    ("ends texts in place of an earlier text", handles(_end_texts_instead)),
    ("answers which appointment", _which_one),
    ("answers an offer of other times", handles(rebooking_choices.handle_answer)),
    ("continues the texts just before it", handles(bursts.reconcile)),
    ("answers an earlier question", learns(_reinterpret)),
    ("has a meaning", _by_meaning),
)
"""The steps for a text from a phone that one person has."""

MEANING_STEPS: Steps[PhoneOwner] = (
    ("says yes to all", handles(_yes_to_all)),
    ("is not decided yet", handles(undecided.handle)),
    ("gives the reason for a no", handles(reasons.add_to_refusal)),
    ("wishes for another time", handles(rebooking.pass_on_wish)),
    ("may be a yes or a no", handles(close_readings.ask)),
    ("is unclear", handles(_unclear)),
    ("explains an absence", handles(_about_absence)),
    ("answers after the appointment began", handles(late_answers.handle)),
    ("claims to have been there", handles(_claims_attendance)),
    ("goes to the handler of its meaning", handles(_handle_meaning)),
)
"""The steps for the strongest meaning of a text."""
