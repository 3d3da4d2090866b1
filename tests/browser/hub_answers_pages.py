"""Answers of a hub for the browser tests: approved, a draft, and one with a warning."""

from datetime import datetime

from sqlalchemy.orm import Session

from engage.agencies import hub_answers
from engage.agencies.hub_answers import NewAnswer
from engage.agencies.hub_answers_model import AnswerLanguage, HubTopic
from engage.agencies.model import Hub
from engage.texts import LONGEST_DIRECTIONS, LONGEST_WORDS

EN, CY = AnswerLanguage.ENGLISH, AnswerLanguage.WELSH


def fill(session: Session, hub: Hub, now: datetime) -> None:
    """Write answers of every kind, some of them with words as long as they may be."""
    for new in (
        NewAnswer(HubTopic.DIRECTIONS, EN, "w" * LONGEST_DIRECTIONS, "the centre on Bridge St"),
        NewAnswer(HubTopic.CHILD, EN, "Ask at probation."),
        NewAnswer(HubTopic.CHILD, CY, "Gallwch, cewch ddod a'ch plentyn."),
    ):
        hub_answers.write(session, hub, new, actor="system", now=now)
    long = NewAnswer(HubTopic.COST, EN, "w" * LONGEST_WORDS)
    answer = hub_answers.write(session, hub, long, actor="system", now=now)
    hub_answers.approve(session, hub, answer.id, answer.words, actor="system", now=now)
