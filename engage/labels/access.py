"""What the parts of a record, ways of looking at one and the settings of a hub are called on staff
pages.
"""

from collections.abc import Mapping

from engage.access.sharing import RecordPart

PARTS_OF_RECORD: Mapping[RecordPart, str] = {
    RecordPart.APPOINTMENTS: "Appointments of every agency",
    RecordPart.STATUS: "Status: cohort, strand, red, amber or green",
    RecordPart.PLAN: "Plan: needs and actions",
    RecordPart.LEGAL: "Orders, requirements and custody",
    RecordPart.PROGRESS: "Progress: housing, courses and work",
    RecordPart.COMPLIANCE: "Compliance",
    RecordPart.HEALTH: "Health, drug tests among it",
}
SETTINGS: Mapping[str, str] = {
    "safe_days": "Days for which a number stays confirmed as safe",
    "daily_cap": "Most texts a day to one person",
    "text_from_hour": "Texts go from this hour",
    "text_until_hour": "Texts go until this hour",
    "evidence_days": "Days to explain an absence",
    "late_times": "Times late that make a pattern",
    "late_days": "Days in which they count as a pattern",
    "check_imported_numbers": "Ask imported numbers whether they are right",
    "standing_approval": "Texts to new people are approved from the start",
    "unanswered_texts": "Texts without an answer that raise a signal",
    "check_in_hours": "Hours for which a check-in is open",
    "check_in_nudge_hours": "Hours before its end at which a check-in is nudged",
    "conversation_timeout_minutes": "Minutes of silence after which a taken-over conversation goes back",
    "texts_together_minutes": "Minutes within which texts are read as one",
    "texts_read_a_minute": "Most texts of a number read in a minute",
    "texts_read_an_hour": "Most texts of a number read in an hour",
    "one_day_until_hours": "Hours before an appointment until which the 1-day reminder goes",
    "two_hours_until_minutes": "Minutes before an appointment until which the 2-hour reminder goes",
    "booked_until_minutes": "Minutes before an appointment until which the booking text goes",
    "late_booking_hours": "Hours before an appointment from which a booking is late",
    "texts_apart_hours": "Hours that two reminders are apart",
    "offer_notice_hours": "Hours of notice for a free time that is offered",
    "offer_days_ahead": "Days ahead for which free times are offered",
    "hold_minutes": "Minutes for which an offered time is held",
    "rebook_enforceable": "Enforceable appointments may be rebooked by text",
    "provider": "Text provider",
    "failover": "Use the other text provider when this one is down",
    "failover_minutes": "Minutes to wait before the other provider is used",
    "redact_after_delivery": "Have the provider erase its copy of a text",
    "on_call_minutes": "Minutes until the next level on call is told",
    "work_from_hour": "Staff work from this hour",
    "work_until_hour": "Staff work until this hour",
    "count_months": "Months in which failures to comply count",
    "count_sent_home": "Being sent home for behaviour counts as a failure",
    "failures_to_consider": "Failures at which a warning or breach is considered",
    "referral_working_days": "Working days until a referral to court is due",
    "silent_days": "Days without contact that raise a signal",
    "recheck_number_days": "Silent days after which a number is asked again",
    "red_without_contact_days": "Days without contact that suggest red",
    "rag_window_days": "Days of attendance that red, amber or green look at",
    "green_strict": "Green asks for negative tests and stable housing or work, both",
    "green_months": "Months of green that suggest leaving",
    "long_custody_years": "Years in custody that suggest leaving",
    "re_referral_months": "Months before release at which to refer again",
    "review_red_days": "Days between reviews while red",
    "review_amber_days": "Days between reviews while amber",
    "review_green_days": "Days between reviews while green",
    "meeting_days": "Days between meetings",
    "test_days": "Days between drug tests where the order says nothing",
    "report_days": "Days before a court review at which the report is due",
    "release_days": "Days before release at which the plan is due",
    "break_glass_hours": "Hours for which a record stays open in an emergency",
    "keep_bodies_months": "Months for which words of texts are kept",
    "keep_people_years": "Years for which people are kept after leaving",
    "keep_access_log_years": "Years for which the log of who looked is kept",
}
LOOKS: Mapping[str, str] = {
    "opened in an emergency": "Opened the record in an emergency",
    "person.page": "Looked at the person’s page",
    "appointment.page": "Looked at an appointment",
    "conversation log": "Took out the whole conversation",
    "who has seen it": "Looked at who has seen the record",
}


def look(what: str) -> str:
    """What a line of the access log says that somebody did."""
    if what in LOOKS:
        return LOOKS[what]
    words = what.replace(".page", "").replace(".form", "").replace(".", " ").replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}"


def setting_value(value: object) -> str:
    """A setting's value in words."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return {"twilio": "Twilio", "notify": "GOV.UK Notify"}.get(str(value), str(value))
