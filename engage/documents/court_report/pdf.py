"""The words of the report to the court, shared by the page and the PDF. It states what is recorded
and its source, and judges nothing.
"""

from collections.abc import Sequence
from datetime import date

from engage.documents.court_report.facts import CourtReport, ReportPage
from engage.documents.pdf import PdfDocument
from engage.labels import progress as words
from engage.labels.formats import clock_time, day_and_year

TITLE = "Report for the review of a drug rehabilitation requirement"
UNMADE = "This report has not been made yet: it shows what is recorded now."
CHANGED = (
    "The records have changed since this report was made. It shows the current "
    "records. Make it again before you give it to the court."
)
NOTHING = "Nothing is recorded."
Facts = Sequence[tuple[str, str]]


def render(page: ReportPage) -> bytes:
    """Return the report as PDF."""
    report = page.report
    paper = PdfDocument(TITLE, made_at=report.made_at, footer=f"{report.crn}  {_digest(page)}")
    if notice := record_notice(page):
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
        paper.table(("What", "When", "Status"), activity_rows(report), widths=(40, 35, 25))
    else:
        paper.paragraph(NOTHING)
    if report.earlier_finding:
        paper.heading("What the court found last time")
        paper.paragraph(report.earlier_finding)
    return paper.finished()


def record_notice(page: ReportPage) -> str:
    """Why the report must not be used as it is; empty if it is as it was made."""
    return CHANGED if page.changed else "" if page.made else UNMADE


def about(page: ReportPage) -> Facts:
    """The person, the order and the review that the report is about."""
    report = page.report
    born = day_and_year(report.date_of_birth) if report.date_of_birth else "Not recorded"
    order = (
        f"{words.TREATMENT_ORDERS[report.order]} of {day_and_year(report.order_made_on)},"
        f" until {day_and_year(report.order_ends_on)}"
    )
    asked = f", a test {words.interval(report.tests_every_days)}" if report.tests_every_days else ""
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
            "Period of this report",
            f"{day_and_year(report.from_on)} to {day_and_year(report.until_on)}",
        ),
        ("Offender manager", report.offender_manager),
        (
            "Made" if page.made else "Not made yet; viewed",
            f"{day_and_year(report.made_at, page.zone)}, {clock_time(report.made_at, page.zone)},"
            f" by {report.made_by}",
        ),
    ]


def tests(report: CourtReport) -> Facts:
    """The results of the tests, with their number."""
    counts = report.counts
    planned = ("Planned, no result recorded", str(report.not_recorded))
    if not counts.asked:
        return [("Results recorded", "None"), planned]
    return [
        ("Results recorded", str(counts.asked)),
        ("Negative", f"{counts.negative} of {counts.asked}"),
        ("Positive", f"{counts.positive} of {counts.asked}"),
        ("Did not attend", f"{counts.missed} of {counts.asked}"),
        ("Gave no sample", f"{counts.refused} of {counts.asked}"),
        ("No result (void)", f"{counts.void} of {counts.asked}"),
        planned,
    ]


def test_rows(report: CourtReport) -> Sequence[tuple[str, str, str]]:
    """Each test."""
    return [
        (day_and_year(line.due_on), words.TEST_RESULTS[line.result], line.note)
        for line in report.tests
    ]


def appointments(report: CourtReport) -> Facts:
    """The recorded outcomes of the appointments, with their number."""
    found = report.attendance
    if not found.arranged:
        return [("Appointments so far", "None")]
    return [
        ("Appointments so far", str(found.arranged)),
        ("Attended", f"{found.attended} of {found.arranged}"),
        ("Acceptable absence", f"{found.acceptable} of {found.arranged}"),
        ("Unacceptable absence", f"{found.unacceptable} of {found.arranged}"),
        ("Sent home", f"{found.sent_home} of {found.arranged}"),
        ("No final outcome recorded", f"{found.open} of {found.arranged}"),
    ]


def home(report: CourtReport) -> str:
    """Where the person lives, since when, and whether it is verified."""
    line = report.home
    if line is None:
        return NOTHING
    stage, state = words.HOUSING_STAGES[line.stage], words.REPORT_STATES[line.state]
    return f"{stage}, since {day_and_year(line.since)}. {state}."


def activity_rows(report: CourtReport) -> Sequence[tuple[str, str, str]]:
    """The activities of the period."""
    return [
        (
            f"{words.ACTIVITY_KINDS[line.kind]}: {line.name}",
            _when(line.started_on, line.ended_on)
            + (f", {words.ACTIVITY_ENDINGS[line.ending].lower()}" if line.ending else ""),
            words.REPORT_STATES[line.state],
        )
        for line in report.activities
    ]


def _when(started_on: date, ended_on: date | None) -> str:
    if ended_on is None:
        return f"since {day_and_year(started_on)}"
    return f"{day_and_year(started_on)} to {day_and_year(ended_on)}"


def _digest(page: ReportPage) -> str:
    """The digest, if the report is as it was made."""
    return f"SHA-256 {page.review.digest}" if page.made and not page.changed else "Not made"
