"""The plan on its pages: actions proposed, approved and done; needs and their history; access."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engage.access.model import Disclosure, SharingAgreement
from engage.agencies.model import Agency, Role, Staff
from engage.cohort.kinds import MilestoneKind
from engage.cohort.model import Milestone
from engage.core.db import Database
from engage.people.model import Involvement, Person
from engage.plan import actions, needs
from engage.plan.actions import NewAction
from engage.plan.kinds import ActionClass, ActionState, Pathway
from engage.plan.model import Action, StandingApproval
from messaging.tables import Message
from tests import builders
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Visitor

SitDown = Callable[[Staff], Visitor]
NOW = builders.NOW


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """One person of Pat's; Tyne Recovery works with her too."""
    with committed.begin() as session:
        one = builders.person(session, house.pat)
        session.add(Involvement(person_id=one.id, agency_id=house.partner.agency_id, since=NOW))
        return one


def add(
    committed: Database, house: House, katrina: Person, by: Staff | None = None, **values: object
) -> Action:
    """An action of Tyne Recovery. Pat's is live at once; anyone else's is a proposal."""
    given: dict[str, object] = {
        "pathway": Pathway.ACCOMMODATION,
        "action_class": ActionClass.SUPPORT,
        "what": "Find a room",
        "agency_id": house.partner.agency_id,
        "responsible": "Jo Lamb",
        "due_on": date(2027, 4, 1),
        **values,
    }
    with committed.begin() as session:
        actor = builders.actor(session.get_one(Staff, (by or house.pat).id))
        return actions.propose(session, actor, katrina.id, NewAction(**given), now=NOW)  # type: ignore[arg-type]


def fill(house: House, **changes: str) -> dict[str, str]:
    """A completed form of an action."""
    return {
        "what": "Find a room",
        "pathway": "accommodation",
        "action_class": "support",
        "agency": str(house.partner.agency_id),
        "responsible": "Jo Lamb",
        "date_day": "1",
        "date_month": "4",
        "date_year": "2027",
        "text": "Hi Katrina. Jo will ring you about a room.",
        **changes,
    }


def test_an_action_is_proposed_approved_and_done(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """The coordinator proposes, the offender manager approves and the text is sent.

    The partner finds it on their list and completes it.
    """
    visitor = sit_down(house.coordinator)
    page = visitor.open(f"/people/{katrina.id}/plan/actions/new")
    page = visitor.send(page.form(field="what"), **fill(house))
    assert "The action is proposed and waits for the offender manager." in page.words
    assert "Sent when approved" in page.words
    partner = sit_down(house.partner)
    assert "Find a room" not in partner.open("/actions").words
    pat = sit_down(house.pat)
    plan = pat.open(f"/people/{katrina.id}/plan")
    assert "Waiting for the offender manager" in plan.words
    page = pat.send(plan.form("/approve"))
    assert "The action is live." in page.words and "due Sat 20 March, 9am" in page.words
    with committed.begin() as session:
        (text,) = session.scalars(select(Message)).all()
        assert text.body == "Hi Katrina. Jo will ring you about a room."
    mine = partner.open("/actions?whose=mine")
    assert "Find a room" in mine.words and "Katrina Dodds" in mine.words
    with committed.begin() as session:
        action_id = session.scalars(select(Action.id)).one()
    page = partner.send(
        partner.open(f"/actions/{action_id}/done").form(field="note"), note="Room 4"
    )
    assert "The action is done." in page.words and "Room 4" in page.words
    assert "Find a room" not in partner.open("/actions").words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"what": ""}, "Enter the action"),
        ({"date_year": "2026"}, "Give a day from today, at most two years ahead."),
        ({"date_day": ""}, "The date must include a day"),
        ({"responsible": ""}, "Enter the responsible person"),
        ({"agency": "nobody"}, "Not a valid choice"),
        ({"text": "The court wants you"}, "Another person may read this: “court”"),
        ({"action_class": "disrupt"}, "never texted"),
    ],
)
def test_an_error_is_shown_beside_the_field(
    house: House, katrina: Person, sit_down: SitDown, changes: dict[str, str], words: str
) -> None:
    """Nothing is saved, and the form keeps what was filled in."""
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}/plan/actions/new").form(field="what")
    page = visitor.send(form, **fill(house, **changes))
    assert page.status == 422 and words in page.words


def test_a_form_sent_twice_proposes_once(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """The same form again leads to the same action."""
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}/plan/actions/new").form(field="what")
    first, second = visitor.send(form, **fill(house)), visitor.send(form, **fill(house))
    assert first.address == second.address
    with committed.begin() as session:
        assert len(session.scalars(select(Action)).all()) == 1


def test_an_action_is_changed_and_withdrawn(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """First another day and worker; then it is withdrawn, and the page shows the reason."""
    one = add(committed, house, katrina)
    visitor = sit_down(house.pat)
    form = visitor.open(f"/actions/{one.id}/change").form(field="responsible")
    assert form.fields["responsible"] == "Jo Lamb"
    page = visitor.send(form, responsible="Sam Orr", date_day="8", date_month="4", date_year="2027")
    assert "Sam Orr" in page.words and "8 April 2027" in page.words
    form = visitor.open(f"/actions/{one.id}/withdraw").form(field="reason")
    assert visitor.send(form, reason="").status == 422
    assert (
        "They moved in with family" in visitor.send(form, reason="They moved in with family").words
    )
    assert visitor.open(f"/actions/{one.id}/done").status == 403


def test_approval_in_advance_is_given_and_withdrawn(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Only by the offender manager.

    The coordinator's next proposal is live at once; after the withdrawal it waits.
    """
    assert sit_down(house.coordinator).open(f"/people/{katrina.id}/plan/approvals").status == 403
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}/plan/approvals").form(field="agency")
    assert visitor.send(form).status == 422
    page = visitor.send(form, action_class="support")
    assert "Support , any agency" in page.words and "Given by Pat Hale" in page.words
    assert add(committed, house, katrina, by=house.coordinator).state is ActionState.LIVE
    assert "The standing approval has ended." in visitor.send(page.form("/end")).words
    assert add(committed, house, katrina, by=house.coordinator).state is ActionState.PROPOSED
    with committed.begin() as session:
        assert session.scalars(select(StandingApproval)).one().ended_by == f"staff:{house.pat.id}"


def test_needs_are_scored_and_show_how_they_changed(
    house: House, katrina: Person, sit_down: SitDown
) -> None:
    """The latest score with who and why, and the earlier ones beside it."""
    visitor = sit_down(house.pat)
    address = f"/people/{katrina.id}/plan/needs"
    for score, note in (("3", "Sleeps in a car"), ("1", "At his aunt’s")):
        form = visitor.open(f"{address}?pathway=accommodation").form(field="note")
        page = visitor.send(form, pathway="accommodation", score=score, note=note)
    assert "Accommodation Now: 1 Some 20 March 2027, Pat Hale Before: 3" in page.words
    assert "At his aunt’s" in page.words
    assert visitor.send(visitor.open(address).form(field="note"), score="7").status == 422


def test_who_may_read_the_plan(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """A partner only under an agreement, which is logged.

    An auditor reads and changes nothing. Others get not found.
    """
    one = add(committed, house, katrina)
    other = add(committed, house, katrina, agency_id=house.pat.agency_id, what="Ring the landlord")
    hidden = add(
        committed,
        house,
        katrina,
        agency_id=house.pat.agency_id,
        what="Watch the garages",
        action_class=ActionClass.DISRUPT,
    )
    address = f"/people/{katrina.id}/plan"
    assert sit_down(house.other).open(address).status == 404
    assert sit_down(house.administrator).open(address).status == 404
    partner = sit_down(house.partner)
    assert partner.open(address).status == 403
    assert partner.open(f"/actions/{one.id}").status == 200
    assert partner.open(f"/actions/{other.id}").status == 403
    with committed.begin() as session:
        session.add(
            SharingAgreement(
                hub_id=house.hub.id,
                agency_id=house.partner.agency_id,
                purpose="One plan",
                lawful_basis="Crime and Disorder Act 1998, section 115",
                fields=["plan"],
                starts_on=NOW.date(),
                ends_on=NOW.date() + timedelta(days=365),
                recorded_by="system",
                recorded_at=NOW,
            )
        )
    page = partner.open(address)
    assert "Ring the landlord" in page.words and "Watch the garages" not in page.words
    assert partner.open(f"/actions/{hidden.id}").status == 404
    with committed.begin() as session:
        assert session.scalars(select(Disclosure.fields)).first() == ["plan"]
    auditor = sit_down(house.auditor)
    page = auditor.open(address)
    assert "Watch the garages" in page.words and "Approve" not in page.words
    token = {"csrf_token": auditor.token()}
    assert auditor.post(f"/actions/{one.id}/approve", token).status == 403
    assert auditor.open(f"/actions/{one.id}/withdraw").status == 403


def test_health_needs_require_health_access(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """A supervisor and an auditor see that there is an action and a need, but not what.

    They see no runs of tests at all.
    """
    with committed.begin() as session:
        supervisor = builders.staff(
            session, house.hub, Role.SUPERVISOR, name="Ann Lee", email="ann@probation.example"
        )
        supervisor.password_hash = house.pat.password_hash
        needs.score(
            session,
            builders.actor(session.get_one(Staff, house.pat.id)),
            katrina.id,
            pathway=Pathway.DRUGS_AND_ALCOHOL,
            score=3,
            note="Uses daily",
            now=NOW,
        )
        for kind in (MilestoneKind.NEGATIVE_TESTS, MilestoneKind.HOUSED):
            day = NOW.date()
            session.add(
                Milestone(
                    person_id=katrina.id,
                    kind=kind,
                    step=1,
                    counted_from=day,
                    reached_on=day,
                    found_at=NOW,
                )
            )
    one = add(
        committed,
        house,
        katrina,
        pathway=Pathway.DRUGS_AND_ALCOHOL,
        what="Detox place",
        text="Jo will ring.",
    )
    secrets = ("Detox place", "Uses daily", "A negative test", "Jo will ring.")
    for staff in (supervisor, house.auditor):
        visitor = sit_down(staff)
        words = (
            visitor.open(f"/people/{katrina.id}/plan").words
            + visitor.open(f"/actions/{one.id}").words
        )
        assert not [secret for secret in secrets if secret in words]
        assert "Health matter" in words and "1 days housed" in words
    words = sit_down(house.pat).open(f"/people/{katrina.id}/plan").words
    assert all(secret in words for secret in secrets[:3])


def test_an_agencys_list_is_paged_and_counts_overdue_actions(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Fifty to a page, soonest first.

    Other agencies' actions, and people whom the reader may not see, are left out.
    """
    with committed.begin() as session:
        unseen = builders.person(session, house.pat, number=None, last_name="Archer")
        agency = session.get_one(Agency, house.partner.agency_id)
        for number, person in enumerate([katrina] * 52 + [unseen]):
            session.add(
                Action(
                    person_id=person.id,
                    pathway=Pathway.ACCOMMODATION,
                    action_class=ActionClass.SUPPORT,
                    what=f"Step {number:02}",
                    agency_id=agency.id,
                    responsible="Sam Orr",
                    due_on=NOW.date() + timedelta(days=number - 2),
                    state=ActionState.LIVE,
                    proposed_by="system",
                    proposed_at=NOW,
                    approval="single",
                    approved_by="system",
                    approved_at=NOW,
                )
            )
    visitor = sit_down(house.partner)
    first = visitor.open("/actions")
    assert "2 overdue." in first.words and "Step 49" in first.words and "Step 50" not in first.words
    following = first.html.split('href="/actions?after=')[1].split('"')[0]
    second = visitor.open(f"/actions?after={following}")
    assert (
        "Step 51" in second.words and "Step 52" not in second.words and "Archer" not in second.words
    )
    assert visitor.open("/actions?after=nonsense").status == 404
    assert "Step" not in visitor.open("/actions?whose=mine").words
    assert "Step" not in sit_down(house.pat).open("/actions").words
