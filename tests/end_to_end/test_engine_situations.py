"""The situations that are the engine's: kills, a changed number, a closed case, a dead number, and
a provider out of reach.

Two workers, the simulated network and the web service in processes of their own; the network's
ledger is the truth.
"""

import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import psycopg
import pytest

from tests.end_to_end import service as service_module
from tests.end_to_end.conftest import START, empty_database
from tests.end_to_end.service import RunningService, running
from tests.simulator import SeenText

pytestmark = pytest.mark.usefixtures("fine_weather")

eventually = partial(service_module.eventually, every=0.3)
"""The interface takes only so many questions a minute of one key."""
MONDAY = datetime(2027, 3, 29, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def service(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """One service with two workers for all tests of this module; each test adds its own people."""
    with (
        empty_database(server_url) as url,
        running(url, tmp_path_factory.mktemp("engine"), START, workers=2) as started,
    ):
        yield started


@pytest.fixture
def fine_weather(service: RunningService) -> None:
    """The simulated network behaves again, whatever a test before did to it."""
    service.simulator.remove_rules()


def sql(service: RunningService, statement: str, *given: object) -> list[tuple[Any, ...]]:
    """Rows of the service's database, as an operator would ask for them; what is changed is
    committed.
    """
    with psycopg.connect(
        service.database_url.replace("+psycopg", ""), autocommit=True
    ) as connection:
        done = connection.execute(statement, given)
        return done.fetchall() if done.description else []


def sent_to(service: RunningService, number: str) -> list[SeenText]:
    """What the network took on for a phone."""
    return [text for text in service.ledger() if text.to == number]


def statuses(service: RunningService, person: dict[str, Any]) -> list[str]:
    """How the texts to a person stand, newest first."""
    return [text["status"] for text in service.outgoing(person)]


def kill_workers(service: RunningService) -> None:
    """SIGKILL: no worker finishes or hands back anything."""
    for worker in service.workers:
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)


def let_time_pass(service: RunningService) -> None:
    """Leases run and the provider is asked by the clock of the database, which no test can move: so
    move what it is compared with.
    """
    sql(
        service,
        "UPDATE message SET lease_until = lease_until - interval '10 minutes'"
        " WHERE lease_until > now()",
    )
    sql(
        service,
        "UPDATE message SET reconcile_at = now() - interval '1 minute' WHERE status = 'unknown'",
    )


def test_situation_05_workers_killed_in_the_middle_leave_one_text_or_an_honest_unknown(
    service: RunningService,
) -> None:
    """Two workers hold four texts and are killed. Each text is at the provider once in the end, or
    is shown as unknown; none twice.

    One was taken on and its receipt comes; one was taken on and nothing is heard; one was never
    taken on; of one the provider will not say.
    """
    numbers = [f"+4477009004{n:02d}" for n in range(4)]
    told, silent, never, secret = numbers
    hang = {"hold": 8, "times": 1}
    service.simulator.script(to=told, answer="hang_after", **hang)
    service.simulator.script(to=silent, answer="hang_after", withhold=True, **hang)
    service.simulator.script(to=never, answer="hang_before", **hang)
    service.simulator.script(to=secret, answer="hang_after", withhold=True, **hang)
    service.simulator.script(to=secret, on="list", answer="error_before")
    people = {
        number: service.add_person(f"X8100{n:02d}", "Ann", f"0{number[3:]}")
        for n, number in enumerate(numbers)
    }
    for person in people.values():
        service.book(person, MONDAY)
    eventually(
        lambda: {request["to"] for request in service.simulator.requests()} >= set(numbers),
        what="all four texts are held",
    )
    kill_workers(service)
    service.start_worker()
    service.start_worker()
    assert statuses(service, people[silent])[0] in ("sending", "unknown")
    eventually(
        lambda: statuses(service, people[told]) == ["delivered"], what="the receipt finds its text"
    )

    def settled() -> bool:
        let_time_pass(service)
        return [statuses(service, people[number]) for number in (silent, never)] == [
            ["delivered"]
        ] * 2

    eventually(settled, what="the list tells of one and proves that the other was never there")
    assert {number: len(sent_to(service, number)) for number in numbers} == dict.fromkeys(
        numbers, 1
    )
    assert statuses(service, people[secret]) == ["unknown"]
    assert service.simulator.doubled() == []

    (shown,) = service.outgoing(people[secret])
    assert "not known" in shown["reason"]
    administrator = service.sign_in("admin@engage.example")
    page = administrator.get(f"{service.web}/queues", timeout=30).text
    assert f"/queues/unknown/{shown['id']}/ask" in page and secret not in page
    service.simulator.remove_rules()
    service.post(administrator, f"/queues/unknown/{shown['id']}/ask", {}, page)
    eventually(
        lambda: statuses(service, people[secret]) == ["delivered"], what="asked again, it is found"
    )
    assert len(sent_to(service, secret)) == 1


def test_situation_15_a_changed_number_takes_over_what_waits_and_the_old_one_learns_nothing(
    service: RunningService,
) -> None:
    """A marker in the thread; the text that waited goes to the new number, and so does everything
    after it.
    """
    old, new = "+447700900411", "+447700900412"
    person = service.add_person("X810011", "Bea", "07700 900411")
    service.simulator.script(to=old, answer="too_many")
    booked = service.book(person, MONDAY)
    eventually(
        lambda: any(request["to"] == old for request in service.simulator.requests()),
        what="tried, and put off",
    )
    service.api.post(
        f"/people/{person['id']}/contact-points",
        {"mobile": "07700 900412", "verified_how": "asked face to face"},
    )
    service.simulator.remove_rules()
    text = service.phone(new).wait_for("You see Pat")
    assert text.body.startswith("Hi Bea")
    eventually(lambda: statuses(service, person) == ["delivered", "withdrawn"])
    assert "number was changed" in service.outgoing(person)[1]["reason"]
    service.api.post(
        f"/appointments/{booked['id']}/move",
        {"starts_at": (MONDAY + timedelta(hours=2)).isoformat()},
    )
    service.phone(new).wait_for("time has changed")
    service.phone(old).reply("who is this")
    eventually(lambda: sent_to(service, old), what="the old number is answered like any stranger's")
    assert [("Bea" in text.body or "Pat" in text.body) for text in sent_to(service, old)] == [False]
    page = (
        service.sign_in("p.hale@probation.example")
        .get(f"{service.web}/people/{person['id']}", timeout=30)
        .text
    )
    assert "Phone number changed" in page and "who is this" not in page


def test_situation_17_a_closed_case_withdraws_waiting_texts_and_flags_later_ones(
    service: RunningService,
) -> None:
    """What was waiting is called back; what the person writes afterwards waits for a human; the
    case stays closed and silent.
    """
    number = "+447700900421"
    person = service.add_person("X810021", "Cal", "07700 900421")
    service.simulator.script(to=number, answer="too_many")
    booked = service.book(person, MONDAY)
    eventually(
        lambda: any(request["to"] == number for request in service.simulator.requests()),
        what="tried, and put off",
    )
    service.api.patch(f"/people/{person['id']}", {"contact_status": "closed"})
    assert statuses(service, person) == ["withdrawn"]
    service.simulator.remove_rules()
    service.phone(number).reply("yes")
    (heard,) = eventually(lambda: service.incoming(person))
    assert heard["needs_human"]
    pat = service.sign_in("p.hale@probation.example")
    assert "Cal Test" in pat.get(f"{service.web}/today", timeout=30).text
    assert service.person("X810021")["contact_status"] == "closed"
    assert service.appointment(booked["id"])["said"] == []
    assert statuses(service, person) == ["withdrawn"] and sent_to(service, number) == []


def test_situation_19_a_number_out_of_use_is_tried_once_told_and_never_held_against_the_person(
    service: RunningService,
) -> None:
    """Failed for good with a reason, one request, one signal to the offender manager, no outcome
    and no count.
    """
    number = "+447700900431"
    person = service.add_person("X810031", "Dee", "07700 900431")
    service.phone(number).set_state("unknown")
    booked = service.book(person, MONDAY)
    eventually(lambda: statuses(service, person) == ["undelivered"])
    (failed,) = service.outgoing(person)
    assert failed["reason"] == "The number is not in use"
    eventually(lambda: service.signal_kinds(person) == ["number_dead"])
    assert "not held against them" in service.signals(person)[0]["why"]
    (point,) = service.api.get(f"/people/{person['id']}/contact-points")["items"]
    assert point["state"] == "suspended"
    service.api.post(
        f"/appointments/{booked['id']}/move",
        {"starts_at": (MONDAY + timedelta(hours=2)).isoformat()},
    )
    eventually(
        lambda: [
            reminder
            for reminder in service.appointment(booked["id"])["reminders"]
            if reminder["state"] == "skipped"
        ],
        what="the correction is not sent to a dead number, and says why",
    )
    assert (
        len([request for request in service.simulator.requests() if request["to"] == number]) == 1
    )
    assert service.appointment(booked["id"])["outcomes"] == []
    assert service.signal_kinds(person) == ["number_dead"]


@pytest.fixture
def by_notify(service: RunningService) -> Iterator[Callable[..., None]]:
    """Chooses settings of the hub for one test."""
    chosen: dict[str, str] = {}

    def choose(**settings: str) -> None:
        chosen.update(settings)
        for name, value in settings.items():
            service.engage("hub", "set", name, value)

    yield choose
    for name in chosen:
        service.engage(
            "hub", "set", name, {"provider": "twilio", "failover_minutes": "10"}.get(name, "false")
        )


def test_a_hub_by_gov_uk_notify_texts_is_reported_to_and_is_answered(
    service: RunningService, by_notify: Callable[..., None]
) -> None:
    """Out by Notify, the receipt by its callback, the answer to its number, and the answer to that
    by Notify again.
    """
    by_notify(provider="notify")
    number = "+447700900441"
    person = service.add_person("X810041", "Eve", "07700 900441")
    booked = service.book(person, MONDAY)
    service.phone(number).wait_for("You see Pat")
    eventually(lambda: statuses(service, person) == ["delivered"])
    service.phone(number).reply("yes")
    eventually(lambda: service.appointment(booked["id"])["said"])
    service.phone(number).reply("CALL")
    service.phone(number).wait_for("ring you")
    assert {text.sender for text in sent_to(service, number)} == {"+447700900997"}
    assert service.phone(number).reply("hello", signature="wrong").statuses == [403]


def test_while_twilio_is_out_of_reach_untried_texts_go_by_notify(
    service: RunningService, by_notify: Callable[..., None]
) -> None:
    """The text that Twilio was asked about waits for it; one after it goes by the other, and Twilio
    is never asked; nothing goes twice.
    """
    by_notify(failover="true", failover_minutes="1")
    tried, untried = "+447700900451", "+447700900452"
    first = service.add_person("X810051", "Fay", "07700 900451")
    second = service.add_person("X810052", "Gil", "07700 900452")
    with service.simulator.outage("too_many"):
        service.book(first, MONDAY)
        eventually(
            lambda: sql(
                service,
                "SELECT 1 FROM message, provider"
                " WHERE message.to_number = '+447700900451' AND message.attempts > 0"
                " AND message.status = 'queued' AND provider.id = 'twilio'"
                " AND provider.failing_since IS NOT NULL",
            ),
            what="Twilio was asked about the first, and the failure is on record",
        )
        sql(service, "UPDATE provider SET failing_since = failing_since - interval '5 minutes'")
        service.book(second, MONDAY)
        service.phone(untried).wait_for("You see Pat")
        assert sent_to(service, tried) == []
        page = service.sign_in("admin@engage.example").get(f"{service.web}/queues", timeout=30).text
        assert "Twilio has processed nothing since" in page
    eventually(
        lambda: len(sent_to(service, tried)) == 1, what="the first goes by Twilio once it answers"
    )
    assert [text.sender for text in sent_to(service, tried)] == ["+447700900999"]
    assert [text.sender for text in sent_to(service, untried)] == ["+447700900997"]
    eventually(lambda: not sql(service, "SELECT 1 FROM provider WHERE failing_since IS NOT NULL"))
