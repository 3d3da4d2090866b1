"""One person from arrest to exit in fourteen months, through pages, API and texts alone; pack,
status, signals and timeline at each step.
"""

import hashlib
from datetime import date

from tests.end_to_end.service import RunningService, eventually
from tests.end_to_end.story import CRN, JO, SHEILA, Case, chosen_in


def test_from_arrest_to_exit(service: RunningService) -> None:
    """Arrest, referral, meeting, adoption, prison, release, appointments, texts, a lapse, two
    absences, a warning, a course, a home, three green months, the end of the order, and the meeting
    that deregisters him.
    """
    case = Case(service)
    _arrest_and_referral(case)
    _meeting_and_adoption(case)
    _prison_and_release(case)
    _first_weeks(case)
    _two_absences_and_a_warning(case)
    _what_the_pack_says(case)
    _course_and_home(case)
    _three_green_months(case)
    _the_order_ends(case)
    _exit(case)


def _arrest_and_referral(case: Case) -> None:
    """Selected at the point of arrest; another agency's referral of the same person is recognised
    as a duplicate. Engage has no person yet.
    """
    who = {"first_name": "Kit", "last_name": "Marsh", "date_of_birth": date(1994, 2, 28)}
    referral = case.chidi.landed(
        "/referrals/new",
        **who,
        crn=CRN,
        number="07700 900821",
        at_arrest=True,
        reasons="Arrested for a third burglary this year",
        need_accommodation=True,
        need_drugs_and_alcohol=True,
    )
    case.desk(JO).fill("/referrals/new", **who, reasons="Asks for help and does not keep to it")
    queue = case.chidi.read("/referrals")
    assert queue.count("Kit Marsh") >= 2 and "no meeting is called" in queue
    second = case.chidi.link(
        "/referrals", rf"/referrals/(?!new|{referral.rpartition('/')[2]})[0-9a-f-]+"
    )
    page = case.chidi.read(second)
    assert "May be the same" in page or "same" in page, page
    case.chidi.fill(second, to="/duplicate")
    case.chidi.fill(
        f"{referral}/assess",
        harm_to_others="medium",
        harm_to_self="low",
        offences_a_year=14,
        nature="Burglary of homes",
        cost_pounds=30000,
        predictor="OGRS",
        predictor_version="4",
        predictor_score=82,
    )
    assert "Version 1" in case.chidi.read(referral)
    assert case.service.api.get("/people", crn=CRN)["items"] == []


def _meeting_and_adoption(case: Case) -> None:
    """Nothing takes effect before the decision; with it there is a person, an enrolment, a strand,
    a status and an offender manager.
    """
    meeting = case.chidi.landed("/meetings/new", date=date(2027, 3, 23), chair="Chidi Okafor")
    assert "Decisions are recorded on the day" in case.chidi.read(meeting)
    case.at("2027-03-23 10:00")
    item = case.chidi.link(meeting, r"/agenda/[0-9a-f-]+")
    assert case.service.api.get("/people", crn=CRN)["items"] == []
    form = case.chidi.get(f"{item}/adopt").text
    chosen = {name: chosen_in(form, name) for name in ("Probation", "Pat Hale")}
    case.chidi.fill(
        f"{item}/adopt",
        cohort="fixed",
        strand="catch_and_control",
        rag="red",
        lead_agency=chosen["Probation"],
        offender_manager=chosen["Pat Hale"],
        crn=CRN,
        reason="High harm, high predictor, and he asks for help",
    )
    case.chidi.fill(f"{meeting}/attendance", came=chosen["Probation"])
    case.chidi.fill(f"{meeting}/minutes", close="yes", minutes="One adopted.")
    assert "Closed" in case.chidi.read(meeting) and "Adopted" in case.chidi.read(meeting)
    status = case.status()
    assert (status["standing"]["rag"], status["strands"][0]["strand"]) == (
        "red",
        "catch_and_control",
    )
    assert (status["enrolment"]["cohort"], status["enrolment"]["adopted_on"]) == (
        "fixed",
        "2027-03-23",
    )
    assert (
        case.pat.status(case.path) == 200 and case.desk(SHEILA).status(f"{case.path}/status") == 200
    )
    assert case.desk(JO).status(case.path) == 404


def _prison_and_release(case: Case) -> None:
    """An arrest turns the suggestion red; in prison no text is sent; 14 days before release a plan
    is asked for, and texts start automatically.
    """
    case.pat.fill(
        f"{case.path}/offences/new",
        kind="arrest",
        happened_on=date(2027, 3, 18),
        what="Burglary",
        acquisitive=True,
    )
    assert case.suggested()[0] == "red" and "arrest" in case.suggested()[1]
    case.pat.fill(
        f"{case.path}/custody/new",
        kind="custody",
        since=date(2027, 3, 23),
        prison="HMP Durham",
        sentence=70,
        release_on=date(2027, 4, 27),
    )
    assert case.person["custody_status"] == "custody"
    case.at("2027-04-13 10:00")
    case.signalled("release_soon")
    spell = case.pat.link(f"{case.path}/legal", r"/custody/[0-9a-f-]+/plan")
    case.pat.fill(spell, home="The hostel on Mill Lane", travel="Jo meets him at the gate")
    case.at("2027-04-27 12:00")
    case.pat.fill(spell.replace("/plan", "/release"), on=date(2027, 4, 27))
    assert case.person["custody_status"] == "community" and "release_soon" not in case.kinds()


def _first_weeks(case: Case) -> None:
    """An order with its requirements; a text, a yes, an attended appointment; a reported lapse
    leads to support, a positive test is for staff alone.
    """
    case.pat.fill(
        f"{case.path}/orders/new",
        kind="community_order",
        court="Newcastle Crown Court",
        made_on=date(2027, 3, 23),
        starts_on=date(2027, 3, 23),
        ends_on=date(2028, 3, 22),
    )
    assert case.person["legal_status"] == "statutory"
    drr = case.pat.link(f"{case.path}/legal", r"/orders/[0-9a-f-]+/requirements/drr")
    case.pat.fill(drr, starts_on=date(2027, 4, 27), tests=7, reviews=56)
    case.pat.fill(f"{case.path}/phone-number/verify", how="asked face to face")
    case.pat.fill(f"{case.path}/plan/needs", pathway="accommodation", score=3)
    kept = case.book("2027-05-04 11:00")
    case.phone.wait_for("Tue 4 May, 11am")
    case.phone.reply("yes il be there")
    case.phone.wait_for("See you")
    assert [one["kind"] for one in case.service.appointment(kept["id"])["said"]] == ["will_attend"]
    case.at("2027-05-04 12:00")
    assert case.service.appointment(kept["id"])["outcomes"] == []
    case.record(kept, "ATTC")
    case.phone.reply("i slipped up and used last night")
    case.signalled("lapse_told")
    case.settle("lapse_told", "Thanked him, and Jo sees him tomorrow")
    case.pat.fill(f"{case.path}/drug-tests/new", day=case.today, result="positive")
    case.signalled("test_positive")
    assert case.suggested()[0] == "amber"
    assert not any("test" in body.lower() or "positive" in body for body in case.phone.received())
    case.settle("test_positive", "Jo knows")


def _two_absences_and_a_warning(case: Case) -> None:
    """Each absence is asked about; the first counts once a worker has decided, the second needs a
    decision by a person; a letter by hand.
    """
    first, second = case.book("2027-05-11 11:00"), case.book("2027-05-18 11:00")
    for day in ("Tue 11 May", "Tue 18 May"):
        case.phone.wait_for(day)
    case.at("2027-05-11 12:00")
    case.record(first, "AFTA")
    case.phone.wait_for("We did not see you today")
    assert "second_failure" not in case.kinds()
    case.at("2027-05-26 10:00")
    for absence in (first, second):
        case.record(absence, "UAAB", note="Heard nothing")
    case.signalled("second_failure")
    assert case.suggested()[0] == "amber" and "missed" in case.suggested()[1]
    decide = case.pat.link(f"{case.path}/compliance", r"/people/[0-9a-f-]+/compliance/decide[^\"]*")
    case.pat.fill(decide, kind="warning", reason="Two absences that he does not explain")
    given = case.pat.link(f"{case.path}/compliance", r"/enforcements/[0-9a-f-]+/given")
    case.pat.fill(given, on=case.today, how="by_hand")
    assert "second_failure" not in case.kinds()
    assert not any("warning" in body.lower() for body in case.phone.received())


def _what_the_pack_says(case: Case) -> None:
    """Every appointment with how he was told, what arrived, what he said and who recorded what; the
    chain holds, and can be recalculated from the pack.
    """
    case.pat.fill(
        f"{case.path}/evidence-packs/new",
        recipient="Newcastle Crown Court",
        purpose="Kept with the warning",
    )
    address = case.pat.link(f"{case.path}/compliance", r"/evidence-packs/[0-9a-f-]+\.json")
    pack = case.pat.get(address).json()
    told = [any(one["text"] for one in booked["told"]) for booked in pack["appointments"]]
    assert told == [True, True, True]
    assert [one["recorded"][-1]["code"] for one in pack["appointments"]] == ["ATTC", "UAAB", "UAAB"]
    assert pack["non_delivery"]["nothing_known_to_have_arrived"] == []
    (warning,) = pack["decisions"]
    assert (warning["kind"], warning["given_how"]) == ("warning", "by_hand")
    link = pack["chain"]["before"]
    for one in pack["chain"]["links"]:
        link = hashlib.sha256((link + one["digest"]).encode()).hexdigest()
        assert link == one["link"]
    assert link == pack["chain"]["head"]
    assert case.pat.get(address.replace(".json", ".pdf")).content.startswith(b"%PDF")
    case.service.engage("log", "verify")


def _course_and_home(case: Case) -> None:
    """What he reports by text is self-reported until staff verify it; then it counts. An action by
    an agency waits for the offender manager.
    """
    case.at("2027-06-15 10:00")
    case.phone.reply("started my course at the college today")
    case.phone.reply("got the keys to my own flat!!")
    case.verify_reports(2)
    case.pat.fill(f"{case.path}/housing/new", stage="social_tenancy", since=case.today, sure="yes")
    case.pat.fill(
        f"{case.path}/activities/new",
        kind="course",
        name="Bricklaying",
        started=case.today,
        sure="yes",
    )
    page = case.pat.get(f"{case.path}/plan/actions/new").text
    case.pat.fill(
        f"{case.path}/plan/actions/new",
        what="See him through the first year of the tenancy",
        pathway="accommodation",
        action_class="support",
        agency=chosen_in(page, "City Housing"),
        responsible="Nell Ford",
        date=date(2028, 2, 1),
        exit_plan=True,
    )
    assert "The exit plan is not done" in case.pat.read(f"{case.path}/plan")
    assert "Social tenancy" in case.pat.read(f"{case.path}/progress")


def _three_green_months(case: Case) -> None:
    """Months of silence are shown as silence; then every visit is attended, the rule says green,
    and Pat decides it, month after month.
    """
    case.at("2027-11-24 10:00")
    case.signalled("lost_contact")
    assert case.suggested()[0] == "red" and "no_contact" in case.suggested()[1]
    case.settle("lost_contact", "Visited: he has been at work")
    visits = ["2027-12-01", "2028-01-12", "2028-02-23"]
    booked = case.book(f"{visits[0]} 09:30")
    for day, following in zip(visits, [*visits[1:], "2028-03-22"], strict=True):
        case.at(f"{day} 10:30")
        case.record(booked, "ATTC")
        case.pat.fill(case.path, to="/phone-number/safe")
        assert case.suggested()[0] == "green", case.suggested()
        case.pat.fill(
            f"{case.path}/review", rag="green", reason="Kept every visit, works, has a home"
        )
        booked = case.book(f"{following} 09:30")
    action = case.pat.link(f"{case.path}/plan", r"/actions/[0-9a-f-]+")
    case.pat.fill(f"{action}/done", date=case.today)


def _the_order_ends(case: Case) -> None:
    """The nightly sweep ends the order; he stays voluntarily. A year without an offence is a
    milestone, praised in words that reveal nothing.
    """
    case.at("2028-03-23 10:00")
    case.signalled("green_three_months")
    reached = {
        (one["kind"], one["step"]) for one in case.service.api.all(f"{case.path}/milestones")
    }
    assert {("offence_free", 180), ("housed", 90), ("course_started", 1)} <= reached
    assert any(body.startswith("Well done Kit") for body in case.phone.received())
    assert case.person["legal_status"] == "non_statutory"
    case.pat.fill(f"{case.path}/status", to="/stay")
    assert case.status()["enrolment"]["voluntary_since"] is not None
    case.pat.fill(f"{case.path}/review", rag="green", reason="Stays of his own will")


def _exit(case: Case) -> None:
    """The agenda includes him automatically, the meeting decides, queued texts are called back, and
    a later text is read by a worker and reopens nothing.
    """
    meeting = case.chidi.landed("/meetings/new", date=date(2028, 5, 23))
    case.at("2028-05-23 10:00")
    case.chidi.fill(meeting, to="/agenda")
    page = case.chidi.read(meeting)
    assert "Kit Marsh" in page
    case.book("2028-05-30 11:00", enforceable="no")
    item = case.chidi.link(meeting, r"/agenda/[0-9a-f-]+")
    case.chidi.fill(
        f"{item}/deregister",
        exit_reason="green",
        reason="Fourteen months, the last five of them green",
    )
    status = case.status()
    assert (status["enrolment"], status["earlier"][0]["exit_reason"]) == (None, "green")
    assert case.person["contact_status"] == "closed"
    assert not {text["status"] for text in case.service.outgoing(case.person)} & {
        "queued",
        "sending",
    }
    before = len(case.phone.received())
    case.phone.reply("hiya is pat about")
    eventually(
        lambda: case.service.incoming(case.person)[0]["needs_human"],
        what="somebody reads it",
        every=0.5,
    )
    assert case.status()["enrolment"] is None and len(case.phone.received()) <= before + 1
