"""The case pack as PDF: the same facts as the page, as short as possible."""

from datetime import date

from engage.core.local_time import local_day
from engage.documents.case_pack.facts import AttendanceTally, CasePack
from engage.documents.pdf import PdfDocument
from engage.labels import cohort as enrolment_words
from engage.labels import meetings
from engage.labels.formats import day_and_year, moment
from engage.labels.legal import OFFENCE_KINDS, ORDER_KINDS
from engage.labels.people import CUSTODY, LEGAL
from engage.labels.plan import NEED_SCORES, PATHWAYS
from engage.labels.progress import ACTIVITY_KINDS, HOUSING_STAGES, REPORT_STATES, TEST_RESULTS
from engage.labels.signals import SEVERITIES
from engage.queries.cohort import assessments


def render(pack: CasePack) -> bytes:
    """Return the pack as PDF: one page for most people, more if there is more to say."""
    person = pack.person
    foot = (
        f"{person.crn}. Made for {pack.made_by}, {moment(pack.made_at, pack.zone)}. Confidential."
    )
    paper = PdfDocument(f"Case pack: {person.name}", made_at=pack.made_at, footer=foot)
    paper.facts(_standing(pack))
    paper.heading("Status", small=True)
    if pack.statuses:
        rows = [
            (day_and_year(one.held_on), enrolment_words.RAGS[one.rag], one.reason)
            for one in pack.statuses
        ]
        paper.table(("Reviewed", "Status", "Why"), rows, widths=(20, 12, 68))
    if pack.suggestion and pack.enrolment:
        why = "; ".join(reason.words for reason in pack.why)
        paper.paragraph(
            f"The rules suggest {enrolment_words.RAGS[pack.suggestion.status.rag].lower()}: {why}."
        )
    paper.heading("Attendance", small=True)
    paper.table(
        ("Time", "Booked", "Came", "Accepted", "Not accepted", "Awaited", "Other", "Not recorded"),
        [_tally(pack.window), _tally(pack.year)],
        widths=(20, 11, 10, 12, 15, 11, 9, 15),
    )
    _lists(paper, pack)
    return paper.finished()


def _standing(pack: CasePack) -> list[tuple[str, str]]:
    person, enrolment = pack.person, pack.enrolment
    found = [("CRN", person.crn), ("Offender manager", pack.offender_manager)]
    if enrolment is not None:
        cohort = enrolment_words.COHORTS[enrolment.cohort].partition(":")[0]
        since = day_and_year(enrolment.adopted_on)
        found.append(("Cohort", f"{cohort}, since {since}, lead {pack.lead_agency}"))
    else:
        found.append(("Cohort", "Not on the cohort"))
    if pack.strands:
        strand = pack.strands[0]
        found.append(
            (
                "Strand",
                f"{enrolment_words.STRANDS[strand.strand]}, since {day_and_year(strand.since)}",
            )
        )
    found.append(("Legal status", LEGAL[person.legal_status]))
    found += [
        ("Order", f"{ORDER_KINDS[one.kind]} until {day_and_year(one.ends_on)}")
        for one in pack.orders
    ]
    where = CUSTODY[person.custody_status]
    if pack.custody is not None:
        where += f" since {day_and_year(pack.custody.since)}"
        where += (
            f", release {day_and_year(pack.custody.release_on)}" if pack.custody.release_on else ""
        )
    found.append(("Where they are", where))
    if pack.may_know_intelligence:
        flag = pack.intelligence
        found.append(
            ("Intelligence", f"Flag since {day_and_year(flag.flagged_on)}" if flag else "No flag")
        )
    if pack.decision is not None:
        made = f"{meetings.DECIDED[pack.decision.kind]}, {day_and_year(pack.decision.held_on)}"
        found.append(("Last decision", f"{made}: {pack.decision.reason}"))
    return found


def _tally(tally: AttendanceTally) -> tuple[str, ...]:
    counts = (
        tally.all,
        tally.attended,
        tally.acceptable,
        tally.unacceptable,
        tally.awaiting,
        tally.other,
        tally.unrecorded,
    )
    return (f"{tally.days} days", *map(str, counts))


def _lists(paper: PdfDocument, pack: CasePack) -> None:
    facts: list[tuple[str, str]] = []
    if pack.offences:
        lines = (
            f"{OFFENCE_KINDS[one.kind]}, {one.what} ({_short(one.happened_on)})"
            for one in pack.offences
        )
        facts.append(("Offences of a year", "; ".join(lines)))
    if pack.tests is not None:
        lines = (
            f"{_short(one.due_on)} {TEST_RESULTS[one.result].lower()}"
            for one in pack.tests
            if one.result
        )
        facts.append(("Tests", "; ".join(lines) or "None recorded"))
    if pack.housing is not None:
        home = HOUSING_STAGES[pack.housing.stage]
        facts.append(
            (
                "Housing",
                f"{home} since {_short(pack.housing.since)}"
                f" ({REPORT_STATES[pack.housing.state].lower()})",
            )
        )
    if pack.activities:
        lines = (
            f"{ACTIVITY_KINDS[one.kind]}: {one.name} ({_short(one.started_on)})"
            for one in pack.activities
        )
        facts.append(("Takes part in", "; ".join(lines)))
    if pack.assessment is not None:
        facts += _assessed(pack)
    if facts:
        paper.heading("Progress and risk", small=True)
        paper.facts(facts)
    paper.heading("Open signals", small=True)
    if pack.signals:
        rows = [(SEVERITIES[one.severity], one.title, one.why) for one in pack.signals]
        paper.table(("Urgency", "Signal", "Why"), rows, widths=(12, 28, 60))
    else:
        paper.paragraph("None.")
    paper.heading("Overdue actions", small=True)
    if pack.overdue:
        late = [
            (_short(one.due_on), one.what, f"{one.responsible}, {one.agency}")
            for one in pack.overdue
        ]
        paper.table(("Due", "Action", "Whose"), late, widths=(14, 50, 36))
    else:
        paper.paragraph(f"None of the {pack.live_actions} agreed actions.")


def _assessed(pack: CasePack) -> list[tuple[str, str]]:
    row = pack.assessment
    if row is None:
        return []
    others, own = meetings.RISKS[row.harm_to_others], meetings.RISKS[row.harm_to_self]
    risk = f"To others {others.lower()}, to self {own.lower()}"
    scored = assessments.scores(row, health=pack.tests is not None)
    needs = "; ".join(
        f"{PATHWAYS[name]}: {NEED_SCORES[score].lower()}"
        for name, score in sorted(scored.items(), key=lambda pair: -pair[1])
    )
    found = [("Risk of harm", f"{risk} (assessed {_short(local_day(row.made_at, pack.zone))})")]
    return [*found, ("Needs", needs)] if needs else found


def _short(day: date) -> str:
    return f"{day:%d/%m/%y}"
