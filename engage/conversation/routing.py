"""What follows from a text once it is known whose it is: each meaning has its handler, and a human
has everything else.

A text is acted on only where rule 1 lets the person be texted. To a number that is suspended,
stopped or not confirmed, or a person in custody or whose case is closed, nothing is said about
anything, and a human reads what came (nothing is silently reopened).
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from engage.appointments.kinds import IntentKind
from engage.conversation import (
    answers,
    appointment_match,
    bursts,
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
from engage.texts import TextKind
from engage.understanding.choices import says_yes_to_all
from engage.understanding.vocabulary import Intent, Prompt

_OPENED: tuple[Callable[[Session, PhoneOwner, str, datetime], PendingQuestion | None], ...] = (
    absences.opened,
    check_ins.opened,
    rebooking.opened,
)
"""Who may have asked something: each gives what of its own is open for a person at a number, at the
time that the reply was heard.
"""

_SILENT = {
    "stopped": "The number asked for no more texts, so no answer went",
    "number_suspended": "The number is suspended, so no answer went",
    "contact_closed": "The case is closed, so no answer went",
    "contact_suspended": "Contact is suspended, so no answer went",
}


def prompt_for(session: Session, holder: PhoneOwner, number: str, heard_at: datetime) -> Prompt:
    """What the person was last asked, as far as it waits for an answer: the check of the number
    before appointments.

    "Which one?" is no prompt of its own: what is no choice among those offered is a new answer to
    the texts about them.
    """
    if number_check.pending(session, [holder]):
        return Prompt.NUMBER_CHECK
    asked = appointment_match.asked_about(session, holder.person.id, number, heard_at)
    latest = max((one.asked_at for one in asked), default=None)
    opened = [one for source in _OPENED if (one := source(session, holder, number, heard_at))]
    newest = max(opened, key=lambda one: (not one.settled, one.at), default=None)
    after_all = newest is not None and newest.settled and any(one.waits for one in asked)
    if newest is not None and not after_all and (latest is None or newest.at > latest):
        return newest.prompt
    return _about_coming(session, holder, number, heard_at, asked)


def _about_coming(
    session: Session,
    holder: PhoneOwner,
    number: str,
    heard_at: datetime,
    asked: Sequence[appointment_match.AskedAppointment],
) -> Prompt:
    """What was last asked about appointments to come."""
    near = not asked and bool(
        appointment_match.of_now(session, holder.person.id, heard_at, IntentKind.LATE)
    )
    since = appointment_match.told_since(session, holder.person.id, number, asked, heard_at)
    return appointment_match.prompt(asked, near, since)


def hear(turn: ReplyContext, holder: PhoneOwner) -> Handled:
    """Do what the text asks for, as this person's, and say what was done."""
    if not retraction.plainly(turn, holder) and (ended := ends_texts(turn, [holder])):
        return ended
    if left := takeover.leave_to_worker(turn, holder):
        return left
    if holder in number_check.pending(turn.session, [holder]) and (
        done := number_check.answered(turn, holder)
    ):
        return done
    if holder.standing is AnswerScope.SILENT:
        return _silent(holder)
    if holder.standing is AnswerScope.NEUTRAL:
        return _neutral(turn, holder)
    if not turn.body.strip():
        return _no_words(turn, holder)
    if done := check_ins.about_call(turn, holder) or record_answers.by_keyword(turn, holder):
        return done
    if done := retraction.heed(turn, holder):
        return done
    if turn.words is not None and (ended := ends_texts(turn, [holder])):
        return ended
    for question in open_questions.open_for(
        turn.session, turn.number, turn.heard_at, QuestionKind.WHICH
    ):
        chosen = rebooking.of_which if "wish" in question.options else attendance.chosen
        if question.person_id == holder.person.id and (done := chosen(turn, holder, question)):
            return done
    if done := rebooking.answered(turn, holder) or bursts.follow(turn, holder):
        return done
    _listen_again(turn, holder)
    answered = check_ins.beside(turn, holder)
    done = progress.beside(turn, holder, _by_meaning(turn, holder))
    return check_ins.and_beside(turn, holder, done, answered)


def _listen_again(turn: ReplyContext, holder: PhoneOwner) -> None:
    """What makes no sense as an answer to what was asked last may be to a check-in or an
    appointment that was asked about before.
    """
    if turn.heard.acts or turn.heard.sure:
        return
    other = Prompt.NONE
    if turn.prompt is Prompt.CHECKIN:
        asked = appointment_match.asked_about(
            turn.session, holder.person.id, turn.number, turn.heard_at
        )
        other = _about_coming(turn.session, holder, turn.number, turn.heard_at, asked)
    check_ins.listen_again(turn, holder, other)


def ends_texts(turn: ReplyContext, held: list[PhoneOwner]) -> Handled | None:
    """Wishes that stop texts to the number, or let them go again, whoever of its people has them."""
    if not turn.heard.acts:
        return None
    if turn.heard.intent is Intent.OPT_OUT:
        return stop.stop(turn, held)
    if turn.heard.intent is Intent.WRONG_NUMBER:
        return stop.wrong_number(turn, held)
    return stop.wished_back(turn, held)


def _by_meaning(turn: ReplyContext, holder: PhoneOwner) -> Handled:
    intent = turn.heard.intent
    if turn.prompt in (Prompt.APPOINTMENT, Prompt.ANSWERED) and says_yes_to_all(turn.body):
        return attendance.said(turn, holder, IntentKind.WILL_ATTEND)
    if not turn.heard.acts:
        return attendance.unsure(turn, holder, attendance.UNCLEAR)
    if absences.answers_late(turn, holder):
        return absences.explained(turn, holder)
    if done := late_answers.answered(turn, holder):
        return done
    if intent is Intent.ARRIVED and (done := absences.came(turn, holder)):
        return done
    if intent in attendance.KINDS:
        return attendance.said(turn, holder, attendance.KINDS[intent])
    follow = _FOLLOWS.get(intent)
    return (
        attendance.unsure(turn, holder, "Needs a human") if follow is None else follow(turn, holder)
    )


def follow(turn: ReplyContext, holder: PhoneOwner) -> Handled:
    """What follows from the strongest meaning by itself, for a text of which a worker has said what
    it means.
    """
    handler = _FOLLOWS.get(turn.heard.intent)
    return (
        Handled("Nothing to do", person_id=holder.person.id)
        if handler is None
        else handler(turn, holder)
    )


def _thanked(turn: ReplyContext, holder: PhoneOwner) -> Handled:
    return Handled("Thanks: nothing to do", person_id=holder.person.id)


def _explain(turn: ReplyContext, holder: PhoneOwner) -> Handled:
    return requests.explain(turn, holder, holder.person.language)


_FOLLOWS: dict[Intent, Callable[[ReplyContext, PhoneOwner], Handled]] = {
    Intent.ABSENCE_REASON: absences.explained,
    Intent.CALL_ME: requests.call,
    Intent.CHECKIN_ANSWER: check_ins.answered,
    Intent.HELP: _explain,
    Intent.QUESTION: record_answers.question,
    Intent.RESCHEDULE: rebooking.wanted,
    Intent.THANKS: _thanked,
    **dict.fromkeys(progress.KINDS, progress.told),
}
"""What follows from a text that surely means this, besides what is said about an appointment
(replies.py).
"""


def _silent(holder: PhoneOwner) -> Handled:
    codes = [reason.code for reason in holder.reach.verdict.reasons]
    why = next(
        (words for code, words in _SILENT.items() if code in codes),
        "Texts to them are off, so no answer went",
    )
    return Handled(
        f"{why}: for a worker to read", needs_human=True, person_id=holder.person.id, acted=False
    )


def _neutral(turn: ReplyContext, holder: PhoneOwner) -> Handled:
    if turn.heard.acts and turn.heard.intent is Intent.HELP:
        return requests.explain(turn, holder, holder.person.language)
    return attendance.unsure(turn, holder, "The number is not confirmed as theirs and safe")


def _no_words(turn: ReplyContext, holder: PhoneOwner) -> Handled:
    """A picture or a voice note cannot be read by a machine here; a text without anything needs no
    answer.
    """
    if not turn.inbound.num_media:
        return Handled(
            "A text without words", needs_human=True, person_id=holder.person.id, acted=False
        )
    answers.personal(turn, TextKind.PICTURE, holder)
    return Handled(
        "A picture or voice note: asked for words",
        needs_human=True,
        person_id=holder.person.id,
        acted=False,
    )
