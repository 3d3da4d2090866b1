"""Answers "who is this?": who writes, in the words that the hub chose, and a number to ring.

A question never ends texts. The answer names nobody who gets texts, so any reader of the phone may
have it.
"""

from engage import texts
from engage.agencies.model import Hub
from engage.conversation import answers
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.outcomes import FOR_WORKER
from engage.conversation.phone_owner import PhoneOwner
from engage.people.introduction import sender_of
from engage.texts import TextKind, TextValueError
from engage.understanding.vocabulary import Intent, QuestionTopic


def answer(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Say who writes. None for any other text, or if the hub has no number that a text can show."""
    interpretation = context.interpretation
    if not interpretation.acts or interpretation.topic is not QuestionTopic.WHO_WRITES:
        return None
    hub = context.session.get_one(Hub, owner.person.hub_id)
    try:
        body = texts.render(
            TextKind.WHO_WRITES,
            owner.person.language,
            sender=sender_of(owner.contactability.hub, owner.person.language)
            or answers.manager_name(owner),
            phone=hub.phone,
        )
    except TextValueError:
        return None
    if not answers.send(context, TextKind.WHO_WRITES, body, owner=owner):
        answers.send_personal(context, TextKind.QUESTION_PASSED, owner)
        return Handled(
            f"Asks again who writes; {FOR_WORKER}",
            needs_human=True,
            person_id=owner.person.id,
            acted=False,
        )
    return Handled("Told who writes", person_id=owner.person.id, intent=Intent.QUESTION)
