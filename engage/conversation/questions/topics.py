"""What answers each topic of a question."""

from collections.abc import Callable, Mapping

from engage.agencies.hub_answers_model import HubTopic
from engage.conversation.context import ReplyContext
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.questions import appointments, booked, counts, hub
from engage.conversation.questions.found import NoAnswer, TopicAnswer
from engage.understanding.vocabulary import QuestionTopic

Answerer = Callable[[ReplyContext, PhoneOwner, QuestionTopic], TopicAnswer | NoAnswer]


def _leave_who_writes(
    context: ReplyContext, owner: PhoneOwner, topic: QuestionTopic
) -> TopicAnswer | NoAnswer:
    """writers/who_writes.py answers this first. What it cannot answer goes to a worker."""
    return NoAnswer("the hub has no number that a text can show")


ANSWERERS: Mapping[QuestionTopic, Answerer] = {
    QuestionTopic.NEXT: booked.answer_next,
    QuestionTopic.WEEK: booked.answer_week,
    QuestionTopic.PROGRESS: booked.answer_progress,
    QuestionTopic.WHO_SEES: booked.answer_who_sees,
    QuestionTopic.WHEN: appointments.answer_details,
    QuestionTopic.WHERE: appointments.answer_details,
    QuestionTopic.WHO: appointments.answer_details,
    QuestionTopic.IS_BOOKED: appointments.answer_details,
    QuestionTopic.HOLIDAY: appointments.answer_holiday,
    QuestionTopic.MISSED: counts.answer_missed,
    QuestionTopic.LEFT: counts.answer_left,
    QuestionTopic.WHO_WRITES: _leave_who_writes,
    **{QuestionTopic(topic): hub.answer_from_hub for topic in HubTopic},
}
"""Every topic has its row."""
