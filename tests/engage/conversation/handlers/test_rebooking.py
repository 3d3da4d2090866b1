"""Rebooking by text: what is offered to whom, and what a choice does."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.appointments.free_times import service as slots
from engage.appointments.free_times.model import SlotOffer
from engage.appointments.kinds import AppointmentType, IntentKind, ReminderKind, ReminderState
from engage.appointments.model import Reminder
from engage.appointments.reminders.due import send_due
from engage.conversation import phone_owner, routing
from engage.core.model import Event
from engage.people import rebooking_permission as allowance
from engage.people.model import ContactPoint, Language, LegalStatus, NumberState
from engage.signals import Signal, SignalKind
from engage.understanding.vocabulary import Intent, Prompt
from messaging.tables import Message
from tests import builders
from tests.engage.conversation.handlers.offered import (
    ANOTHER,
    DAY,
    THU,
    WED,
    Scene,
    local,
    made,
)
from tests.engage.conversation.phones import (
    NUMBER,
    answers,
    asked,
    events,
    last_answer,
    minutes,
    open_signals,
    point_of,
    said,
    says,
    share,
    signal,
)
from tests.engage.conversation.turns import hear, read_as


@pytest.fixture
def scene(session: Session, now: datetime) -> Scene:
    """Katrina, who may rebook, and Pat, who has three free times."""
    return made(session, now)


def test_three_times_are_offered_and_held(scene: Scene) -> None:
    """One text with numbered times. The worker sees that another time is asked for; the appointment
    stays as it was.
    """
    words = scene.asks()
    assert "Offered 3 other times" in words
    assert last_answer(scene.session) == (
        "Thanks Katrina. Which suits you?\n1 Tue 23 Mar 2pm\n2 Wed 24 Mar 10am\n"
        "3 Thu 25 Mar 4pm\n0 none of these\n"
        "Your old time stands until you pick."
    )
    assert scene.held() == ["Tue 14:00", "Wed 10:00", "Thu 16:00"]
    assert scene.offer().held_until == scene.now + timedelta(hours=1)
    assert scene.starts() == local("2027-03-22 10:00")
    raised = signal(scene.session, scene.katrina, SignalKind.CANNOT_ATTEND)
    assert "another time" in raised.why and "still booked" in raised.why
    assert {link["type"] for link in raised.evidence} == {"inbound", "appointment"}


def test_the_time_picked_is_booked_with_one_text(scene: Scene) -> None:
    """The appointment moves with a new revision and the new place. One text is sent, the signal is
    resolved, and the other times are released.
    """
    scene.asks()
    reading = says(scene.session, "2", scene.now + minutes(5))
    assert (reading.prompt, reading.intent, reading.needs_human) == ("rebook", "slot_choice", False)
    assert reading.done == "Moved by text to Wed 24 March, 10am"
    assert scene.starts() == local(WED)
    assert (scene.appointment.revision, scene.appointment.place_alias) == (2, "the hall, Mill Lane")
    assert scene.appointment.worker_id == scene.om.id
    assert scene.held() == [] and open_signals(scene.session, scene.katrina) == []
    assert len(answers(scene.session)) == 2
    assert last_answer(scene.session) == (
        "Hi Katrina. Your time has changed to Wed 24 March, 10am, the hall, Mill Lane. Do not "
        "come at the old time. "
        "Reply YES if OK, or CALL to talk."
    )
    assert "appointment.moved" in events(scene.session, scene.katrina)


def test_no_second_text_says_the_same_and_a_yes_answers_it(scene: Scene) -> None:
    """The answer counts as the reminder of the change, so no other text is due now, and a yes is to
    the new time.
    """
    scene.asks()
    says(scene.session, "the wed one please", scene.now + minutes(5))
    first = scene.session.scalars(
        select(Reminder).where(Reminder.revision == 2, Reminder.kind == ReminderKind.CHANGED)
    ).one()
    assert first.state is ReminderState.SENT and first.message_id is not None
    before = len(scene.session.scalars(select(Message)).all())
    send_due(scene.session, now=scene.now + minutes(6))
    assert len(scene.session.scalars(select(Message)).all()) == before
    _deliver(scene)
    assert says(scene.session, "yes", scene.now + minutes(10)).intent == "confirm"
    assert said(scene.session, scene.appointment) == [IntentKind.WILL_ATTEND]


def _deliver(scene: Scene) -> None:
    for message in scene.session.scalars(select(Message)):
        if message.status.value == "queued":
            message.status, message.claimed_at = type(message.status).DELIVERED, message.created_at
    scene.session.flush()


@pytest.mark.parametrize(
    ("day", "time", "offered"),
    [
        ("wed", None, ["Wed 10:00"]),
        ("thu", "15:30", ["Thu 16:00"]),
        (None, "14:30", ["Tue 14:00"]),
        ("fri", None, ["Tue 14:00", "Wed 10:00", "Thu 16:00"]),
        ("mon", None, ["Tue 14:00", "Wed 10:00", "Thu 16:00"]),
    ],
)
def test_the_time_asked_for_is_offered_if_free(
    scene: Scene, day: str | None, time: str | None, offered: Sequence[str]
) -> None:
    """The day and the time asked for, else the earliest. The day of the appointment itself is not
    offered.
    """
    scene.asks(day=day, time=time)
    assert scene.held() == list(offered)


def test_asking_again_for_a_day_replaces_the_offer(scene: Scene) -> None:
    """The times held before are released. Without a day the same times are not offered again."""
    scene.asks()
    scene.asks(scene.now + minutes(2), day="thu")
    assert scene.held() == ["Thu 16:00"]
    done = hear(scene.session, scene.katrina, ANOTHER, scene.now + minutes(4), prompt=Prompt.REBOOK)
    scene.leave()
    assert "Offered 2" in done.words and scene.held() == ["Tue 14:00", "Wed 10:00"]
    assert "after 3 offers" in scene.asks(scene.now + minutes(6))


@pytest.mark.parametrize("why", ["not_allowed", "no_times", "hub", "kind", "short", "taken"])
def test_without_permission_or_free_times_the_offender_manager_is_told(
    scene: Scene, why: str
) -> None:
    """The signal, the promise and the words in the thread are as for any refusal. Nothing is
    offered or moved.
    """
    session, now = scene.session, scene.now
    if why == "not_allowed":
        allowance.allow(session, builders.actor(scene.om), scene.katrina.id, allowed=False, now=now)
    if why == "no_times":
        for one in scene.times:
            slots.withdraw(session, builders.actor(scene.om), one.id, now=now)
    if why == "hub":
        scene.katrina.hub.settings = {"rebook_enforceable": False}
    if why == "kind":
        scene.appointment.type = AppointmentType.COURT
    if why == "short":
        scene.appointment.minutes = 45
    if why == "taken":
        for one in scene.times:
            other = builders.person(session, scene.om, number=None)
            builders.appointment(session, other, one.starts_at, worker_id=scene.om.id)
    session.flush()
    scene.asks(day="wed", time="10:00")
    assert last_answer(session) == (
        "Thanks for telling us Katrina. Pat will be in touch about another time."
    )
    assert "(Wednesday, 10:00)" in signal(session, scene.katrina, SignalKind.CANNOT_ATTEND).why
    assert session.scalars(select(SlotOffer)).all() == []
    assert scene.starts() == local("2027-03-22 10:00")


def test_a_voluntary_person_is_offered_times_if_the_hub_excludes_orders(
    scene: Scene,
) -> None:
    """The hub's setting is about appointments that an order demands."""
    scene.katrina.hub.settings = {"rebook_enforceable": False}
    scene.katrina.legal_status = LegalStatus.NON_STATUTORY
    assert "Offered 3" in scene.asks()


def test_a_refusal_with_another_time_is_kept_and_resolved_by_the_move(scene: Scene) -> None:
    """The refusal of the old time stays recorded with its cause; the signals are resolved by the
    move.
    """
    interpretation = read_as(Intent.RESCHEDULE, Intent.DECLINE)
    hear(scene.session, scene.katrina, interpretation, scene.now)
    scene.leave()
    assert said(scene.session, scene.appointment) == [IntentKind.CANNOT_ATTEND]
    assert open_signals(scene.session, scene.katrina) == [SignalKind.CANNOT_ATTEND]
    says(scene.session, "first", scene.now + minutes(3))
    assert open_signals(scene.session, scene.katrina) == []
    how = scene.session.scalars(select(Signal.resolution)).one()
    assert how == "They picked another time by text, and the appointment was moved."


@pytest.mark.parametrize("body", ["0", "none of these", "no"])
def test_none_of_them_raises_a_signal_and_releases_the_times(scene: Scene, body: str) -> None:
    """The offender manager gets the signal, and the appointment stays booked."""
    scene.asks()
    interpretation = read_as(Intent.DECLINE)
    done = hear(
        scene.session,
        scene.katrina,
        interpretation,
        scene.now + minutes(3),
        body=body,
        prompt=Prompt.REBOOK,
    )
    assert "None of the times" in done.words
    assert scene.held() == [] and scene.starts() == local("2027-03-22 10:00")
    assert open_signals(scene.session, scene.katrina) == [SignalKind.CANNOT_ATTEND]
    assert "will be in touch about another time" in last_answer(scene.session)


def test_a_yes_to_three_times_is_asked_again_once_then_goes_to_a_worker(scene: Scene) -> None:
    """It could be any of them, or the old time: never guessed."""
    scene.asks()
    interpretation = read_as(Intent.CONFIRM)
    first = hear(
        scene.session,
        scene.katrina,
        interpretation,
        scene.now + minutes(2),
        body="yes",
        prompt=Prompt.REBOOK,
    )
    scene.leave()
    assert first.words == "Asked again which of the times offered"
    assert answers(scene.session)[0] == answers(scene.session)[1]
    again = hear(
        scene.session,
        scene.katrina,
        interpretation,
        scene.now + minutes(4),
        body="yes",
        prompt=Prompt.REBOOK,
    )
    assert again.needs_human
    assert scene.starts() == local("2027-03-22 10:00")
    assert said(scene.session, scene.appointment) == []


def test_welsh_from_the_offer_to_the_new_time(scene: Scene) -> None:
    """The offer, the choice in words and the confirmation are in Welsh."""
    scene.katrina.language = Language.WELSH
    scene.asks()
    assert last_answer(scene.session) == (
        "Diolch Katrina. Pa un?\n1 Maw 23 Maw 2yp\n2 Mer 24 Maw 10yb\n3 Iau 25 Maw 4yp\n"
        "0 dim un\n"
        "Mae'r hen amser yn sefyll tan hynny."
    )
    says(scene.session, "yr un dydd Mercher, diolch", scene.now + minutes(5))
    assert scene.starts() == local(WED)
    assert "Amser newydd: Mer 24 Mawrth, 10yb" in last_answer(scene.session)


def test_several_appointments_are_asked_about(scene: Scene) -> None:
    """The request is stored while the question is open; the answer leads to an offer for that
    appointment alone.
    """
    second = builders.appointment(scene.session, scene.katrina, local("2027-03-26 11:00"))
    asked(scene.session, second, scene.now - DAY)
    assert "Asked which" in scene.asks(day="wed")
    says(scene.session, "2", scene.now + minutes(1))
    scene.leave()
    assert scene.held() == ["Wed 10:00"]
    assert scene.offer().appointment_id == second.id
    says(scene.session, "1", scene.now + minutes(2))
    scene.session.refresh(second)
    assert second.starts_at == local(WED) and scene.starts() == local("2027-03-22 10:00")


def test_other_times_for_both_go_to_the_offender_manager(scene: Scene) -> None:
    """An offer is about one appointment."""
    second = builders.appointment(scene.session, scene.katrina, local("2027-03-26 11:00"))
    asked(scene.session, second, scene.now - DAY)
    scene.asks()
    reading = says(scene.session, "both", scene.now + minutes(1))
    assert "several appointments" in reading.done
    assert open_signals(scene.session, scene.katrina) == [SignalKind.CANNOT_ATTEND] * 2
    assert scene.held() == []


def test_times_at_which_the_person_is_elsewhere_are_not_offered(scene: Scene) -> None:
    """Nobody is booked in two places."""
    builders.appointment(scene.session, scene.katrina, local("2027-03-24 09:45"), worker_name="Lin")
    scene.asks()
    assert scene.held() == ["Tue 14:00", "Thu 16:00"]


def test_both_workers_get_one_notice(scene: Scene) -> None:
    """The notice names nobody; a worker with both roles gets one."""
    scene.om.mobile = "+447700900555"
    scene.session.flush()
    scene.asks()
    says(scene.session, "1", scene.now + minutes(2))
    told = scene.session.scalars(select(Message).where(Message.to_number == "+447700900555")).all()
    assert [one.body for one in told] == ["Engage: an item needs you. Please sign in."]


def test_on_a_shared_phone_the_choice_is_of_the_person_with_the_offer(scene: Scene) -> None:
    """Only one of the two has an offer, so a number needs no name. Nothing of the other person is
    changed.
    """
    other = builders.person(scene.session, scene.om, number=None, first_name="Dean")
    scene.asks()
    scene.session.add(
        ContactPoint(
            person_id=other.id,
            given=NUMBER,
            number=NUMBER,
            created_at=scene.now,
            state="unverified",
        )
    )
    share(scene.session, [scene.katrina, other], scene.now)
    for person in (scene.katrina, other):
        point_of(scene.session, person).state = NumberState.VERIFIED
        point_of(scene.session, person).safe_until = scene.now + DAY
    scene.session.flush()
    says(scene.session, "3", scene.now + minutes(3))
    assert scene.starts() == local(THU)


def test_the_event_of_a_move_by_text_names_the_person(scene: Scene) -> None:
    """The person is the actor."""
    scene.asks()
    says(scene.session, "1", scene.now + minutes(2))
    moved = scene.session.scalars(select(Event).where(Event.kind == "appointment.moved")).one()
    assert moved.actor == "person" and moved.data["revision"] == 2


def test_an_offer_whose_text_never_left_is_not_open(scene: Scene) -> None:
    """Nobody can answer a text that was never sent."""
    scene.asks()
    owner = phone_owner.owner_of(scene.session, scene.katrina.id, scene.now + minutes(1))
    assert owner is not None
    later = scene.now + minutes(1)
    assert routing.prompt_for(scene.session, owner, NUMBER, later) is Prompt.REBOOK
    message = scene.session.get_one(Message, scene.offer().message_id)
    message.status = type(message.status).WITHHELD
    scene.session.flush()
    assert routing.prompt_for(scene.session, owner, NUMBER, later) is not Prompt.REBOOK


@pytest.mark.parametrize("text", ["busy wed", "wed im away", "poorly wed", "ill wed", "kids wed"])
def test_a_day_that_they_cannot_do_is_no_choice_of_it(scene: Scene, text: str) -> None:
    """However sure the classifier is, a choice needs words that choose, else we ask again."""
    scene.asks()
    interpretation = read_as(Intent.SLOT_CHOICE, day="wed")
    hear(
        scene.session,
        scene.katrina,
        interpretation,
        scene.now + minutes(5),
        body=text,
        prompt=Prompt.REBOOK,
    )
    assert scene.starts() == local("2027-03-22 10:00")


def test_a_sentence_that_picks_a_day_books_it(scene: Scene) -> None:
    """The rules do not know the sentence, and the classifier is sure of it."""
    scene.asks()
    interpretation = read_as(Intent.SLOT_CHOICE, day="wed")
    body = "il tek the weds one"
    hear(
        scene.session,
        scene.katrina,
        interpretation,
        scene.now + minutes(5),
        body=body,
        prompt=Prompt.REBOOK,
    )
    assert scene.starts() == local(WED)
