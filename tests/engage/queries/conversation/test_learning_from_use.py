"""The figures of a hub from the database: what is counted, in which month, and for whom."""

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage.access.policy import Actor, ActorKind
from engage.agencies.model import Hub, Role, Staff
from engage.conversation.corrections.service import correct
from engage.conversation.learning import rises
from engage.conversation.learning.rules import Tally
from engage.conversation.model import ReplyRecord
from engage.core.errors import NotFound
from engage.people.model import Person, RecordAccess
from engage.queries.conversation import learning_from_use
from engage.queries.conversation.learning_from_use import LearningFromUse
from engage.understanding.vocabulary import Intent
from tests import builders
from tests.engage.conversation.learning.read_texts import read, rise
from tests.engage.conversation.phones import says
from tests.engage.queries.test_statements import counted

FEBRUARY, MARCH = date(2027, 2, 1), date(2027, 3, 1)
IN_FEBRUARY = datetime(2027, 2, 10, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Scene:
    """A hub with one person, its coordinator, supervisor and administrator."""

    hub: Hub
    om: Staff
    person: Person
    coordinator: Actor
    supervisor: Actor
    administrator: Actor


@pytest.fixture
def scene(session: Session) -> Scene:
    """A hub whose person has texted nothing yet."""
    hub = builders.hub(session)
    om = builders.staff(session, hub)
    coordinator, supervisor, administrator = (
        builders.actor(builders.staff(session, hub, role))
        for role in (Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR)
    )
    person = builders.person(session, om)
    return Scene(hub, om, person, coordinator, supervisor, administrator)


def load(
    session: Session, scene: Scene, actor: Actor | None = None, **more: Any
) -> LearningFromUse:
    """The figures of the scene's hub, for its coordinator unless for another actor."""
    return learning_from_use.load(
        session, actor or scene.coordinator, scene.hub.id, **{"now": builders.NOW, **more}
    )


def test_a_hub_without_texts(session: Session, scene: Scene) -> None:
    """Every month is there, and there is nothing to compare."""
    view = load(session, scene)
    assert (view.month, view.compared, view.months[0]) == (FEBRUARY, FEBRUARY, date(2026, 3, 1))
    assert len(view.months) == 13 and view.months[-1] == MARCH
    assert (view.total, view.lines, view.given, view.rises) == (Tally(), (), (), ())
    assert set(view.by_month.values()) == {Tally()} and not view.comparable


def test_a_hub_without_corrections(session: Session, scene: Scene) -> None:
    """The proportion is 0, with an interval."""
    read(session, scene.person, IN_FEBRUARY, many=40)
    view = load(session, scene)
    assert view.total == Tally(acted=40) and view.total.rate == 0
    assert view.given == () and view.rises == ()


def test_what_is_counted(session: Session, scene: Scene) -> None:
    """By meaning and basis; the latest correction counts."""
    read(session, scene.person, IN_FEBRUARY, many=7)
    read(session, scene.person, IN_FEBRUARY, "confirm", "decline", basis="model")
    read(session, scene.person, IN_FEBRUARY, "confirm", "thanks", "question", basis="model")
    read(session, scene.person, IN_FEBRUARY, "confirm", "thanks", "confirm", basis="model")
    read(session, scene.person, IN_FEBRUARY, "other", many=5, acted=False)
    read(session, scene.person, IN_FEBRUARY, "other", "decline", many=2, acted=False)
    read(session, scene.person, IN_FEBRUARY, "decline", "decline", acted=False)
    view = load(session, scene)
    assert view.total == Tally(acted=10, corrected=2, left=8, given=3, guessed=1)
    (line,) = view.lines
    assert (line.meaning, line.total.acted, line.total.corrected) == ("confirm", 10, 2)
    assert {basis.value: (one.corrected, one.acted) for basis, one in line.by_basis.items()} == {
        "rule": (0, 7),
        "model": (2, 3),
    }
    assert [(one.meaning, one.instead, one.given, one.guessed) for one in view.given] == [
        ("decline", 1, 3, 1),
        ("question", 1, 0, 0),
    ]


def test_what_is_not_counted(session: Session, scene: Scene) -> None:
    """Texts that were passed over, automatic replies, and numbers that nobody has."""
    read(session, scene.person, IN_FEBRUARY, passed_over=True)
    read(session, scene.person, IN_FEBRUARY, "other", acted=False, passed_over=True)
    read(session, scene.person, IN_FEBRUARY, "other", acted=False, needs_human=False)
    read(session, scene.person, IN_FEBRUARY, person_id=None)
    assert load(session, scene).total == Tally()


@pytest.mark.parametrize(
    ("at", "month"),
    [
        (datetime(2026, 3, 31, 22, 59, 59, tzinfo=UTC), date(2026, 3, 1)),
        # Summer time: midnight in London is an hour earlier in UTC.
        (datetime(2026, 3, 31, 23, 0, tzinfo=UTC), date(2026, 4, 1)),
        (datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC), date(2026, 10, 1)),
        (datetime(2026, 11, 1, 0, 0, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2027, 2, 28, 23, 59, 59, tzinfo=UTC), FEBRUARY),
        (datetime(2027, 3, 1, 0, 0, tzinfo=UTC), MARCH),
    ],
)
def test_a_month_begins_at_midnight_in_london(
    session: Session, scene: Scene, at: datetime, month: date
) -> None:
    """In summer and in winter."""
    read(session, scene.person, at)
    found = load(session, scene).by_month
    assert [one for one, sums in found.items() if sums.acted] == [month]


@pytest.mark.parametrize(
    ("now", "month"),
    [
        (datetime(2027, 4, 30, 22, 59, tzinfo=UTC), date(2027, 3, 1)),
        (datetime(2027, 4, 30, 23, 0, tzinfo=UTC), date(2027, 4, 1)),
    ],
)
def test_the_latest_full_month_is_that_of_london(
    session: Session, scene: Scene, now: datetime, month: date
) -> None:
    """A new month begins there an hour before it begins in UTC."""
    assert load(session, scene, now=now).month == month


def test_the_first_month_is_whole(session: Session, scene: Scene) -> None:
    """A text of its first second counts, one of the second before is too old."""
    start = datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC)
    read(session, scene.person, start)
    assert load(session, scene).by_month[date(2026, 3, 1)] == Tally()
    read(session, scene.person, start + timedelta(seconds=1), "confirm", "decline")
    assert load(session, scene).by_month[date(2026, 3, 1)] == Tally(acted=1, corrected=1)


def test_a_late_correction_counts_in_the_month_of_the_text(session: Session, scene: Scene) -> None:
    """Whenever it is made."""
    last_day = datetime(2027, 2, 28, 23, 30, tzinfo=UTC)
    read(session, scene.person, last_day, "confirm", "decline")
    view = load(session, scene)
    assert view.by_month[FEBRUARY].corrected == 1 and view.by_month[MARCH] == Tally()


def test_two_hubs_are_kept_apart(session: Session, scene: Scene) -> None:
    """Each has its own figures, and staff of one may not read those of the other."""
    other = builders.hub(session, "Teesside")
    theirs = builders.person(session, builders.staff(session, other), number=None)
    both = builders.staff(session, scene.hub, Role.COORDINATOR, name="Ann")
    read(session, scene.person, IN_FEBRUARY, many=3)
    rise(session, theirs, builders.NOW)
    assert load(session, scene).total == Tally(acted=3)
    with pytest.raises(NotFound):
        learning_from_use.load(session, scene.coordinator, other.id, now=builders.NOW)
    actor = replace(
        builders.actor(both),
        roles=frozenset({(scene.hub.id, Role.COORDINATOR), (other.id, Role.COORDINATOR)}),
    )
    view = learning_from_use.load(session, actor, other.id, now=builders.NOW)
    assert view.total == Tally(acted=60, corrected=12)
    assert rises.record_new(session, now=builders.NOW) == 1
    risen = learning_from_use.hubs_with_rise(session, actor, now=builders.NOW)
    assert [(one.id, one.name, one.month) for one in risen] == [(other.id, "Teesside", FEBRUARY)]
    assert learning_from_use.hubs_with_rise(session, scene.coordinator, now=builders.NOW) == ()


def test_a_rise_is_found(session: Session, scene: Scene) -> None:
    """All texts, those of the rules, and those of the meaning: here they are the same texts."""
    rise(session, scene.person, builders.NOW)
    view = load(session, scene)
    assert view.comparable and [one.about for one in view.rises] == ["all", "rule", "confirm"]
    assert view.rises[0].recent == Tally(acted=60, corrected=12)
    assert view.rises[0].before == Tally(acted=300, corrected=6)
    assert load(session, scene, month=MARCH).rises == view.rises


def test_a_rise_is_announced_until_the_month_is_over(session: Session, scene: Scene) -> None:
    """Then the next month is the latest full one."""
    rise(session, scene.person, builders.NOW)
    rises.record_new(session, now=builders.NOW)
    last = datetime(2027, 3, 31, 22, 59, tzinfo=UTC)
    for now, many in ((builders.NOW, 1), (last, 1), (last + timedelta(minutes=1), 0)):
        assert len(learning_from_use.hubs_with_rise(session, scene.coordinator, now=now)) == many


@pytest.mark.parametrize("role", list(Role))
def test_who_reads_the_figures(session: Session, scene: Scene, role: Role) -> None:
    """Staff who run the hub. For others there is no such hub, and no notice."""
    rise(session, scene.person, builders.NOW)
    rises.record_new(session, now=builders.NOW)
    actor = builders.actor(builders.staff(session, scene.hub, role))
    may = role in (Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR)
    assert bool(learning_from_use.hubs_with_rise(session, actor, now=builders.NOW)) is may
    if may:
        assert load(session, scene, actor).total.acted == 60
    else:
        with pytest.raises(NotFound):
            load(session, scene, actor)


def test_a_key_reads_its_own_hub(session: Session, scene: Scene) -> None:
    """And no other. Without `health:read` meanings about health are one."""
    read(session, scene.person, IN_FEBRUARY, "lapse", "progress_health")
    key = Actor(
        ActorKind.KEY, uuid.uuid4(), hub_id=scene.hub.id, scopes=frozenset({"messages:read"})
    )
    assert [line.meaning for line in load(session, scene, key).month_lines] == ["health"]
    health = replace(key, scopes=key.scopes | {"health:read"})
    assert [line.meaning for line in load(session, scene, health).month_lines] == ["lapse"]
    other = builders.hub(session, "Teesside")
    with pytest.raises(NotFound):
        learning_from_use.load(session, key, other.id, now=builders.NOW)


def test_restricted_and_merged_records_are_not_counted(session: Session, scene: Scene) -> None:
    """Not even for staff who are admitted to them: the figures are those of the hub."""
    hidden = builders.person(session, scene.om, number=None, restricted=True)
    read(session, scene.person, IN_FEBRUARY, many=2)
    read(session, hidden, IN_FEBRUARY, "confirm", "decline", many=3)
    session.add(RecordAccess(person_id=hidden.id, staff_id=scene.coordinator.id, excluded=False))
    session.flush()
    for actor in (scene.coordinator, scene.administrator):
        assert load(session, scene, actor).total == Tally(acted=2)
    session.execute(
        update(Person)
        .where(Person.id == hidden.id)
        .values(restricted=False, merged_into_id=scene.person.id)
    )
    assert load(session, scene).total == Tally(acted=2)


def test_records_that_are_closed_to_the_reader_are_not_counted(
    session: Session, scene: Scene
) -> None:
    """Otherwise the difference would show what a person has texted."""
    read(session, scene.person, IN_FEBRUARY)
    session.add(
        RecordAccess(person_id=scene.person.id, staff_id=scene.coordinator.id, excluded=True)
    )
    session.flush()
    assert load(session, scene).total == Tally()
    assert load(session, scene, scene.supervisor).total == Tally(acted=1)


def test_meanings_about_health_are_one_without_health_access(
    session: Session, scene: Scene
) -> None:
    """A supervisor and an administrator could find out from them what a hidden text says."""
    read(session, scene.person, IN_FEBRUARY, "lapse", "progress_health", many=2)
    read(session, scene.person, IN_FEBRUARY, "thanks", "lapse")
    view = load(session, scene)
    assert {line.meaning for line in view.lines} == {"lapse", "thanks"}
    for actor in (scene.supervisor, scene.administrator):
        shown = load(session, scene, actor)
        assert {line.meaning for line in shown.lines} == {"health", "thanks"}
        assert [(one.meaning, one.instead) for one in shown.given] == [("health", 3)]
        assert shown.total == view.total == Tally(acted=3, corrected=3)


def test_a_month_that_is_not_shown(session: Session, scene: Scene) -> None:
    """There are thirteen."""
    assert load(session, scene, month=date(2026, 3, 1)).month == date(2026, 3, 1)
    for month in (date(2026, 2, 1), date(2027, 4, 1)):
        with pytest.raises(NotFound):
            load(session, scene, month=month)


def test_texts_that_were_really_read_and_corrected(session: Session, scene: Scene) -> None:
    """From the phone to the figures: one that is acted on and corrected, one left to a worker."""
    pat = builders.actor(scene.om)
    thanks = says(session, "thanks", builders.NOW)
    unclear = says(session, "the thing from before", builders.NOW + timedelta(hours=3))
    assert thanks.act and not unclear.act
    at = builders.NOW + timedelta(hours=4)
    correct(session, pat, thanks.id, Intent.CALL_ME, now=at)
    correct(session, pat, unclear.id, Intent.QUESTION, now=at)
    found = load(session, scene, month=MARCH).total
    assert found == Tally(acted=1, corrected=1, left=1, given=1, guessed=0)
    assert session.scalar(select(ReplyRecord.needs_human).where(ReplyRecord.id == unclear.id))


def test_one_statement_counts_however_many_texts(session: Session, scene: Scene) -> None:
    """The page takes two: the hub and the counts. The notice counts nothing."""
    read(session, scene.person, IN_FEBRUARY, "confirm", "decline", many=200)
    session.flush()
    session.expunge_all()
    with counted(session) as statements:
        load(session, scene)
    assert len(statements) == 2
    with counted(session) as statements:
        learning_from_use.hubs_with_rise(session, scene.coordinator, now=builders.NOW)
    assert len(statements) == 1 and "reply_record" not in statements[0]
