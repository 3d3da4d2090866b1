"""Answers that the person's hub keeps, in the person's language. Only an approved one is sent."""

from engage.agencies import hub_answers
from engage.agencies.hub_answers_model import AnswerLanguage, HubAnswer, HubTopic
from engage.appointments.model import Appointment
from engage.appointments.reminders.wording import details_for_text
from engage.conversation import answers
from engage.conversation.context import ReplyContext
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.questions.appointments import (
    NOT_CERTAIN,
    about_appointment,
    appointment_meant,
)
from engage.conversation.questions.found import NoAnswer, TopicAnswer
from engage.texts import MeetingWay, TextKind
from engage.understanding.vocabulary import Prompt, QuestionTopic

_LANGUAGES = {AnswerLanguage.ENGLISH: "English", AnswerLanguage.WELSH: "Welsh"}
_MAY_MEAN_ANOTHER_THING = {
    QuestionTopic.COST: frozenset({Prompt.NONE, Prompt.REBOOK, Prompt.WHICH}),
    QuestionTopic.ON_RECORD: frozenset({Prompt.ABSENCE}),
}
"""After these prompts a question is perhaps not about its topic: "is it free" about a time that was
offered or about texts, "does this go on my record" about an absence.
"""


def answer_from_hub(
    context: ReplyContext, owner: PhoneOwner, topic: QuestionTopic
) -> TopicAnswer | NoAnswer:
    """The hub's answer to a topic; for a topic that differs by place, that of the place where the
    appointment is.
    """
    if context.prompt in _MAY_MEAN_ANOTHER_THING.get(topic, ()):
        return NoAnswer("it may mean something else here")
    wanted = HubTopic(topic)
    place = ""
    if wanted in hub_answers.BY_PLACE:
        appointment = appointment_meant(context, owner)
        if appointment is not None and _is_remote(appointment):
            return about_appointment(
                owner, appointment, TextKind.ONE_BOOKED, f"Answered from the record: {topic.label}"
            )
        if appointment is None and wanted is HubTopic.DIRECTIONS:
            return NoAnswer(NOT_CERTAIN)
        place = details_for_text(appointment).place or "" if appointment else ""
    found = _find(context, owner, wanted, place)
    if found is None or not found.is_approved:
        language = _LANGUAGES[AnswerLanguage(owner.person.language.value)]
        return NoAnswer(f"the hub has no approved answer in {language}")
    body = hub_answers.text_of(
        wanted, found.language, found.words, found.place, answers.first_name(owner)
    )
    return TopicAnswer(hub_answers.kind_of(wanted), body, f"Sent the hub’s answer: {topic.label}")


def _find(
    context: ReplyContext, owner: PhoneOwner, topic: HubTopic, place: str
) -> HubAnswer | None:
    """The answer for the place; where places need not differ, else that for all places."""
    hub_id, language = owner.person.hub_id, owner.person.language.value
    found = hub_answers.find(context.session, hub_id, topic, language, place) if place else None
    if found is not None or topic is HubTopic.DIRECTIONS:
        return found
    return hub_answers.find(context.session, hub_id, topic, language)


def _is_remote(appointment: Appointment) -> bool:
    return details_for_text(appointment).way is not MeetingWay.IN_PERSON
