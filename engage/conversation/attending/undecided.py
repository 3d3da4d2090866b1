"""The person does not know yet whether they can come. That is never a no: they are told by when to
say, and a worker sees that they are not sure.
"""

from datetime import timedelta

from engage import texts
from engage.appointments.kinds import IntentKind
from engage.conversation import answers, appointment_match
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.outcomes import FOR_WORKER
from engage.conversation.phone_owner import PhoneOwner
from engage.core.local_time import local_day
from engage.texts import TextKind
from engage.understanding.vocabulary import Prompt

_PROMPTS = frozenset({Prompt.APPOINTMENT, Prompt.TODAY, Prompt.ANSWERED, Prompt.SPOKEN})


def handle(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Give them time. None unless they say that they do not know, after a reminder."""
    if not context.interpretation.undecided or context.prompt not in _PROMPTS:
        return None
    found = appointment_match.candidates(
        context.session,
        owner.person.id,
        context.number,
        context.received_at,
        IntentKind.WILL_ATTEND,
    )
    if not found:
        return None
    language, zone = owner.person.language, owner.contactability.zone
    last_day = found[0].starts_at - timedelta(days=1)
    is_soon = local_day(last_day, zone) <= local_day(context.now, zone)
    kind = TextKind.UNDECIDED_SOON if is_soon else TextKind.UNDECIDED
    blanks = {"first": answers.first_name(owner)}
    if not is_soon:
        blanks["day"] = texts.day_of(last_day, zone, language)
    answers.send(context, kind, texts.render(kind, language, **blanks), owner=owner)
    return Handled(
        f"Not sure yet whether they can come; {FOR_WORKER}",
        needs_human=True,
        person_id=owner.person.id,
        appointment_id=found[0].id if len(found) == 1 else None,
        acted=False,
    )
