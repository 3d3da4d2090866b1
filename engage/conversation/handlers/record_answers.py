"""Answers to keywords and questions.

A keyword asks for something in the record (keywords.py); a question in the person's own words asks
about one topic or several, and engage/conversation/questions has what answers each. The first topic
with a certain answer is answered. What is left goes to a worker with its reason, and the person is
told so.
"""

from collections.abc import Sequence
from dataclasses import replace

from engage import texts
from engage.conversation import answers
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import MeaningHandler, attendance, requests
from engage.conversation.outcomes import FOR_WORKER
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.questions.found import TopicAnswer
from engage.conversation.questions.topics import ANSWERERS
from engage.texts import TextKind
from engage.understanding.keywords import Keyword, keyword
from engage.understanding.vocabulary import Intent, Interpretation, Prompt, QuestionTopic

_KEYWORDS = {
    Keyword.NEXT: QuestionTopic.NEXT,
    Keyword.WEEK: QuestionTopic.WEEK,
    Keyword.PROGRESS: QuestionTopic.PROGRESS,
    Keyword.WHO_SEES: QuestionTopic.WHO_SEES,
}


def answer_keyword(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Answer a text that is a keyword. After "how are things?", HELP answers the check-in."""
    found = keyword(context.body)
    if found is None or (found is Keyword.HELP and context.prompt is Prompt.CHECKIN):
        return None
    if found is Keyword.HELP:
        return requests.explain_texts(context, owner)
    return _answer(context, owner, (_KEYWORDS[found],), asks_more=False)


def answer_question(context: ReplyContext, owner: PhoneOwner) -> Handled:
    """Answer a question if there is a certain answer, and leave the rest to a worker."""
    side = attendance.record_beside(context, owner)
    interpretation = context.interpretation
    handled = _answer(context, owner, _topics(interpretation), asks_more=interpretation.asks_more)
    return attendance.with_side_answer(handled, side)


def note_question_beside(context: ReplyContext, handled: Handled) -> Handled:
    """An outcome that leaves a question beside a stronger meaning to a worker."""
    topics = _topics(context.interpretation)
    if context.interpretation.intent is Intent.QUESTION or not topics or handled.needs_human:
        return handled
    labels = ", ".join(topic.label for topic in topics)
    return replace(handled.with_words(f"also asks about {labels}; {FOR_WORKER}"), needs_human=True)


def _answer(
    context: ReplyContext,
    owner: PhoneOwner,
    topics: Sequence[QuestionTopic],
    *,
    asks_more: bool,
) -> Handled:
    reasons: list[str] = []
    for topic in topics:
        found = ANSWERERS[topic](context, owner, topic)
        if isinstance(found, TopicAnswer):
            others = [other for other in topics if other is not topic]
            return _send(context, owner, found, others, asks_more=asks_more)
        reasons.append(found.why)
    return _pass_on(context, owner, topics, reasons)


def _send(
    context: ReplyContext,
    owner: PhoneOwner,
    answer: TopicAnswer,
    others: Sequence[QuestionTopic],
    *,
    asks_more: bool,
) -> Handled:
    """Send an answer; with it the promise that a worker answers the rest, if there is any."""
    left = [*([answer.left] if answer.left else []), *(topic.label for topic in others)]
    if asks_more:
        left.append("something more")
    body = answer.body
    if left and not answer.left:
        body = texts.with_rest(body, owner.person.language, answers.manager_name(owner))
    answers.send(context, answer.kind, body, owner=owner, about=answer.about)
    handled = Handled(
        answer.words,
        needs_human=bool(left),
        person_id=owner.person.id,
        appointment_id=answer.about.id if answer.about else None,
        intent=Intent.QUESTION,
    )
    return handled.with_words(f"asks about {', '.join(left)}; {FOR_WORKER}" if left else "")


def _pass_on(
    context: ReplyContext,
    owner: PhoneOwner,
    topics: Sequence[QuestionTopic],
    reasons: Sequence[str],
) -> Handled:
    """Leave a question to a worker and say so, not twice running in the same words. The thread
    says what it is about, and why the first topic has no answer.
    """
    was_last = answers.last_kind(context) is TextKind.QUESTION_PASSED
    kind = TextKind.QUESTION_PASSED_AGAIN if was_last else TextKind.QUESTION_PASSED
    answers.send_personal(context, kind, owner)
    labels = [topic.label for topic in topics]
    about = f" about {', '.join(labels)} ({reasons[0]})" if labels else ""
    return Handled(
        f"A question{about}; {FOR_WORKER}",
        needs_human=True,
        person_id=owner.person.id,
        acted=False,
    )


def _topics(interpretation: Interpretation) -> tuple[QuestionTopic, ...]:
    return (interpretation.topic, *interpretation.other_topics) if interpretation.topic else ()


HANDLES = {Intent.QUESTION: MeaningHandler(answer_question)}
