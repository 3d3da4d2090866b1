"""Asks once before a text that may mean it ends our texts or takes a number off the list.

Only a plain answer to the question does either. Without one a worker reads the text, and texts go
on as before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from engage import texts
from engage.conversation import answers, open_questions
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import number_check, retraction, stop
from engage.conversation.model import Question, QuestionKind
from engage.conversation.outcomes import FOR_WORKER
from engage.conversation.phone_owner import PhoneOwner
from engage.texts import TextKind
from engage.understanding.choices import read_check
from engage.understanding.vocabulary import Intent

ANSWER_WITHIN = timedelta(hours=12)


@dataclass(frozen=True)
class _EndingQuestion:
    """A question before something that only the person can decide.

    `on_yes` and `on_no` do what the answer says. None: nothing, and texts go on.
    """

    kind: QuestionKind
    text: TextKind
    asked: str
    on_yes: Callable[[ReplyContext, PhoneOwner], Handled]
    on_no: Callable[[ReplyContext, PhoneOwner], Handled]


def _stop(context: ReplyContext, owner: PhoneOwner) -> Handled:
    return stop.stop_texts(context, [owner])


def _take_off(context: ReplyContext, owner: PhoneOwner) -> Handled:
    return stop.mark_wrong_number(context, [owner])


def _keep(context: ReplyContext, owner: PhoneOwner) -> Handled:
    answers.send_neutral(context, TextKind.KEEP_TEXTS, owner.person.language, owner=owner)
    return Handled(
        f"Answered that texts may go on; {FOR_WORKER}",
        needs_human=True,
        person_id=owner.person.id,
        intent=Intent.OTHER,
    )


_QUESTIONS = {
    Intent.OPT_OUT: _EndingQuestion(
        QuestionKind.END_TEXTS,
        TextKind.ASK_END_TEXTS,
        "Asked whether all texts shall stop",
        on_yes=_stop,
        on_no=_keep,
    ),
    Intent.WRONG_NUMBER: _EndingQuestion(
        QuestionKind.WRONG_NUMBER,
        TextKind.ASK_WHOSE,
        "Asked whether the phone is theirs",
        on_yes=_keep,
        on_no=_take_off,
    ),
}


def ask(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Ask about a text that may end our texts. None for any other text.

    A denial that answers the check of a new number needs no second question.
    """
    interpretation = context.interpretation
    found = _QUESTIONS.get(interpretation.intent)
    if found is None or not interpretation.asks_back or retraction.explicit(context, owner):
        return None
    if interpretation.intent is Intent.WRONG_NUMBER and number_check.pending(
        context.session, [owner]
    ):
        return stop.mark_wrong_number(context, [owner])
    language = owner.person.language
    blanks = {"first": answers.first_name(owner)} if found.text is TextKind.ASK_WHOSE else {}
    body = texts.render(found.text, language, **blanks)
    if not context.quiet and answers.send(context, found.text, body, owner=owner):
        open_questions.ask(
            context.session,
            found.kind,
            context.number,
            owner.person.id,
            options={"reading": str(context.record_id)},
            now=context.now,
            expires_at=context.now + ANSWER_WITHIN,
        )
        words = f"{found.asked}; {FOR_WORKER}"
    else:
        words = f"May mean to end texts; {FOR_WORKER}"
    return Handled(words, needs_human=True, person_id=owner.person.id, acted=False)


def answer(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Do what a plain answer to the latest of these questions says. None for any other text."""
    question = _latest(context, owner)
    if question is None:
        return None
    says_yes = read_check(context.body)
    if says_yes is None:
        return None
    open_questions.close(question, now=context.now, inbound_id=context.inbound.id)
    found = next(one for one in _QUESTIONS.values() if one.kind is question.kind)
    return found.on_yes(context, owner) if says_yes else found.on_no(context, owner)


def _latest(context: ReplyContext, owner: PhoneOwner) -> Question | None:
    """The latest question to the number, if it is one of these and about this person."""
    asked = open_questions.open_for(context.session, context.number, context.received_at)
    kinds = {one.kind for one in _QUESTIONS.values()}
    latest = asked[-1] if asked else None
    if latest is None or latest.kind not in kinds or latest.person_id != owner.person.id:
        return None
    return latest
