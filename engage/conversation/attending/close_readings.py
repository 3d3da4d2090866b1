"""A text that may be a yes or a no, but not surely: the person is asked one short question, and a
worker sees the text meanwhile.
"""

import unicodedata

from engage import texts
from engage.appointments.kinds import IntentKind
from engage.conversation import answers, appointment_match
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.outcomes import FOR_WORKER
from engage.conversation.phone_owner import PhoneOwner
from engage.texts import TextKind
from engage.understanding import wishes
from engage.understanding.choices import has_doubtful_sign
from engage.understanding.language.normalise import normalise
from engage.understanding.vocabulary import Intent, Prompt, Speaker

ASK_FROM = 0.4
"""The confidence from which a yes or a no is asked about [ours]."""
_PROMPTS = frozenset({Prompt.APPOINTMENT, Prompt.TODAY, Prompt.ANSWERED, Prompt.SPOKEN})


def ask(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Ask whether they can come. None unless the text may say so about exactly one appointment."""
    found = context.interpretation
    if (
        found.acts
        or context.quiet
        or context.prompt not in _PROMPTS
        or found.intent not in (Intent.CONFIRM, Intent.DECLINE)
        or found.confidence < ASK_FROM
        or found.speaker is not Speaker.PERSON
        or found.worrying
        or has_doubtful_sign(context.body)
        or any(unicodedata.category(sign) in ("Cc", "Cf") for sign in context.body)
        or wishes.names_time(normalise(context.body).line)
    ):
        return None
    about = appointment_match.candidates(
        context.session,
        owner.person.id,
        context.number,
        context.received_at,
        IntentKind.WILL_ATTEND,
    )
    if found.day is not None:
        about = appointment_match.on_day(
            about, found.day, context.received_at, owner.contactability.zone
        )
    if len(about) != 1 or about[0].starts_at <= context.now:
        return None
    language = owner.person.language
    body = texts.render(
        TextKind.ASK_COMING,
        language,
        first=answers.first_name(owner),
        when=texts.when(about[0].starts_at, owner.contactability.zone, language),
    )
    if not answers.send(context, TextKind.ASK_COMING, body, owner=owner, about=about[0]):
        return None
    return Handled(
        f"Asked whether they can come; {FOR_WORKER}",
        needs_human=True,
        person_id=owner.person.id,
        appointment_id=about[0].id,
        acted=False,
    )
