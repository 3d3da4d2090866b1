"""Labels of what a hub keeps: the topics of its answers, with what people ask, and languages."""

from collections.abc import Mapping

from engage.agencies.hub_answers_model import AnswerLanguage, HubTopic

HUB_TOPICS: Mapping[HubTopic, str] = {
    HubTopic.DIRECTIONS: "How to get there",
    HubTopic.PARKING: "Parking",
    HubTopic.BRING: "What to bring, and ID",
    HubTopic.CHILD: "Bringing a child",
    HubTopic.COMPANION: "Bringing somebody",
    HubTopic.DOG: "Bringing a dog",
    HubTopic.IF_LATE: "Being late",
    HubTopic.COST: "What it costs",
    HubTopic.FARE: "Help with fares",
    HubTopic.ON_RECORD: "What goes on record",
}
HUB_QUESTIONS: Mapping[HubTopic, str] = {
    HubTopic.DIRECTIONS: "How do I get there?",
    HubTopic.PARKING: "Is there parking?",
    HubTopic.BRING: "Do I need ID?",
    HubTopic.CHILD: "Can I bring my child?",
    HubTopic.COMPANION: "Can someone come with me?",
    HubTopic.DOG: "Can I bring my dog?",
    HubTopic.IF_LATE: "What if I am late?",
    HubTopic.COST: "Is it free?",
    HubTopic.FARE: "Will you pay my bus fare?",
    HubTopic.ON_RECORD: "Does this go on my record?",
}
ANSWER_LANGUAGES: Mapping[AnswerLanguage, str] = {
    AnswerLanguage.ENGLISH: "English",
    AnswerLanguage.WELSH: "Welsh",
}
