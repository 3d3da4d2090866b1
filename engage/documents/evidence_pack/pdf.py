"""The evidence pack as PDF: laid out from its JSON alone, so that both say the same.

Texts not known to have arrived are pointed out on the first page and at each appointment (rule 8),
before any counts.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from engage.documents.evidence_pack import wording as words
from engage.documents.pdf import PdfDocument

Json = dict[str, Any]
_SHORT = 16


def render(facts: Json, digest: str) -> bytes:
    """Return the pages of a pack. `digest` is that of the JSON that `facts` was read from."""
    made_at = _moment(facts["made"]["at"])
    zone = ZoneInfo(facts["made"]["zone"])
    person = facts["person"]
    paper = PdfDocument(
        f"Evidence pack: {person['name']}",
        made_at=made_at,
        footer=f"Evidence pack, {person['crn']}, made {_when(facts['made']['at'], zone)}",
    )
    _face(paper, facts, digest, zone)
    _count(paper, facts)
    _decisions(paper, facts, zone)
    paper.heading("Appointments")
    if not facts["appointments"]:
        paper.paragraph("There were none in this period.")
    for number, one in enumerate(facts["appointments"], 1):
        _appointment(paper, number, one, zone)
    _chain(paper, facts["chain"], zone)
    return paper.finished()


def _face(paper: PdfDocument, facts: Json, digest: str, zone: ZoneInfo) -> None:
    made, person, period = facts["made"], facts["person"], facts["period"]
    paper.facts(
        [
            ("Person", f"{person['name']}, {person['crn']}"),
            ("Born", _day(person["born"]) if person["born"] else "not recorded"),
            ("Period", f"{_day(period['from'])} to {_day(period['until'])}, both days included"),
            ("Made", f"{_when(made['at'], zone)}, by {made['by']}, {made['hub']}"),
            ("For", f"{made['recipient']}: {made['purpose']}"),
            ("Times", f"On the clock of {made['zone']}"),
            ("SHA-256 of the JSON", digest),
        ]
    )
    silent, all_of = facts["non_delivery"], facts["non_delivery"]["appointments"]
    many, failed = (
        len(silent["nothing_known_to_have_arrived"]),
        len(silent["of_these_counted_as_failures"]),
    )
    if many:
        also = (
            f" {failed} of these {'is' if failed == 1 else 'are'} counted as a failure to comply"
            " below."
            if failed
            else ""
        )
        paper.notice(
            f"For {many} of {all_of} appointments no text is known to have reached the phone before"
            f" the appointment.{also} A text that did not arrive, was not sent, or whose result is"
            " not known is never a failure of the person."
        )
    else:
        paper.paragraph(
            f"For each of the {all_of} appointments a text is known to have reached the phone."
        )
    if not made["words_of_texts"]:
        paper.paragraph(
            "The words of the person's texts are left out: the author of this pack may "
            "not read them."
        )
    paper.heading("Orders")
    for one in facts["orders"]:
        paper.paragraph(_order(one))
    if not facts["orders"]:
        paper.paragraph("None recorded.")


def _order(one: Json) -> str:
    court = f" at {one['court']}" if one["court"] else ""
    reference = f", reference {one['reference']}" if one["reference"] else ""
    asked = "; ".join(
        words.REQUIREMENTS[each["kind"]].format(amount=each["amount"])
        for each in one["requirements"]
    )
    ended = (
        f" Ended on {_day(one['ended_on'])}: {words.ENDINGS[one['ending']]}."
        if one["ended_on"]
        else ""
    )
    return (
        f"{words.ORDERS[one['kind']]}, made on {_day(one['made_on'])}{court}{reference}."
        f" In force from {_day(one['starts_on'])} to {_day(one['ends_on'])}.{ended}"
        + (f" Requirements: {asked}." if asked else "")
    )


def _count(paper: PdfDocument, facts: Json) -> None:
    count = facts["count"]
    paper.heading("Failures to comply that count")
    paper.paragraph(
        f"Unacceptable absences and failures to comply at enforceable appointments in the"
        f" {count['months']} months up to {_day(count['on'])}, as currently recorded."
    )
    numbers = {one["id"]: number for number, one in enumerate(facts["appointments"], 1)}
    if count["failures"]:
        paper.table(
            ("Day", "Recorded as", "Appointment"),
            [
                (
                    _day(one["on"]),
                    f"{one['code']}, {words.OUTCOMES[one['code']]}",
                    f"number {numbers[one['appointment']]} below"
                    if one["appointment"] in numbers
                    else "before the period of this pack",
                )
                for one in count["failures"]
            ],
            widths=(25, 45, 30),
        )
    else:
        paper.paragraph("None.")
    for one in count["suggested"]:
        under = (
            words.ORDERS.get(one["order"], "No order recorded")
            if one["order"]
            else "No order recorded"
        )
        paper.paragraph(f"{under}: {' '.join(one['reasons'])}")


def _decisions(paper: PdfDocument, facts: Json, zone: ZoneInfo) -> None:
    paper.heading("Decisions")
    if not facts["decisions"]:
        paper.paragraph("No decisions.")
        return
    rows = [
        (
            _when(one["decided_at"], zone),
            f"{words.DECISIONS[one['kind']]}, by {one['decided_by']}. {one['reason']}",
            _came_of(one, zone),
        )
        for one in facts["decisions"]
    ]
    paper.table(("When", "What and why", "Result"), rows, widths=(24, 46, 30))
    for one in facts["decisions"]:
        if one["letter"]:
            paper.heading(f"Letter of {_when(one['decided_at'], zone)}", small=True)
            paper.paragraph(one["letter"])


def _came_of(one: Json, zone: ZoneInfo) -> str:
    parts = []
    if one["letter"]:
        parts.append(
            f"Letter given on {_day(one['given_on'])} {words.GIVEN[one['given_how']]}."
            if one["given_on"]
            else "The letter has not been given."
        )
    if one["due_on"]:
        parts.append(f"Due by {_day(one['due_on'])}.")
    if one["done_on"]:
        parts.append(f"Done on {_day(one['done_on'])}.")
    if one["withdrawn_at"]:
        parts.append(
            f"WITHDRAWN {_when(one['withdrawn_at'], zone)} by {one['withdrawn_by']}:"
            f" {one['withdrawn_why']}"
        )
    return " ".join(parts)


def _appointment(paper: PdfDocument, number: int, one: Json, zone: ZoneInfo) -> None:
    paper.heading(
        f"{number}. {_when(one['starts_at'], zone)}, {words.TYPES[one['type']]},"
        f" with {one['with']} of {one['agency']}",
        small=True,
    )
    said = ["Enforceable." if one["enforceable"] else "Not enforceable."]
    if one["state"] == "cancelled":
        said.append("Cancelled.")
    if one["counts_as_failure"]:
        said.append("Counted as a failure to comply.")
    paper.paragraph(" ".join(said))
    if one["nothing_known_to_have_arrived"]:
        paper.notice("No text about it is known to have reached the phone before the appointment.")
    rows = sorted(_rows(one, zone), key=lambda row: row[0])
    paper.table(
        ("When", "What", "By whom, or result"),
        [(_when(moment, zone), what, more) for moment, what, more in rows],
        widths=(24, 32, 44),
    )


def _rows(one: Json, zone: ZoneInfo) -> Iterator[tuple[str, str, str]]:
    if not any(event["what"] == "appointment.booked" for event in one["history"]):
        yield one["booked_at"], "Booked", one["booked_by"]
    for event in one["history"]:
        yield event["at"], words.HISTORY[event["what"]], f"{event['by']}{_moved(event, zone)}"
    for told in one["told"]:
        yield told["decided_at"] or told["due_at"], words.REMINDERS[told["kind"]], _told(told, zone)
    for said in one["said"]:
        yield said["at"], words.INTENTS[said["kind"]], _said(said, zone)
    for reason in one["reasons"]:
        yield reason["at"], "Gave a reason for their absence", _reason(reason, zone)
    for outcome in one["recorded"]:
        over = (
            f" Replaced {_when(outcome['superseded_at'], zone)}."
            if outcome["superseded_at"]
            else ""
        )
        note = f" {outcome['note']}" if outcome["note"] else ""
        yield (
            outcome["at"],
            f"Recorded: {outcome['code']}, {words.OUTCOMES[outcome['code']]}",
            f"{outcome['by']}.{note}{over}",
        )


def _moved(event: Json, zone: ZoneInfo) -> str:
    if "from_starts_at" not in event:
        return ""
    return f", from {_when(event['from_starts_at'], zone)} to {_when(event['starts_at'], zone)}"


def _told(told: Json, zone: ZoneInfo) -> str:
    text, why = told["text"], "; ".join(told["why_not"])
    if text is None:
        state = {
            "planned": "Not due yet.",
            "skipped": "NOT SENT",
            "void": "NOT SENT: no longer needed",
        }
        return f"{state.get(told['state'], told['state'])}{': ' + why if why else ''}"
    when = text["delivered_at"] or text["ended_at"] or text["sent_at"]
    parts = [f"To …{text['number_ends']}: {words.STATUSES[text['status']]}"]
    parts.append(f", {_when(when, zone)}." if when else ".")
    if text["why"]:
        parts.append(f" {text['why']}.")
    if text["names_time"]:
        parts.append(f" It named {_when(text['names_time'], zone)}.")
    if text["provider_id"]:
        parts.append(f" {text['provider']} {text['provider_id']}.")
    return "".join(parts)


def _said(said: Json, zone: ZoneInfo) -> str:
    parts = [f"“{said['words']}”" if said["words"] else ""]
    if said["minutes_late"]:
        parts.append(f"{said['minutes_late']} minutes late.")
    if said["cause"]:
        parts.append(f"Because of: {said['cause']}.")
    if said["as_read_by"]:
        parts.append(f"As read by {said['as_read_by']}.")
    if said["withdrawn_at"]:
        parts.append(f"No longer counts since {_when(said['withdrawn_at'], zone)}.")
    return " ".join(part for part in parts if part)


def _reason(reason: Json, zone: ZoneInfo) -> str:
    parts = [f"“{reason['words']}”" if reason["words"] else ""]
    if reason["cause"]:
        parts.append(f"Because of: {reason['cause']}.")
    if reason["decision"]:
        parts.append(
            f"{words.ABSENCE[reason['decision']].capitalize()} by {reason['decided_by']},"
            f" {_when(reason['decided_at'], zone)}."
        )
    else:
        parts.append("No decision yet.")
    return " ".join(part for part in parts if part)


def _chain(paper: PdfDocument, chain: Json, zone: ZoneInfo) -> None:
    paper.heading("Chain over the log of events")
    if chain["holds"]:
        paper.paragraph(
            "Each event of this person was sealed with a link to the one before. The "
            "chain was recalculated when this pack was made, and it holds: nothing was "
            "changed, removed or inserted."
        )
    else:
        paper.notice(
            f"The chain is broken from place {chain['broken']['place']}. {chain['broken']['why']}"
        )
    paper.facts(
        [
            ("Before the period", chain["before"]),
            ("Links in the period", str(len(chain["links"]))),
            ("Last link", chain["head"]),
            ("Not sealed yet", f"{chain['waiting']} very recent events"),
        ]
    )
    paper.paragraph(
        f"{chain['how_to_check']} All links of the period are in the JSON. The links of events in"
        f" this pack are shown here by their first {_SHORT} characters."
    )
    shown = [link for link in chain["links"] if link["what"]]
    if shown:
        paper.table(
            ("Place", "Happened", "Sealed", "Event", "Link"),
            [
                (
                    str(link["place"]),
                    _when(link["at"], zone),
                    _when(link["sealed_at"], zone),
                    link["what"],
                    link["link"][:_SHORT],
                )
                for link in shown
            ],
            widths=(8, 24, 24, 22, 22),
        )


def _moment(given: str) -> datetime:
    return datetime.fromisoformat(given).astimezone(UTC)


def _when(given: str, zone: ZoneInfo) -> str:
    local = datetime.fromisoformat(given).astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y}, {local:%H:%M}"


def _day(given: str) -> str:
    found = date.fromisoformat(given)
    return f"{found.day} {found:%B %Y}"
