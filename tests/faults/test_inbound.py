"""Texts to us, posted several times at once, some forged, to handlers that fail and workers that
are killed.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random

from sqlalchemy import func, select, text

from engage.core.db import Database
from messaging.tables import Inbound, InboundStatus
from tests.end_to_end.service import free_port
from tests.faults import account
from tests.faults.account import Account
from tests.faults.conftest import Size, assert_nothing_lost
from tests.faults.crew import crew, wait_until
from tests.faults.web import web
from tests.faults.worker_process import Orders
from tests.simulator import Simulator, simulator_process

PHONES = 40
POSTERS = 4
FORGED = 0.01
FAILING = 0.02


def test_each_text_takes_effect_once_and_in_order(
    own_database: Database,
    tmp_path: Path,
    size: Size,
    seed: int,
    dice: Random,
    stopwatch: Callable[[], float],
    report: Callable[[Account], None],
) -> None:
    """Each text one to five times at once, 1% unsigned, 2% of handlings failing, workers killed:
    one effect and one answer each, in order.
    """
    with web(own_database, tmp_path) as address, _provider(address) as provider:
        orders = Orders(
            own_database.url.render_as_string(hide_password=False),
            provider.url,
            f"{address}/webhooks/twilio/status",
            failing=FAILING,
        )
        posts = Posts(provider, size.posts, dice)
        with crew(tmp_path, dice, [orders] * 2) as workers:
            posts.start()
            for share in range(1, size.outages + 1):
                wait_until(
                    lambda share=share: (
                        _handled(own_database) > size.posts * share // (size.outages + 2)
                    ),
                    "texts are handled",
                    within=size.time_limit,
                )
                workers.kill_one()
            posts.wait()
            wait_until(
                lambda: (
                    _handled(own_database) + _set_aside(own_database) == len(posts.signed)
                    and not account.unsettled(own_database)
                ),
                "all is handled and answered",
                within=size.time_limit,
            )
        effects = _effects(own_database)
        set_aside = _set_aside(own_database)
        result = account.compare(
            own_database,
            provider,
            run="inbound",
            seed=seed,
            seconds=stopwatch(),
            notes=f"{posts.copies} posts of {len(posts.signed)} texts, {len(posts.forged)} forged,"
            f" {set_aside} set aside, {workers.killed} kills,"
            f" {sum(map(len, effects.values()))} effects",
        )
    report(result)
    assert_nothing_lost(result)
    assert set_aside == 0
    assert effects == posts.expected()
    assert result.enqueued == result.accepted == len(posts.signed)
    assert posts.refusals == {403} if posts.forged else not posts.refusals


class Posts:
    """Phones that text: each phone one text after another, several phones at once."""

    def __init__(self, provider: Simulator, count: int, dice: Random) -> None:
        self._provider = provider
        self._plan: dict[str, list[tuple[str, int, bool]]] = defaultdict(list)
        self.signed: list[str] = []
        self.forged: list[str] = []
        self.refusals: set[int | None] = set()
        self.copies = 0
        for n in range(count):
            forged = dice.random() < FORGED
            body = f"text {n}"
            (self.forged if forged else self.signed).append(body)
            self._plan[account.number(n % PHONES)].append((body, dice.randint(1, 5), forged))
        self._failed: list[BaseException] = []
        phones = sorted(self._plan)
        self._threads = [
            threading.Thread(
                target=self._post, args=(phones[first::POSTERS], "absent" if first % 2 else "wrong")
            )
            for first in range(POSTERS)
        ]

    def expected(self) -> dict[str, list[str]]:
        """The signed texts of each phone, in the order they were sent."""
        return {
            phone: [body for body, _, forged in plan if not forged]
            for phone, plan in self._plan.items()
        }

    def start(self) -> None:
        """Start to text."""
        for thread in self._threads:
            thread.start()

    def wait(self) -> None:
        """Wait until every text has been posted and answered. AssertionError if one was answered
        wrongly.
        """
        for thread in self._threads:
            thread.join()
        assert not self._failed, self._failed

    def _post(self, phones: list[str], forgery: str) -> None:
        try:
            for phone, (body, copies, forged) in self._turns(phones):
                signature = forgery if forged else "valid"
                reply = self._provider.phone(phone).reply(body, copies=copies, signature=signature)
                self.copies += copies
                if forged:
                    self.refusals.update(reply.statuses)
                else:
                    assert set(reply.statuses) == {200}, reply.answers
        except BaseException as problem:
            self._failed.append(problem)

    def _turns(self, phones: list[str]) -> Iterator[tuple[str, tuple[str, int, bool]]]:
        longest = max(len(self._plan[phone]) for phone in phones)
        for turn in range(longest):
            for phone in phones:
                if turn < len(self._plan[phone]):
                    yield phone, self._plan[phone][turn]


def _provider(address: str) -> AbstractContextManager[Simulator]:
    return simulator_process(
        inbound_url=f"{address}/webhooks/twilio/inbound#rc=3&rp=ct,rt,5xx",
        delays={"queued": 0, "sending": 0, "sent": 0, "ended": 0},
        port=free_port(),
    )


def _handled(database: Database) -> int:
    return _count(database, InboundStatus.HANDLED)


def _set_aside(database: Database) -> int:
    return _count(database, InboundStatus.SET_ASIDE)


def _count(database: Database, status: InboundStatus) -> int:
    with database.begin() as session:
        return session.scalars(
            select(func.count()).select_from(Inbound).where(Inbound.status == status)
        ).one()


def _effects(database: Database) -> dict[str, list[str]]:
    """What the handler did, for each phone in order."""
    found: dict[str, list[str]] = defaultdict(list)
    with database.begin() as session:
        for row in session.execute(text("SELECT from_number, body FROM effect ORDER BY n")):
            found[row.from_number].append(row.body)
    return dict(found)
