"""Letters about non-compliance, filled in from templates in English and Welsh.

A letter is printed and given by hand or by post, never texted. It says what happened, that it is
unacceptable, and what the person is liable to (rule 7). Facts in, words out: no database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from engage import texts
from engage.appointments.kinds import AppointmentType, OutcomeCode
from engage.compliance.kinds import EnforcementKind
from engage.core.local_time import local_day
from engage.legal.kinds import OrderKind
from engage.people.model import Language

LONGEST = 6000
MOST_NAMED = 20


@dataclass(frozen=True)
class LetterFailure:
    """A failure as the letter names it."""

    starts_at: datetime
    type: AppointmentType
    code: OutcomeCode


@dataclass(frozen=True)
class LetterFacts:
    """The content of a letter. `phone` is the hub's, empty if it has none."""

    name: str
    crn: str
    hub: str
    phone: str
    order: OrderKind
    made_on: date
    court: str
    reference: str
    manager: str
    written_on: date
    months: int
    failures: Sequence[LetterFailure]
    zone: tzinfo


_ORDERS = {
    Language.ENGLISH: {
        OrderKind.COMMUNITY_ORDER: "community order",
        OrderKind.SUSPENDED_SENTENCE_ORDER: "suspended sentence order",
        OrderKind.LICENCE: "licence",
    },
    Language.WELSH: {
        OrderKind.COMMUNITY_ORDER: "gorchymyn cymunedol",
        OrderKind.SUSPENDED_SENTENCE_ORDER: "gorchymyn dedfryd ohiriedig",
        OrderKind.LICENCE: "trwydded",
    },
}
_TYPES = {
    Language.ENGLISH: {kind: kind.row.in_letter_en for kind in AppointmentType},
    Language.WELSH: {kind: kind.row.in_letter_cy for kind in AppointmentType},
}
_DONE = {
    Language.ENGLISH: {
        OutcomeCode.UNACCEPTABLE_ABSENCE: "you did not attend, and no acceptable reason was given",
        OutcomeCode.ATTENDED_FAILED_TO_COMPLY: "you attended, and did not do what was required",
        OutcomeCode.SENT_HOME_BEHAVIOUR: "you were sent home because of your behaviour",
    },
    Language.WELSH: {
        OutcomeCode.UNACCEPTABLE_ABSENCE: "ni ddaethoch, ac ni roddwyd rheswm derbyniol",
        OutcomeCode.ATTENDED_FAILED_TO_COMPLY: "daethoch, ond ni wnaethoch yr hyn oedd yn ofynnol",
        OutcomeCode.SENT_HOME_BEHAVIOUR: "cawsoch eich anfon adref oherwydd eich ymddygiad",
    },
}
_MADE = {
    Language.ENGLISH: "Your {order} began with the decision of {made_on}{court}{reference}.",
    Language.WELSH: "Dechreuodd eich {order} gyda'r penderfyniad ar {made_on}{court}{reference}.",
}
_LETTERS = {
    (EnforcementKind.WARNING, Language.ENGLISH): """{hub}
{written_on}

{name} ({crn})

Dear {name}

Formal warning

{made}

This is what happened:

{failures}

This is unacceptable. It is a failure to comply with your {order} for which no reasonable excuse is known.

This letter is a warning. For {months} months from the day on which you receive it, if you fail again without a reasonable excuse, you are liable to be brought before a court, which can make your {order} harder or sentence you anew.

If there was a reason that we do not know of, or if you do not agree, tell {manager} as soon as you can.{phone}

{manager}
Offender manager
""",
    (EnforcementKind.WARNING, Language.WELSH): """{hub}
{written_on}

{name} ({crn})

Annwyl {name}

Rhybudd ffurfiol

{made}

Dyma beth ddigwyddodd:

{failures}

Mae hyn yn annerbyniol. Mae'n fethiant i gydymffurfio â'ch {order}, ac nid oes esgus rhesymol yn hysbys.

Rhybudd yw'r llythyr hwn. Am {months} mis o'r diwrnod y byddwch yn ei dderbyn, os methwch eto heb esgus rhesymol, gellir dod â chi gerbron llys, a all wneud eich {order} yn llymach neu eich dedfrydu o'r newydd.

Os oedd rheswm nad ydym yn gwybod amdano, neu os nad ydych yn cytuno, dywedwch wrth {manager} cyn gynted ag y gallwch.{phone}

{manager}
Rheolwr troseddwyr
""",
    (EnforcementKind.LICENCE_LETTER, Language.ENGLISH): """{hub}
{written_on}

{name} ({crn})

Dear {name}

Your licence

{made}

This is what happened:

{failures}

This is unacceptable. It is a failure to keep to your {order} for which no reasonable excuse is known.

If you fail again, you may be recalled to prison.

If there was a reason that we do not know of, or if you do not agree, tell {manager} as soon as you can.{phone}

{manager}
Offender manager
""",
    (EnforcementKind.LICENCE_LETTER, Language.WELSH): """{hub}
{written_on}

{name} ({crn})

Annwyl {name}

Eich trwydded

{made}

Dyma beth ddigwyddodd:

{failures}

Mae hyn yn annerbyniol. Mae'n fethiant i gadw at eich {order}, ac nid oes esgus rhesymol yn hysbys.

Os methwch eto, gellir eich galw yn ôl i'r carchar.

Os oedd rheswm nad ydym yn gwybod amdano, neu os nad ydych yn cytuno, dywedwch wrth {manager} cyn gynted ag y gallwch.{phone}

{manager}
Rheolwr troseddwyr
""",
}
_PHONE = {Language.ENGLISH: " The number is {phone}.", Language.WELSH: " Y rhif yw {phone}."}
_COURT = {Language.ENGLISH: " at {court}", Language.WELSH: " yn {court}"}
_REFERENCE = {
    Language.ENGLISH: ", reference {reference}",
    Language.WELSH: ", cyfeirnod {reference}",
}


def letter(kind: EnforcementKind, language: Language, facts: LetterFacts) -> str:
    """The text of a warning or a licence letter. Raises KeyError for a decision without
    a letter.
    """
    order = _ORDERS[language][facts.order]
    made = _MADE[language].format(
        order=order,
        made_on=_day(facts.made_on, language),
        court=_COURT[language].format(court=facts.court) if facts.court else "",
        reference=_REFERENCE[language].format(reference=facts.reference) if facts.reference else "",
    )
    return _LETTERS[kind, language].format(
        hub=facts.hub,
        written_on=_day(facts.written_on, language),
        name=facts.name,
        crn=facts.crn,
        made=made,
        order=order,
        failures="\n".join(
            _failure(one, language, facts.zone) for one in facts.failures[-MOST_NAMED:]
        ),
        months=facts.months,
        manager=facts.manager,
        phone=_PHONE[language].format(phone=facts.phone) if facts.phone else "",
    )


def _failure(one: LetterFailure, language: Language, zone: tzinfo) -> str:
    day = _day(local_day(one.starts_at, zone), language)
    time = texts.time_of(one.starts_at, zone, language.value)
    return f"- {day}, {time}, {_TYPES[language][one.type]}: {_DONE[language][one.code]}."


def _day(day: date, language: Language) -> str:
    return f"{texts.day_named(day, language.value)} {day.year}"
