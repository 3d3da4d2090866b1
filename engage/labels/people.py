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


RECORD_CHANGES: Mapping[str, str] = {
    "number.added": "Phone number added",
    "number.changed": "Phone number changed",
    "number.verified": "Phone number confirmed as theirs",
    "number.suspended": "Phone number suspended",
    "number.sharing_agreed": "Sharing of the phone number agreed",
    "number.claimed": "Earlier texts from this number assigned to them",
    "texts.approved": "Texts approved",
    "texts.approval_ended": "Approval of texts withdrawn",
    "texts.paused": "Texts paused until a worker has spoken with them",
    "texts.resumed": "Texts resumed",
    "rebooking.allowed": "Rebooking by text allowed",
    "rebooking.ended": "Rebooking by text ended",
    "person.changed": "Details changed",
    "person.transferred": "Transferred to another offender manager",
    "person.died": "Death recorded",
    "conversation.taken_over": "Conversation taken over by a worker",
    "conversation.handed_back": "Conversation handed back",
    "conversation.timed_out": "Conversation handed back automatically",
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
    "held": "legal hold",
    "text_from_hour": "hours for texts",
    "text_until_hour": "hours for texts",
}


def field_name(name: str) -> str:
    """The name of a person's field, for lists of changes."""
    return CHANGED_FIELDS.get(name, name.replace("_", " "))
