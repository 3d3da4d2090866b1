"""Processing check-ins takes the same few statements for many people, besides the texts that it
queues.
"""

from sqlalchemy.orm import Session

from engage.progress.check_ins import lifecycle
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.engage.progress.check_ins.stage import CLOSES, DUE, planned
from tests.engage.queries.test_statements import counted


def test_closing_thirty_costs_as_much_as_closing_three(session: Session) -> None:
    """Opening them too, apart from one statement to queue each text."""
    costs: dict[int, tuple[int, int]] = {}
    for size in (3, 30):
        om = builders.staff(session, builders.hub(session, f"Hub of {size}"))
        for number in range(size):
            planned(
                session, builders.person(session, om, number=f"+447700900{size * 10 + number:03}")
            )
        session.flush()
        session.expunge_all()
        with counted(session) as opening:
            lifecycle.advance(session, now=DUE)
        session.query(Message).update({Message.status: MessageStatus.DELIVERED})
        session.expunge_all()
        with counted(session) as closing:
            lifecycle.advance(session, now=CLOSES)
        costs[size] = (len(opening) - size, len(closing))
    assert costs[3] == costs[30] and max(costs[3]) <= 15
