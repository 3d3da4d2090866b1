"""Actions of a plan: proposed, agreed to by the offender manager alone, texted only then, done or
withdrawn.
"""

import threading
import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage import signals
from engage.access.policy import Actor, ActorKind
from engage.agencies.model import AgencyKind, Role
from engage.core.db import Database
from engage.core.errors import (
    Conflict,
    EngageError,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.core.model import Event
from engage.people.model import ContactStatus, CustodyStatus, Involvement
from engage.people.service import update_person
from engage.plan import actions, approvals
from engage.plan.kinds import ActionClass, ActionState, Approval, Pathway
from engage.plan.model import Action, StandingApproval
from engage.signals import Evidence, SignalKind, SignalState
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.engage.plan.stage import TEXT, Stage, live, proposed, stage, texts
from tests.engage.sending.stage import claim_all

NOW = builders.NOW


def test_nothing_is_live_before_the_offender_manager_agrees(session: Session) -> None:
    """A coordinator's proposal waits, and so does its text; the offender manager's word makes both
    go, and lets the agency see its part.
    """
    at = stage(session)
    drugs = builders.agency(session, at.hub, "Tyne Recovery", AgencyKind.CHARITY)
    waiting = proposed(session, at, agency_id=drugs.id, responsible="Sam", text=TEXT)
    assert waiting.state is ActionState.PROPOSED and texts(session, at) == []
    actions.approve(session, at.om, waiting.id, now=NOW)
    assert (waiting.state, waiting.approval) == (ActionState.LIVE, Approval.SINGLE)
    assert waiting.approved_by == at.om.label
    (text,) = texts(session, at)
    assert (text.body, text.status, waiting.message_id) == (TEXT, MessageStatus.QUEUED, text.id)
    involved = select(func.count()).where(Involvement.agency_id == drugs.id)
    assert session.scalar(involved) == 1
    actions.approve(session, at.om, waiting.id, now=NOW)
    assert len(texts(session, at)) == 1


def test_what_the_offender_manager_proposes_is_agreed_to(session: Session) -> None:
    """It is live at once, disruption too; and disruption has no text."""
    at = stage(session)
    made = live(session, at, action_class=ActionClass.DISRUPT)
    assert made.state is ActionState.LIVE and made.text is None


def test_nobody_else_agrees(session: Session) -> None:
    """Neither who manages the hub, nor the agency that does it, nor a system."""
    at = stage(session)
    waiting = proposed(session, at)
    key = Actor(ActorKind.KEY, hub_id=at.hub.id, scopes=frozenset({"case:write"}))
    for actor in (at.police, at.worker, key):
        with pytest.raises(Forbidden):
            actions.approve(session, actor, waiting.id, now=NOW)
    assert waiting.state is ActionState.PROPOSED


def test_a_standing_approval_makes_its_sort_live_until_it_ends(session: Session) -> None:
    """By class and agency; with somebody else as offender manager it counts no more."""
    at = stage(session)
    given = approvals.give(
        session,
        at.om,
        at.katrina.id,
        action_class=ActionClass.SUPPORT,
        agency_id=at.housing.id,
        now=NOW,
    )
    first = proposed(session, at)
    assert (first.state, first.approval) == (ActionState.LIVE, Approval.STANDING)
    assert first.approved_by == at.om.label
    other = proposed(session, at, action_class=ActionClass.INTERVENE)
    assert other.state is ActionState.PROPOSED
    assert proposed(session, at, action_class=ActionClass.DISRUPT).state is ActionState.PROPOSED
    at.katrina.offender_manager_id = builders.staff(session, at.hub, name="Dai Rees").id
    session.flush()
    assert proposed(session, at).state is ActionState.PROPOSED
    at.katrina.offender_manager_id = at.manager.id
    session.flush()
    approvals.end(session, at.om, given.id, now=NOW)
    assert proposed(session, at).state is ActionState.PROPOSED


def test_who_may_agree_beforehand_and_to_what(session: Session) -> None:
    """The offender manager alone, never to disruption, not for an agency of elsewhere; the same
    again is the one that runs.
    """
    at = stage(session)
    elsewhere = builders.agency(session, builders.hub(session, "Gwent"), "Probation")
    support = ActionClass.SUPPORT

    def give(
        actor: Actor, sort: ActionClass = support, agency: uuid.UUID | None = None
    ) -> StandingApproval:
        return approvals.give(
            session, actor, at.katrina.id, action_class=sort, agency_id=agency, now=NOW
        )

    with pytest.raises(Forbidden):
        give(at.police)
    with pytest.raises(Invalid, match="wrong") as disrupt:
        give(at.om, ActionClass.DISRUPT)
    assert "one by one" in disrupt.value.fields["action_class"]
    with pytest.raises(Invalid):
        give(at.om, support, elsewhere.id)
    assert give(at.om) is give(at.om)


def test_the_text_obeys_rule_1_and_says_why_it_did_not_go(session: Session) -> None:
    """Rule 1: outside the hours it waits for them; in custody it does not go, and every reason is
    kept until it can be tried again.
    """
    at = stage(session)
    night = NOW.replace(hour=21)
    first = live(session, at, now=night, text=TEXT)
    (text,) = texts(session, at)
    assert first.not_texted is None and text.send_after == NOW + timedelta(days=1)
    at.katrina.custody_status = CustodyStatus.CUSTODY
    session.flush()
    second = live(session, at, text=TEXT)
    assert second.message_id is None and second.not_texted == "The person is in custody"
    with pytest.raises(Conflict, match="in custody"):
        actions.send_text(session, at.om, second.id, now=NOW)
    at.katrina.custody_status = CustodyStatus.COMMUNITY
    session.flush()
    actions.send_text(session, at.om, second.id, now=NOW)
    assert second.not_texted is None and second.message_id is not None


def test_the_day_s_cap_moves_the_text_to_the_next_day(session: Session) -> None:
    """Rule 1: the fourth text of a day goes when the next day's hours begin."""
    at = stage(session)
    made = [live(session, at, text=TEXT) for _ in range(4)]
    last = session.get_one(Message, made[3].message_id)
    assert last.send_after == NOW + timedelta(days=1)


def test_custody_calls_the_text_back_and_the_last_look_stops_it(session: Session) -> None:
    """Rule 2: in the transaction in which custody begins; and in the last second, where it began
    elsewhere.
    """
    at = stage(session)
    live(session, at, text=TEXT)
    update_person(session, at.om, at.katrina.id, {"custody_status": CustodyStatus.REMAND}, now=NOW)
    (text,) = texts(session, at)
    session.refresh(text)
    assert text.status is MessageStatus.WITHDRAWN
    at.katrina.custody_status = CustodyStatus.COMMUNITY
    session.flush()
    live(session, at, text=TEXT)
    at.katrina.contact_status = ContactStatus.SUSPENDED
    session.flush()
    claim_all(session, NOW)
    statuses = session.scalars(
        select(Message.status).where(Message.recipient == str(at.katrina.id))
    )
    assert set(statuses) == {MessageStatus.WITHDRAWN, MessageStatus.WITHHELD}


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
def test_what_makes_no_sense_is_refused(
    session: Session, changes: dict[str, object], field: str
) -> None:
    """Beside its field; nothing is proposed."""
    at = stage(session)
    with pytest.raises(Invalid) as refused:
        live(session, at, **changes)
    assert list(refused.value.fields) == [field]
    assert session.scalar(select(func.count()).select_from(Action)) == 0


def test_an_agency_of_elsewhere_and_the_dead_are_refused(session: Session) -> None:
    """An action is for somebody alive, by an agency of the area."""
    at = stage(session)
    elsewhere = builders.agency(session, builders.hub(session, "Gwent"), "Probation")
    with pytest.raises(Invalid):
        live(session, at, agency_id=elsewhere.id)
    at.katrina.contact_status = ContactStatus.DEAD
    session.flush()
    with pytest.raises(Conflict):
        live(session, at)


def test_a_partner_proposes_and_finishes_what_their_own_agency_does(session: Session) -> None:
    """Nothing of another agency's, and no change of what was agreed to; a matter of health that is
    left to them they may know.
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
    """They read."""
    at = stage(session)
    waiting = proposed(session, at)
    auditor = builders.actor(builders.staff(session, at.hub, Role.AUDITOR, name="Robin Platt"))
    with pytest.raises(Forbidden):
        actions.withdraw(session, auditor, waiting.id, reason="no", now=NOW)


def test_matters_of_health_are_proposed_by_whoever_may_see_them(session: Session) -> None:
    """A supervisor may not."""
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
    """The same again changes nothing, another end is refused, and a day that cannot be is too; what
    waits to be texted is called back.
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
        evidence=[Evidence(actions.EVIDENCE, str(action.id))],
        now=NOW,
    )


def test_a_signal_is_resolved_with_its_own_action(session: Session) -> None:
    """Done, or given another date: its signal goes, and that of another late action stays."""
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
    """Rule 10: with `since` only the plan of this time on the cohort counts."""
    at = stage(session)
    assert not actions.exit_plan_done(session, at.katrina.id)
    made = live(session, at, exit_plan=True)
    live(session, at)
    assert not actions.exit_plan_done(session, at.katrina.id)
    actions.finish(session, at.om, made.id, done_on=NOW.date(), now=NOW)
    assert actions.exit_plan_done(session, at.katrina.id)
    assert not actions.exit_plan_done(session, at.katrina.id, since=date(2027, 3, 21))


def test_events_say_that_and_not_what(session: Session) -> None:
    """Ids and codes, no words, no pathway."""
    at = stage(session)
    made = live(session, at, pathway=Pathway.DRUGS_AND_ALCOHOL, what="Detox", text=TEXT)
    rows = session.scalars(
        select(Event).where(Event.person_id == at.katrina.id).order_by(Event.id)
    ).all()
    assert [row.kind for row in rows][:2] == ["action.proposed", "action.approved"]
    assert rows[1].data == {"action": str(made.id), "how": "single"}
    assert not any("drug" in str(row.data) or "Detox" in str(row.data) for row in rows)


def test_two_who_agree_at_once_send_one_text(committed: Database) -> None:
    """The person's row is held: one makes it live, the other finds it so; the text goes once."""
    with committed.begin() as session:
        at = stage(session)
        waiting = proposed(session, at, text=TEXT)
    start, refusals = threading.Barrier(2), list[EngageError]()

    def agree() -> None:
        start.wait()
        try:
            with committed.begin() as session:
                actions.approve(session, at.om, waiting.id, now=NOW)
        except EngageError as refusal:
            refusals.append(refusal)

    threads = [threading.Thread(target=agree) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refusals == []
    with committed.begin() as session:
        approved = select(func.count()).select_from(Event).where(Event.kind == "action.approved")
        assert session.scalar(approved) == 1
        keys = session.scalars(select(Message.dedupe_key)).all()
        assert keys == [f"action:{waiting.id}"]


def test_done_and_withdrawn_at_once_is_one_of_them(committed: Database) -> None:
    """Whoever comes second is told that it has ended."""
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


def test_no_text_names_an_agency_whoever_does_the_action(session: Session) -> None:
    """Neither the one that does it nor another of the area."""
    at = stage(session)
    builders.agency(session, at.hub, "Open Door", AgencyKind.CHARITY)
    for name in ("Harbour Homes", "Open Door"):
        with pytest.raises(Invalid) as refused:
            live(session, at, text=f"Hi Katrina. {name} will see you on Monday at 10am.")
        assert set(refused.value.fields) == {"text"}
    assert texts(session, at) == []
