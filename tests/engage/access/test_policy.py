"""Which people an actor may see and what they may do. Deny by default."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM, Ability, Actor, ActorKind, open_person, visible_to
from engage.agencies.model import Role
from engage.core.errors import Forbidden, NotFound
from engage.core.model import AccessRecord
from engage.people import service
from engage.people.model import Person, RecordAccess
from tests import builders


@pytest.fixture
def scene(session: Session) -> dict[str, Any]:
    """A hub with two caseloads, another hub, and a member of staff for every role."""
    hub, elsewhere = builders.hub(session), builders.hub(session, "Cwm")
    hale, rees = builders.staff(session, hub), builders.staff(session, hub, name="Dai Rees")
    people = {
        "own": builders.person(session, hale),
        "other": builders.person(session, rees, number="+447700900102"),
        "restricted": builders.person(session, rees, number="+447700900103", restricted=True),
        "elsewhere": builders.person(
            session, builders.staff(session, elsewhere, name="Ann Far"), number="+447700900104"
        ),
    }
    tyne = builders.agency(session, hub, "Tyne Recovery")
    service.ensure_involved(session, people["other"].id, tyne.id, now=builders.NOW)
    staff = {role: builders.staff(session, hub, role, name=f"{role.value} X") for role in Role}
    staff[Role.SUPPORT_WORKER].agency_id = tyne.id
    session.flush()
    return {
        "hub": hub,
        "hale": hale,
        "rees": rees,
        **people,
        **{role.value: staff[role] for role in Role},
    }


def seen(session: Session, actor: Actor, scene: dict[str, Any]) -> set[str]:
    """The names in the scene of the people whom the actor sees."""
    ids = set(session.scalars(select(Person.id).where(visible_to(actor))))
    return {name for name, one in scene.items() if isinstance(one, Person) and one.id in ids}


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("hale", {"own"}),
        ("rees", {"other", "restricted"}),
        ("offender_manager", set()),
        ("coordinator", {"own", "other"}),
        ("supervisor", {"own", "other"}),
        ("auditor", {"own", "other"}),
        ("support_worker", {"other"}),
        ("administrator", set()),
    ],
)
def test_each_role_sees_its_own_part(
    session: Session, scene: dict[str, Any], who: str, expected: set[str]
) -> None:
    """An offender manager sees their caseload, a support worker the people whom their agency works
    with, an administrator no one.
    """
    assert seen(session, builders.actor(scene[who]), scene) == expected


def test_a_key_sees_its_hub_without_restricted_records(
    session: Session, scene: dict[str, Any]
) -> None:
    """A system's key is bound to one hub."""
    key = Actor(
        ActorKind.KEY, id=scene["hub"].id, hub_id=scene["hub"].id, scopes=frozenset({"people:read"})
    )
    assert seen(session, key, scene) == {"own", "other"}
    assert seen(session, SYSTEM, scene) == {"own", "other", "restricted", "elsewhere"}


def test_staff_are_admitted_and_excluded_by_name(session: Session, scene: dict[str, Any]) -> None:
    """A member of staff may be admitted to a restricted record, or excluded from any record, one on
    their own caseload included.
    """
    coordinator, hale = scene["coordinator"], scene["hale"]
    session.add(
        RecordAccess(person_id=scene["restricted"].id, staff_id=coordinator.id, excluded=False)
    )
    session.add(RecordAccess(person_id=scene["own"].id, staff_id=hale.id, excluded=True))
    session.flush()
    assert "restricted" in seen(session, builders.actor(coordinator), scene)
    assert seen(session, builders.actor(hale), scene) == set()


def test_a_person_who_may_not_be_seen_is_not_found(
    session: Session, scene: dict[str, Any], now: datetime
) -> None:
    """The answer is the same as for a person who does not exist."""
    with pytest.raises(NotFound):
        open_person(session, builders.actor(scene["hale"]), scene["other"].id, now=now, what="page")


@pytest.mark.parametrize(
    ("who", "ability", "change", "allowed"),
    [
        ("support_worker", Ability.VIEW, False, True),
        ("support_worker", Ability.BOOK, True, True),
        ("support_worker", Ability.CONVERSE, False, False),
        ("support_worker", Ability.MANAGE, True, False),
        ("auditor", Ability.CONVERSE, False, True),
        ("auditor", Ability.CONVERSE, True, False),
        ("auditor", Ability.MANAGE, True, False),
        ("coordinator", Ability.MANAGE, True, True),
        ("rees", Ability.SIGNALS, True, True),
    ],
)
def test_what_a_role_may_do(
    session: Session,
    scene: dict[str, Any],
    now: datetime,
    who: str,
    ability: Ability,
    change: bool,
    allowed: bool,
) -> None:
    """A support worker books but does not read the texts; an auditor reads and changes nothing."""
    actor = builders.actor(scene[who])
    id = scene["other"].id
    if allowed:
        open_person(session, actor, id, now=now, what="page", ability=ability, change=change)
    else:
        with pytest.raises(Forbidden):
            open_person(session, actor, id, now=now, what="page", ability=ability, change=change)


def test_reading_a_record_is_logged(session: Session, scene: dict[str, Any], now: datetime) -> None:
    """Each access to a person's record is logged with actor, time and what was read."""
    rees = scene["rees"]
    open_person(session, builders.actor(rees), scene["other"].id, now=now, what="person page")
    session.flush()
    (entry,) = session.scalars(select(AccessRecord)).all()
    assert (entry.actor, entry.what, entry.at) == (f"staff:{rees.id}", "person page", now)


def test_a_transferred_person_leaves_the_old_caseload(
    session: Session, scene: dict[str, Any]
) -> None:
    """The old offender manager loses access as soon as the new one is named."""
    scene["own"].offender_manager_id = scene["rees"].id
    session.flush()
    assert seen(session, builders.actor(scene["hale"]), scene) == set()
