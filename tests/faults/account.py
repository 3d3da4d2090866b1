"""The account of a run: the queued texts compared with the provider's ledger, text by text. The
ledger is the truth.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.core.db import Database
from messaging.outbox import Lane, Text, enqueue
from messaging.states import MessageStatus
from messaging.tables import Message
from tests.faults.worker_process import FaultyClock
from tests.simulator import SeenText, Simulator

CALLBACK = "http://127.0.0.1:9/webhooks/twilio/status"
"""An address without a listener, for runs without receipts. The provider still stores it with each
text, and our id is in it.
"""
_BATCH = 200
_OPEN = (MessageStatus.QUEUED, MessageStatus.SENDING)
_PROVIDER_HAS_IT = frozenset(
    {
        MessageStatus.ACCEPTED,
        MessageStatus.SENT,
        MessageStatus.DELIVERED,
        MessageStatus.UNDELIVERED,
        MessageStatus.FAILED,
    }
)


@dataclass(frozen=True)
class Account:
    """One line of the table. `doubled`: accepted more than once. `lost`: the provider never
    received it and the record does not say unknown.

    `unknown`: the record says so; `tellable`: those of them that the provider's list could have
    settled. `untrue`: the provider has it, and the record denies that or gives it another text's
    id.
    """

    run: str
    seed: int
    enqueued: int
    accepted: int
    doubled: int
    lost: int
    unknown: int
    tellable: int
    untrue: int
    seconds: float
    notes: str = ""

    def line(self) -> dict[str, object]:
        """For the table."""
        return {**asdict(self), "seconds": round(self.seconds, 1)}


def number(n: int) -> str:
    """The n-th of nine hundred mobile numbers reserved for drama; ours is not among them."""
    return f"+447700900{n % 900:03d}"


def texts(count: int, *, alike: int = 0) -> list[Text]:
    """Texts to a few hundred phones, each with its own words; `alike` pairs at the end have the
    same words for the same phone.
    """
    different = [
        Text(number(n % 300), f"Reminder {n} of your appointment", Lane(2 + n % 3), f"text:{n}")
        for n in range(count - 2 * alike)
    ]
    same = [
        Text(number(500 + n), "The same words", Lane.REMINDER, f"alike:{n}:{copy}")
        for n in range(alike)
        for copy in (1, 2)
    ]
    return different + same


def put(database: Database, wanted: Sequence[Text], clock: FaultyClock) -> None:
    """Queue texts, a few hundred in each transaction."""
    for first in range(0, len(wanted), _BATCH):
        with database.begin() as session:
            for one in wanted[first : first + _BATCH]:
                enqueue(session, one, now=clock.now())


def unsettled(database: Database) -> int:
    """How many texts are not finished: queued, leased, or unknown and still to be checked."""
    with database.begin() as session:
        return session.scalars(
            select(func.count()).where(
                Message.status.in_(_OPEN)
                | ((Message.status == MessageStatus.UNKNOWN) & Message.reconcile_at.is_not(None))
            )
        ).one()


def compare(
    database: Database,
    simulator: Simulator,
    *,
    run: str,
    seed: int,
    seconds: float,
    notes: str = "",
) -> Account:
    """Compare every message with the ledger."""
    ledger: dict[UUID | None, list[SeenText]] = {}
    for seen in simulator.ledger():
        ledger.setdefault(_mid(seen), []).append(seen)
    with database.begin() as session:
        messages = session.scalars(select(Message)).all()
        alike = _alike(session)
    unknown = [one for one in messages if one.status is MessageStatus.UNKNOWN]
    return Account(
        run=run,
        seed=seed,
        enqueued=len(messages),
        accepted=sum(len(seen) for seen in ledger.values()),
        doubled=sum(len(seen) - 1 for seen in ledger.values()),
        lost=sum(
            one.id not in ledger and one.status is not MessageStatus.UNKNOWN for one in messages
        ),
        unknown=len(unknown),
        tellable=sum(alike[one.to_number, one.body] == 1 for one in unknown),
        untrue=sum(_untrue(one, ledger, alike) for one in messages),
        seconds=seconds,
        notes=notes,
    )


def _mid(seen: SeenText) -> UUID | None:
    found = parse_qs(urlsplit(seen.callback_url or "").query).get("mid")
    return UUID(found[0]) if found else None


def _alike(session: Session) -> Mapping[tuple[str, str], int]:
    return Counter(
        (row.to_number, row.body)
        for row in session.execute(select(Message.to_number, Message.body))
    )


def _untrue(
    message: Message,
    ledger: Mapping[UUID | None, Sequence[SeenText]],
    alike: Mapping[tuple[str, str], int],
) -> bool:
    """Whether the record denies a text that the provider has, or claims another's. Of texts with
    the same words, any one's id counts as right.
    """
    if message.id not in ledger or message.status is MessageStatus.UNKNOWN:
        return False
    if message.status not in _PROVIDER_HAS_IT:
        return True
    return (
        alike[message.to_number, message.body] == 1
        and message.provider_sid != ledger[message.id][0].sid
    )
