"""Texts that the person did not write: the reaction of a phone, our own words quoted, and the
texts of a relative or a worker.

Nothing in them is recorded as said by the person. A like on an open question may be meant as a yes,
so the person is asked. What a relative says goes to the offender manager as theirs.
"""

from collections.abc import Sequence

from engage import texts
from engage.appointments.kinds import IntentKind
from engage.appointments.reminders.wording import details_for_text
from engage.conversation import answers, appointment_match
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.outcomes import FOR_WORKER
from engage.conversation.phone_owner import PhoneOwner
from engage.people.rules import AnswerScope
from engage.texts import TextKind
from engage.understanding.vocabulary import Intent, Prompt, Reaction, Speaker

_WRITERS = {
    Speaker.RELATIVE: "a relative or friend",
    Speaker.WORKER: "somebody who works with them",
    Speaker.STRANGER: "somebody else",
}
_QUESTIONS = frozenset(Prompt) - {Prompt.NONE, Prompt.ANSWERED, Prompt.SPOKEN}
_ABOUT_ATTENDING = frozenset({Prompt.APPOINTMENT, Prompt.TODAY})


def take_no_words(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled | None:
    """Handle a text in which the writer says nothing: a reaction, or words of ours."""
    interpretation = context.interpretation
    if interpretation.speaker not in (Speaker.REACTION, Speaker.QUOTE):
        return None
    owner = owners[0] if len(owners) == 1 else None
    person_id = owner.person.id if owner else None
    if interpretation.speaker is Speaker.QUOTE:
        return Handled(
            f"Our own words, quoted; {FOR_WORKER}",
            needs_human=True,
            person_id=person_id,
            intent=Intent.OTHER,
            acted=False,
        )
    if owner and interpretation.asks_back and (handled := _ask_if_yes(context, owner)):
        return handled
    is_doubt = interpretation.reaction is Reaction.DISLIKES and context.prompt in _QUESTIONS
    return Handled(
        f"A reaction to a text of ours{f'; {FOR_WORKER}' if is_doubt else ': nothing to do'}",
        needs_human=is_doubt,
        person_id=person_id,
        intent=Intent.OTHER,
        acted=not is_doubt,
    )


def _ask_if_yes(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Ask whether a like means that they will come, if one appointment awaits an answer."""
    if context.prompt not in _ABOUT_ATTENDING or owner.scope is not AnswerScope.OPEN:
        return None
    found = appointment_match.candidates(
        context.session,
        owner.person.id,
        context.number,
        context.received_at,
        IntentKind.WILL_ATTEND,
    )
    if len(found) != 1:
        return None
    body = texts.appointment_text(
        TextKind.LIKE_ASKED,
        owner.person.language,
        first=answers.first_name(owner),
        about=details_for_text(found[0]),
        zone=owner.contactability.zone,
    )
    if not answers.send(context, TextKind.LIKE_ASKED, body, owner=owner, about=found[0]):
        return None
    return Handled(
        "A reaction to a text of ours: asked whether it means yes",
        person_id=owner.person.id,
        appointment_id=found[0].id,
        intent=Intent.OTHER,
    )


def leave_as_theirs(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Thank somebody who writes for the person, and leave their words to the offender manager."""
    speaker = context.interpretation.speaker
    if not speaker.is_another_person:
        return None
    answers.send_neutral(context, TextKind.FROM_OTHER, owner.person.language, owner=owner)
    return Handled(
        f"Written by {_WRITERS[speaker]}, so not recorded as said by the person; ask them whether"
        f" the number is still theirs; {FOR_WORKER}",
        needs_human=True,
        person_id=owner.person.id,
        acted=False,
    )
