"""Labels of people: status, language, phone numbers, and what changed in a record."""

from collections.abc import Mapping

from engage.people.model import ContactStatus, CustodyStatus, Language, LegalStatus, NumberState

LANGUAGES: Mapping[Language, str] = {Language.ENGLISH: "English", Language.WELSH: "Welsh (Cymraeg)"}


LEGAL: Mapping[LegalStatus, str] = {
    LegalStatus.STATUTORY: "Statutory (order or licence)",
    LegalStatus.NON_STATUTORY: "Non-statutory (voluntary)",
    LegalStatus.UNKNOWN: "Not known",
}


CUSTODY: Mapping[CustodyStatus, str] = {
    CustodyStatus.COMMUNITY: "In the community",
    CustodyStatus.CUSTODY: "In custody",
    CustodyStatus.REMAND: "Remanded in custody",
    CustodyStatus.WARRANT: "On warrant",
    CustodyStatus.UNLAWFULLY_AT_LARGE: "Unlawfully at large",
}


CONTACT: Mapping[ContactStatus, str] = {
    ContactStatus.OPEN: "Open",
    ContactStatus.SUSPENDED: "Suspended",
    ContactStatus.CLOSED: "Case closed",
    ContactStatus.DEAD: "Died",
}


NUMBERS: Mapping[NumberState, str] = {
    NumberState.UNVERIFIED: "Not yet confirmed as theirs",
    NumberState.CHECKING: "Asked whose it is, no answer yet",
    NumberState.VERIFIED: "Confirmed as theirs",
    NumberState.SUSPENDED: "Suspended",
    NumberState.UNUSABLE: "Cannot be texted",
    NumberState.RETIRED: "Replaced",
}


MARKS: Mapping[str, str] = {
    "number.added": "Phone number added",
    "number.changed": "Phone number changed",
    "number.verified": "Phone number confirmed as theirs",
    "number.suspended": "Phone number suspended",
    "number.sharing_agreed": "Sharing of the phone number agreed",
    "number.claimed": "Earlier texts from this number were found to be theirs",
    "texts.approved": "Texts approved",
    "texts.approval_ended": "Approval of texts taken back",
    "texts.paused": "Texts that nobody asked for wait until a worker has spoken with them",
    "texts.resumed": "Texts may go on",
    "rebooking.allowed": "May pick another time by text",
    "rebooking.ended": "May no longer pick another time by text",
    "person.changed": "Details changed",
    "person.transferred": "Given to another offender manager",
    "person.died": "Their death was recorded",
    "conversation.taken_over": "A worker took the conversation over",
    "conversation.handed_back": "Conversation handed back",
    "conversation.timed_out": "Conversation came back by itself",
}


CHANGED_FIELDS: Mapping[str, str] = {
    "first_name": "first name",
    "last_name": "last name",
    "preferred_name": "preferred name",
    "language": "language",
    "legal_status": "legal status",
    "custody_status": "custody",
    "contact_status": "contact",
    "restricted": "restricted record",
    "restricted_texts_allowed": "texts on a restricted record",
    "two_hour_reminder": "2-hour reminders",
    "held": "held for a case",
    "text_from_hour": "hours for texts",
    "text_until_hour": "hours for texts",
}


def field_name(name: str) -> str:
    """What a column of a person is called when it is said to have changed."""
    return CHANGED_FIELDS.get(name, name.replace("_", " "))
