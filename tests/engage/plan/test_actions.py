"""Actions of a plan: proposed, texted only when live, changed, done or withdrawn."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage import signals
from engage.agencies.model import Role
from engage.core.db import Database
from engage.core.errors import (
    Conflict,
    EngageError,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.core.model import Event
from engage.people.model import ContactStatus
from engage.plan import actions
from engage.plan.kinds import ActionClass, ActionState, Pathway
from engage.plan.model import Action
from engage.signals import Evidence, SignalKind, SignalState
from messaging.states import MessageStatus
from tests import builders
from tests.engage.plan.stage import TEXT, Stage, live, proposed, stage, texts

NOW = builders.NOW


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"what": "  "}, "what"),
        ({"what": "x" * 201}, "what"),
        ({"what": "a\0b"}, "what"),
        ({"responsible": ""}, "responsible"),
        ({"due_on": date(2027, 3, 19)}, "due_on"),
        ({"due_on": date(2029, 4, 1)}, "due_on"),
        ({"due_on": date(9999, 12, 31)}, "due_on"),
        ({"text": "Court on Monday"}, "text"),
        ({"text": "Harbour Homes will ring you"}, "text"),
        ({"action_class": ActionClass.DISRUPT, "text": "Hello"}, "text"),
    ],
)
def test_invalid_actions_are_refused(
    session: Session, changes: dict[str, object], field: str
) -> None:
    """The message is with its field; nothing is proposed."""
    at = stage(session)
    with pytest.raises(Invalid) as refused:
        live(session, at, **changes)
    assert list(refused.value.fields) == [field]
    assert session.scalar(select(func.count()).select_from(Action)) == 0


def test_agencies_of_other_areas_and_dead_people_are_refused(session: Session) -> None:
    """An action is for a living person, by an agency of the area."""
    at = stage(session)
    elsewhere = builders.agency(session, builders.hub(session, "Gwent"), "Probation")
    with pytest.raises(Invalid):
        live(session, at, agency_id=elsewhere.id)
    at.katrina.contact_status = ContactStatus.DEAD
    session.flush()
    with pytest.raises(Conflict):
        live(session, at)


def test_a_partner_proposes_and_finishes_what_their_own_agency_does(session: Session) -> None:
    """Nothing of another agency's, and no change to an approved action; they may see a health
    action left to them.
    """
    at = stage(session)
    mine = actions.propose(
        session, at.worker, at.katrina.id, at.action(pathway=Pathway.HEALTH), now=NOW
    )
    assert mine.state is ActionState.PROPOSED and mine.responsible_id == at.partner.id
    others = proposed(session, at, agency_id=at.manager.agency_id)
    with pytest.raises(Forbidden):
        actions.propose(
            session, at.worker, at.katrina.id, at.action(agency_id=at.manager.agency_id), now=NOW
        )
    with pytest.raises(NotFound):
        actions.withdraw(session, at.worker, others.id, reason="no", now=NOW)
    actions.approve(session, at.om, mine.id, now=NOW)
    with pytest.raises(Forbidden):
        actions.change(session, at.worker, mine.id, responsible="Sam", due_on=mine.due_on, now=NOW)
    with pytest.raises(Forbidden):
        actions.withdraw(session, at.worker, mine.id, reason="no", now=NOW)
    actions.finish(session, at.worker, mine.id, done_on=NOW.date(), now=NOW)
    assert mine.state is ActionState.DONE


def test_an_auditor_changes_nothing(session: Session) -> None:
    """An auditor may only read."""
    at = stage(session)
    waiting = proposed(session, at)
    auditor = builders.actor(builders.staff(session, at.hub, Role.AUDITOR, name="Robin Platt"))
    with pytest.raises(Forbidden):
        actions.withdraw(session, auditor, waiting.id, reason="no", now=NOW)


def test_health_actions_require_health_access(session: Session) -> None:
    """A supervisor has no health access."""
    at = stage(session)
    supervisor = builders.actor(builders.staff(session, at.hub, Role.SUPERVISOR, name="Ann Lee"))
    with pytest.raises(Forbidden):
        actions.propose(
            session,
            supervisor,
            at.katrina.id,
            at.action(pathway=Pathway.DRUGS_AND_ALCOHOL),
            now=NOW,
        )


def test_done_and_withdrawn_end_it_once(session: Session) -> None:
    """Repeating it changes nothing; another end or an impossible day is refused; a queued text is
    called back.
    """
    at = stage(session)
    made = live(session, at, text=TEXT)
    for day in (NOW.date() + timedelta(days=1), NOW.date() - timedelta(days=1)):
        with pytest.raises(Invalid):
            actions.finish(session, at.om, made.id, done_on=day, now=NOW)
    actions.finish(session, at.om, made.id, done_on=NOW.date(), note="Got it", now=NOW)
    actions.finish(session, at.om, made.id, done_on=NOW.date(), note="Got it", now=NOW)
    (text,) = texts(session, at)
    session.refresh(text)
    assert text.status is MessageStatus.WITHDRAWN
    for again in (actions.approve, actions.send_text):
        with pytest.raises(Conflict):
            again(session, at.om, made.id, now=NOW)
    with pytest.raises(Conflict):
        actions.withdraw(session, at.om, made.id, reason="Moved away", now=NOW)
    with pytest.raises(Conflict):
        actions.change(session, at.om, made.id, responsible="Sam", due_on=made.due_on, now=NOW)
    waiting = proposed(session, at)
    with pytest.raises(Conflict):
        actions.finish(session, at.om, waiting.id, done_on=NOW.date(), now=NOW)
    with pytest.raises(Invalid):
        actions.withdraw(session, at.om, waiting.id, reason=" ", now=NOW)
    actions.withdraw(session, at.om, waiting.id, reason="Not now", now=NOW)
    assert waiting.state is ActionState.WITHDRAWN


def _overdue(session: Session, at: Stage, action: Action) -> None:
    signals.raise_signal(
        session,
        SignalKind.ACTION_OVERDUE,
        person_id=at.katrina.id,
        hub_id=at.hub.id,
        cause=str(action.id),
        why="Late",
        evidence=[Evidence(actions.EVIDENCE_TYPE, str(action.id))],
        now=NOW,
    )


def test_a_signal_is_resolved_with_its_own_action(session: Session) -> None:
    """When it is done or has a new date, its signal is resolved and that of another overdue action
    stays.
    """
    at = stage(session)
    made = [live(session, at, what=f"Action {number}") for number in range(3)]
    for one in made:
        _overdue(session, at, one)
    actions.finish(session, at.om, made[0].id, done_on=NOW.date(), now=NOW)
    later = made[1].due_on + timedelta(days=7)
    actions.change(session, at.om, made[1].id, responsible="Sam", due_on=later, now=NOW)
    found = session.execute(select(signals.Signal.evidence, signals.Signal.state)).all()
    open_still = [links[0]["id"] for links, state in found if state is not SignalState.RESOLVED]
    assert open_still == [str(made[2].id)] and made[1].responsible_id is None


def test_the_exit_plan_is_done_when_all_of_it_is(session: Session) -> None:
    """Rule 10: with `since`, only the plan of this enrolment counts."""
    at = stage(session)
    assert not actions.exit_plan_done(session, at.katrina.id)
    made = live(session, at, exit_plan=True)
    live(session, at)
    assert not actions.exit_plan_done(session, at.katrina.id)
    actions.finish(session, at.om, made.id, done_on=NOW.date(), now=NOW)
    assert actions.exit_plan_done(session, at.katrina.id)
    assert not actions.exit_plan_done(session, at.katrina.id, since=date(2027, 3, 21))


def test_events_hold_ids_only(session: Session) -> None:
    """Ids and codes; no words, no pathway."""
    at = stage(session)
    made = live(session, at, pathway=Pathway.DRUGS_AND_ALCOHOL, what="Detox", text=TEXT)
    rows = session.scalars(
        select(Event).where(Event.person_id == at.katrina.id).order_by(Event.id)
    ).all()
    assert [row.kind for row in rows][:2] == ["action.proposed", "action.approved"]
    assert rows[1].data == {"action": str(made.id), "how": "single"}
    assert not any("drug" in str(row.data) or "Detox" in str(row.data) for row in rows)


def test_done_and_withdrawn_at_once_is_one_of_them(committed: Database) -> None:
    """The second one is told that it has ended."""
    with committed.begin() as session:
        at = stage(session)
        made = live(session, at)
    start, refusals = threading.Barrier(2), list[EngageError]()

    def end(finish: bool) -> None:
        start.wait()
        try:
            with committed.begin() as session:
                if finish:
                    actions.finish(session, at.om, made.id, done_on=NOW.date(), now=NOW)
                else:
                    actions.withdraw(session, at.om, made.id, reason="Moved", now=NOW)
        except EngageError as refusal:
            refusals.append(refusal)

    threads = [threading.Thread(target=end, args=(finish,)) for finish in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(refusal) for refusal in refusals] == [Conflict]
