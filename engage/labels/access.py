"""Labels of the parts of a record and of the lines of the access log."""

from collections.abc import Mapping

from engage.access.sharing import RecordPart

PARTS_OF_RECORD: Mapping[RecordPart, str] = {
    RecordPart.APPOINTMENTS: "Appointments of every agency",
    RecordPart.STATUS: "Status: cohort, strand, red, amber or green",
    RecordPart.PLAN: "Plan: needs and actions",
    RecordPart.LEGAL: "Orders, requirements and custody",
    RecordPart.PROGRESS: "Progress: housing, courses and work",
    RecordPart.COMPLIANCE: "Compliance",
    RecordPart.HEALTH: "Health, including drug tests",
}
ACCESS_PURPOSES: Mapping[str, str] = {
    "opened in an emergency": "Opened the record in an emergency",
    "person.page": "Viewed the person’s page",
    "appointment.page": "Viewed an appointment",
    "conversation log": "Exported the whole conversation",
    "who has seen it": "Viewed who has seen the record",
}


def access_description(what: str) -> str:
    """A line of the access log in words."""
    if what in ACCESS_PURPOSES:
        return ACCESS_PURPOSES[what]
    words = what.replace(".page", "").replace(".form", "").replace(".", " ").replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}"
