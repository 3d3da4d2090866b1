"""Texts of actions: sent only when the action is live and rule 1 allows."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.agencies.model import AgencyKind
from engage.core.db import Database
from engage.core.errors import (
    Conflict,
    EngageError,
    Invalid,
)
from engage.core.model import Event
from engage.people.model import ContactStatus, CustodyStatus
from engage.people.service import update_person
from engage.plan import actions
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.engage.plan.stage import TEXT, live, proposed, stage, texts
from tests.engage.sending.stage import claim_all

NOW = builders.NOW


def test_the_text_follows_rule_1_and_records_why_not(session: Session) -> None:
    """Rule 1: outside contact hours it waits for them; in custody it is not sent, and every reason
    is kept until it can be retried.
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


def test_the_daily_cap_moves_the_text_to_the_next_day(session: Session) -> None:
    """Rule 1: the fourth text of a day is sent when the next day's contact hours begin."""
    at = stage(session)
    made = [live(session, at, text=TEXT) for _ in range(4)]
    last = session.get_one(Message, made[3].message_id)
    assert last.send_after == NOW + timedelta(days=1)


def test_custody_calls_the_text_back_and_the_last_look_stops_it(session: Session) -> None:
    """Rule 2: in the transaction in which custody begins; and at the last look, if it began
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


def test_two_approvals_at_once_send_one_text(committed: Database) -> None:
    """The person's row is locked, so one makes it live, the other finds it live: one text."""
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


def test_no_text_names_an_agency(session: Session) -> None:
    """Neither the one that does it nor another of the area."""
    at = stage(session)
    builders.agency(session, at.hub, "Open Door", AgencyKind.CHARITY)
    for name in ("Harbour Homes", "Open Door"):
        with pytest.raises(Invalid) as refused:
            live(session, at, text=f"Hi Katrina. {name} will see you on Monday at 10am.")
        assert set(refused.value.fields) == {"text"}
    assert texts(session, at) == []
