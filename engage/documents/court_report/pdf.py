"""The report to the court in words, once for the page and for paper. It names what is recorded, by
whose word, and judges nothing.
"""

from collections.abc import Sequence
from datetime import date

from engage.documents.court_report.facts import CourtReport, ReportPage
from engage.documents.pdf import PdfDocument
from engage.labels import progress as words
from engage.labels.formats import clock_time, day_and_year

TITLE = "Report for the review of a drug rehabilitation requirement"
UNMADE = "This report has not been made yet: it shows what is recorded now."
CHANGED = "What is recorded has changed since this report was made. It shows what is recorded now; make it anew before it is given."
NOTHING = "Nothing is recorded."
Facts = Sequence[tuple[str, str]]


def render(page: ReportPage) -> bytes:
    """The report as a PDF."""
    report = page.report
    paper = PdfDocument(TITLE, made_at=report.made_at, footer=f"{report.crn}  {_digest(page)}")
    if notice := standing(page):
        paper.notice(notice)
    paper.facts(about(page))
    for heading, facts in (
        ("Tests", tests(report)),
        ("Appointments", appointments(report)),
        ("Home", [("Where they live", home(report))]),
    ):
        paper.heading(heading)
        paper.facts(facts)
        if heading == "Tests" and report.tests:
            paper.table(("Day", "Result", "Note"), test_rows(report), widths=(25, 30, 45))
    paper.heading("Groups, courses, work and treatment")
    if report.activities:
        paper.table(("What", "When", "By whose word"), activity_rows(report), widths=(40, 35, 25))
    else:
        paper.paragraph(NOTHING)
    if report.earlier_finding:
        paper.heading("What the court found last time")
        paper.paragraph(report.earlier_finding)
    return paper.finished()


def standing(page: ReportPage) -> str:
    """What a reader must know of how this report stands; empty where it is as it was made."""
    return CHANGED if page.changed else "" if page.made else UNMADE


def about(page: ReportPage) -> Facts:
    """Whom and what the report is about."""
    report = page.report
    born = day_and_year(report.date_of_birth) if report.date_of_birth else "Not recorded"
    order = f"{words.TREATMENT_ORDERS[report.order]} of {day_and_year(report.order_made_on)}, until {day_and_year(report.order_ends_on)}"
    asked = f", a test {words.every(report.tests_every_days)}" if report.tests_every_days else ""
    return [
        ("Name", report.name),
        ("Date of birth", born),
        ("Case reference", report.crn),
        (
            "Court",
            " ".join(part for part in (report.court, report.reference) if part) or "Not recorded",
        ),
        ("Order", order),
        (
            "Requirement",
            f"Drug rehabilitation, from {day_and_year(report.requirement_starts_on)}{asked}",
        ),
        ("Review", day_and_year(report.review_on)),
        (
            "Time of this report",
            f"{day_and_year(report.from_on)} to {day_and_year(report.until_on)}",
        ),
        ("Offender manager", report.offender_manager),
        (
            "Made" if page.made else "Not made yet; looked at",
            f"{day_and_year(report.made_at, page.zone)}, {clock_time(report.made_at, page.zone)}, by {report.made_by}",
        ),
    ]


def tests(report: CourtReport) -> Facts:
    """What came of the tests, with how many there were."""
    counts = report.counts
    planned = ("Planned, no result recorded", str(report.not_recorded))
    if not counts.asked:
        return [("Results recorded", "None"), planned]
    return [
        ("Results recorded", str(counts.asked)),
        ("Negative", f"{counts.negative} of {counts.asked}"),
        ("Positive", f"{counts.positive} of {counts.asked}"),
        ("Did not come", f"{counts.missed} of {counts.asked}"),
        ("Gave no sample", f"{counts.refused} of {counts.asked}"),
        ("Told nothing (void)", f"{counts.void} of {counts.asked}"),
        planned,
    ]


def test_rows(report: CourtReport) -> Sequence[tuple[str, str, str]]:
    """Each test."""
    return [
        (day_and_year(line.due_on), words.TEST_RESULTS[line.result], line.note)
        for line in report.tests
    ]


def appointments(report: CourtReport) -> Facts:
    """What was recorded of the appointments, with how many there were."""
    found = report.attendance
    if not found.arranged:
        return [("Appointments that have begun", "None")]
    return [
        ("Appointments that have begun", str(found.arranged)),
        ("Attended", f"{found.attended} of {found.arranged}"),
        ("Acceptable absence", f"{found.acceptable} of {found.arranged}"),
        ("Unacceptable absence", f"{found.unacceptable} of {found.arranged}"),
        ("Sent home", f"{found.sent_home} of {found.arranged}"),
        ("Nothing final recorded", f"{found.open} of {found.arranged}"),
    ]


def home(report: CourtReport) -> str:
    """Where they live, since when, by whose word."""
    line = report.home
    if line is None:
        return NOTHING
    return f"{words.HOUSING_STAGES[line.stage]}, since {day_and_year(line.since)}. {words.WHOSE_WORD[line.state]}."


def activity_rows(report: CourtReport) -> Sequence[tuple[str, str, str]]:
    """What they took part in."""
    return [
        (
            f"{words.ACTIVITY_KINDS[line.kind]}: {line.name}",
            _when(line.started_on, line.ended_on)
            + (f", {words.ACTIVITY_ENDINGS[line.ending].lower()}" if line.ending else ""),
            words.WHOSE_WORD[line.state],
        )
        for line in report.activities
    ]


def _when(started_on: date, ended_on: date | None) -> str:
    if ended_on is None:
        return f"since {day_and_year(started_on)}"
    return f"{day_and_year(started_on)} to {day_and_year(ended_on)}"


def _digest(page: ReportPage) -> str:
    """What the report is known by, where it stands as it was made."""
    return f"SHA-256 {page.review.digest}" if page.made and not page.changed else "Not made"
