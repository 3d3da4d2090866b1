"""What offender managers see of a shared phone: never the words of the other person, but always
danger.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from engage.queries.signals import signals as insight
from engage.sending import follow_up
from engage.signals import SignalKind
from messaging import transitions
from messaging.states import MessageStatus
from messaging.transitions import Move
from tests import builders
from tests.engage.conversation.phones import OTHER, gone, says, share


def test_words_of_the_other_person_are_hidden_and_danger_is_shown(
    session: Session, now: datetime
) -> None:
    """Each offender manager sees that a text came and can ask the coordinator; both see words of
    danger.
    """
    hub = builders.hub(session)
    first, second = builders.staff(session, hub), builders.staff(session, hub, name="Lou Marsh")
    jay = builders.person(session, first, first_name="Jay")
    ann = builders.person(session, second, first_name="Ann", number=OTHER)
    share(session, [jay, ann], now, agreed=False)
    says(session, "can i come with the kids", now)
    says(session, "i want to die", now)
    for om in (first, second):
        shown = insight.open_signals(session, builders.actor(om), now=now).signals
        words = {view.kind: [one.words for one in view.evidence] for view in shown}
        assert words == {SignalKind.CRISIS: ["i want to die"], SignalKind.REPLY_UNREAD: [None]}


def test_both_learn_that_a_shared_number_failed(session: Session, now: datetime) -> None:
    """Only the offender manager of the person who was texted sees the text."""
    hub = builders.hub(session)
    first, second = builders.staff(session, hub), builders.staff(session, hub, name="Lou Marsh")
    jay = builders.person(session, first, first_name="Jay")
    ann = builders.person(session, second, first_name="Ann", number=OTHER)
    share(session, [jay, ann], now)
    message = gone(session, jay, now, status=MessageStatus.SENDING)
    transitions.apply(session, [Move(message.id, MessageStatus.UNDELIVERED, now, error_code=30005)])
    session.expire(message)
    follow_up.follow_failures(session, now=now)
    words = [
        [
            one.words
            for view in insight.open_signals(session, builders.actor(om), now=now).signals
            for one in view.evidence
        ]
        for om in (first, second)
    ]
    assert words == [["Hi", None], [None, None]]
