"""The actions of a plan: proposed, approved by the offender manager, then done or withdrawn.

No action is live without the offender manager's approval, single or standing, and no text of an
action goes out before it is live. Disruption needs a single approval every time and is never
texted.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage import signals
from engage.access.policy import Actor, own_agency_only
from engage.agencies.hub_settings import today_at
from engage.agencies.model import Agency, Hub, Membership, Staff
from engage.core import events
from engage.core.errors import Conflict, Forbidden, Invalid
from engage.core.text_fields import clean_text
from engage.people import contactability, unprompted
from engage.people.model import ContactStatus, Person
from engage.people.service import ensure_involved
from engage.plan import rules
from engage.plan.kinds import ActionClass, ActionState, Approval, Pathway
from engage.plan.model import Action, StandingApproval
from engage.plan.open_record import (
    LONGEST_NOTE,
    is_manager,
    manager_label,
    must_be_manager,
    must_manage,
    must_see,
    open_action,
    open_to_change,
)
from engage.signals import Signal, SignalKind, SignalState
from engage.texts import Purpose
from messaging import outbox
from messaging.text import plain

LONGEST_WHAT = 200
LONGEST_RESPONSIBLE = 80
LONGEST_TEXT = 160
FURTHEST_AHEAD = timedelta(days=730)
EVIDENCE_TYPE = "action"
"""The evidence type of a signal about an action. Such signals are resolved when the action ends."""


@dataclass(frozen=True)
class NewAction:
    """What is to be done, by which agency and which of its workers, and by when. `text` goes to the
    person when the action is live.
    """

    pathway: Pathway
    action_class: ActionClass
    what: str
    agency_id: uuid.UUID
    responsible: str
    due_on: date
    exit_plan: bool = False
    text: str = ""


def propose(
    session: Session, actor: Actor, person_id: uuid.UUID, new: NewAction, *, now: datetime
) -> Action:
    """Add an action to the plan. It is live at once if the offender manager proposes it or has
    given a standing approval for its class.

    An actor limited to their own agency's part may only propose work for their own agency. Raises
    Invalid if a field is not valid or the text must not be sent, Forbidden for a health matter
    without health access, Conflict if the person has died.
    """
    person = open_to_change(session, actor, person_id, now=now, what="propose action")
    if own_agency_only(actor, person) and new.agency_id != actor.agency_id:
        raise Forbidden("You can only propose actions for your own agency.")
    must_see(actor, person, new.pathway, new.agency_id)
    if person.contact_status is ContactStatus.DEAD:
        raise Conflict(
            "This person has died. Nothing can be added to their plan.", code="person_dead"
        )
    agency = _agency(session, person, new.agency_id)
    names = session.scalars(select(Agency.name).where(Agency.area_id == agency.area_id)).all()
    action = _validated(new, person, agency, names, today_at(session, person.hub_id, now))
    action.responsible_id = _staff_named(session, agency.id, person.hub_id, action.responsible)
    action.proposed_by, action.proposed_at = actor.label, now
    session.add(action)
    session.flush()
    events.record_for_person(
        session, "action.proposed", person, now=now, actor=actor.label, action=action.id
    )
    if is_manager(actor, person):
        _go_live(session, person, action, Approval.SINGLE, actor.label, now)
    elif rules.agreed_beforehand(
        action.action_class,
        action.agency_id,
        standing_approvals_of(session, person.id),
        manager_label(person),
    ):
        _go_live(session, person, action, Approval.STANDING, manager_label(person), now)
    return action


def approve(session: Session, actor: Actor, action_id: uuid.UUID, *, now: datetime) -> Action:
    """Approve an action: it is live, and its text goes out if rule 1 allows. Repeating the call
    changes nothing.

    Raises Forbidden for anyone but the offender manager, Conflict if the action has ended.
    """
    person, action = open_action(session, actor, action_id, now=now, what="approve action")
    must_be_manager(actor, person)
    if action.state is ActionState.LIVE:
        return action
    if action.state is not ActionState.PROPOSED:
        raise Conflict("This action has ended.", code="action_ended")
    _go_live(session, person, action, Approval.SINGLE, actor.label, now)
    return action


def finish(
    session: Session,
    actor: Actor,
    action_id: uuid.UUID,
    *,
    done_on: date,
    note: str = "",
    now: datetime,
) -> Action:
    """Record that an action was done on a day. For the agency that does it and for those who manage
    the person. Repeating the call changes nothing.

    Raises Conflict if the action is not live, Invalid if the day is in the future or before the
    proposal.
    """
    person, action = open_action(session, actor, action_id, now=now, what="finish action")
    words = clean_text("note", note, LONGEST_NOTE)
    if action.state is ActionState.DONE and (action.done_on, action.ended_note) == (done_on, words):
        return action
    if action.state is not ActionState.LIVE:
        raise Conflict("Only an action that is live can be done.", code="action_not_live")
    today = today_at(session, person.hub_id, now)
    proposed_on = today_at(session, person.hub_id, action.proposed_at)
    if not proposed_on <= done_on <= today:
        raise Invalid(fields={"done_on": "Give a day between the proposal and today."})
    action.done_on = done_on
    _end(session, person, action, ActionState.DONE, words, actor, now)
    return action


def withdraw(
    session: Session, actor: Actor, action_id: uuid.UUID, *, reason: str, now: datetime
) -> Action:
    """Withdraw an action that will not be done or is not approved. Its queued text is called back.

    A live action can be withdrawn by those who manage the person, a proposed one by its agency too.
    Raises Conflict if it has ended.
    """
    person, action = open_action(session, actor, action_id, now=now, what="withdraw action")
    words = clean_text("reason", reason, LONGEST_NOTE, missing="Say why")
    if action.state is ActionState.WITHDRAWN and action.ended_note == words:
        return action
    if action.state not in (ActionState.PROPOSED, ActionState.LIVE):
        raise Conflict("This action has ended.", code="action_ended")
    if action.state is ActionState.LIVE:
        must_manage(actor, person)
    _end(session, person, action, ActionState.WITHDRAWN, words, actor, now)
    return action


def withdraw_all(
    session: Session, actor: Actor, person: Person, *, reason: str, now: datetime
) -> int:
    """Withdraw every proposed or live action of a person whose plan is no longer in use. Return how
    many. The caller has opened the person and holds their lock.

    Queued texts are called back and signals are resolved. Repeating the call finds nothing.
    """
    waiting = session.scalars(
        select(Action)
        .where(
            Action.person_id == person.id,
            Action.state.in_((ActionState.PROPOSED, ActionState.LIVE)),
        )
        .order_by(Action.id)
        .execution_options(populate_existing=True)
    ).all()
    for action in waiting:
        _end(session, person, action, ActionState.WITHDRAWN, reason, actor, now)
    return len(waiting)


def change(
    session: Session,
    actor: Actor,
    action_id: uuid.UUID,
    *,
    responsible: str,
    due_on: date,
    now: datetime,
) -> Action:
    """Change who in the agency does the action, or its date. The approval stays. For those who
    manage the person.

    Resolves the overdue signal if the new date is today or later. Raises Conflict if the action has
    ended.
    """
    person, action = open_action(session, actor, action_id, now=now, what="change action")
    must_manage(actor, person)
    if action.state not in (ActionState.PROPOSED, ActionState.LIVE):
        raise Conflict("This action has ended.", code="action_ended")
    name = clean_text("responsible", responsible, LONGEST_RESPONSIBLE, missing="Name who does it")
    today = today_at(session, person.hub_id, now)
    if due_on != action.due_on:
        _check_day(due_on, today)
    if (action.responsible, action.due_on) == (name, due_on):
        return action
    action.responsible, action.due_on = name, due_on
    action.responsible_id = _staff_named(session, action.agency_id, person.hub_id, name)
    session.flush()
    events.record_for_person(
        session, "action.changed", person, now=now, actor=actor.label, action=action.id
    )
    if due_on >= today:
        _resolve(session, action, "The action has a new date.", actor.label, now)
    return action


def send_text(session: Session, actor: Actor, action_id: uuid.UUID, *, now: datetime) -> Action:
    """Text a live action that could not be texted when it went live. Raises Conflict with every
    reason that still applies.
    """
    person, action = open_action(session, actor, action_id, now=now, what="text action")
    must_manage(actor, person)
    if action.state is not ActionState.LIVE or action.text is None:
        raise Conflict("Only a live action that has a text can be texted.", code="action_not_live")
    if action.message_id is None:
        _queue_text(session, person, action, now)
    if action.message_id is None:
        raise Conflict(
            f"This person cannot be texted now: {action.not_texted}.", code="may_not_text"
        )
    return action


def exit_plan_done(session: Session, person_id: uuid.UUID, *, since: date | None = None) -> bool:
    """Rule 10: whether there is an exit plan and all of it is done. With `since`, only actions
    proposed from that day on count.
    """
    query = select(Action.state).where(Action.person_id == person_id, Action.exit_plan)
    if since is not None:
        query = query.where(Action.proposed_at >= since)
    return rules.exit_done(session.scalars(query).all())


def standing_approvals_of(session: Session, person_id: uuid.UUID) -> list[rules.AgreedClass]:
    """The standing approvals of a person that have not ended."""
    rows = session.execute(
        select(
            StandingApproval.action_class, StandingApproval.agency_id, StandingApproval.given_by
        ).where(StandingApproval.person_id == person_id, StandingApproval.ended_at.is_(None))
    )
    return [rules.AgreedClass(*row) for row in rows]


def _go_live(
    session: Session, person: Person, action: Action, how: Approval, by: str, now: datetime
) -> None:
    """Make an action live: its agency is now involved with the person, and its text is queued in
    this transaction or the reasons against it are recorded.
    """
    action.state, action.approval = ActionState.LIVE, how
    action.approved_by, action.approved_at = by, now
    session.flush()
    ensure_involved(session, person.id, action.agency_id, now=now)
    events.record_for_person(
        session, "action.approved", person, now=now, actor=by, action=action.id, how=how.value
    )
    if action.text is not None:
        _queue_text(session, person, action, now)


def _queue_text(session: Session, person: Person, action: Action, now: datetime) -> None:
    contact = contactability.contactability_of(session, [person.id], now)[person.id]
    wanted = unprompted.UnpromptedText(action.text or "", Purpose.ACTION, action.id)
    queued = unprompted.queue(session, contact, wanted, now=now)
    action.message_id = queued.message.id if queued.message is not None else None
    action.not_texted = queued.why_not
    session.flush()


def _end(
    session: Session,
    person: Person,
    action: Action,
    state: ActionState,
    note: str,
    actor: Actor,
    now: datetime,
) -> None:
    action.state, action.ended_note = state, note
    action.ended_by, action.ended_at = actor.label, now
    session.flush()
    ended = "The action is done" if state is ActionState.DONE else "The action was withdrawn"
    outbox.withdraw(session, now=now, reason=ended, group_key=f"{Purpose.ACTION}:{action.id}")
    events.record_for_person(
        session, f"action.{state.value}", person, now=now, actor=actor.label, action=action.id
    )
    _resolve(session, action, f"{ended}.", actor.label, now)


def _resolve(session: Session, action: Action, how: str, actor: str, now: datetime) -> None:
    """Resolve the signal about this action. A signal about another overdue action stays open."""
    waiting = session.scalars(
        select(Signal).where(
            Signal.person_id == action.person_id,
            Signal.kind == SignalKind.ACTION_OVERDUE,
            Signal.state != SignalState.RESOLVED,
            Signal.evidence.contains([{"type": EVIDENCE_TYPE, "id": str(action.id)}]),
        )
    )
    for signal in waiting.all():
        signals.resolve(session, signal, how=how, actor=actor, now=now)


def _agency(session: Session, person: Person, agency_id: uuid.UUID) -> Agency:
    area_id = session.get_one(Hub, person.hub_id).area_id
    agency = session.get(Agency, agency_id)
    if agency is None or agency.area_id != area_id:
        raise Invalid(fields={"agency": "Choose an agency in this hub's area."})
    return agency


def _validated(
    new: NewAction, person: Person, agency: Agency, agencies: Collection[str], today: date
) -> Action:
    """Return the validated action. `agencies` are the names of all agencies of the area: no text
    may name any of them.
    """
    wrong: dict[str, str] = {}
    values: dict[str, str] = {}
    for name, longest, missing in (
        ("what", LONGEST_WHAT, "Say what is to be done"),
        ("responsible", LONGEST_RESPONSIBLE, "Name who does it"),
    ):
        try:
            values[name] = clean_text(name, getattr(new, name), longest, missing=missing)
        except Invalid as refusal:
            wrong.update(refusal.fields)
    try:
        _check_day(new.due_on, today)
    except Invalid as refusal:
        wrong.update(refusal.fields)
    text = plain(new.text).strip()
    names = [person.last_name, *agencies] if text else []
    if text and (problem := rules.text_problem(text, new.action_class, names)):
        wrong["text"] = problem
    if wrong:
        raise Invalid(fields=wrong)
    return Action(
        person_id=person.id,
        pathway=new.pathway,
        action_class=new.action_class,
        what=values["what"],
        agency_id=agency.id,
        responsible=values["responsible"],
        due_on=new.due_on,
        exit_plan=new.exit_plan,
        text=text or None,
        state=ActionState.PROPOSED,
    )


def _check_day(due_on: date, today: date) -> None:
    if not today <= due_on <= today + FURTHEST_AHEAD:
        raise Invalid(fields={"due_on": "Give a day from today, at most two years ahead."})


def _staff_named(
    session: Session, agency_id: uuid.UUID, hub_id: uuid.UUID, name: str
) -> uuid.UUID | None:
    """The member of staff with that name in that agency and hub, if there is exactly one."""
    found = session.scalars(
        select(Staff.id)
        .join(Membership, Membership.staff_id == Staff.id)
        .where(
            Staff.agency_id == agency_id,
            Staff.active,
            Membership.hub_id == hub_id,
            Staff.name == name,
        )
        .distinct()
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None
