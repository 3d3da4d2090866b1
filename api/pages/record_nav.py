"""The menu of the pages of one person's case. A page is offered only to staff who may read that
part of the record.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from engage.access.policy import Ability, Actor, abilities
from engage.access.sharing import RecordPart, parts_for
from engage.people.model import Person


@dataclass(frozen=True)
class Part:
    """A page of the case: its endpoint (which takes `person_id`), its words in the menu, and the
    part of the record that it shows.

    With `by_role` no agreement opens it: it is offered only to staff who have the ability by role.
    `by_agreement` is for those who do not see the whole case: the others find it all on the
    person's page.
    """

    endpoint: str
    words: str
    field: RecordPart
    by_role: Ability | None = None
    by_agreement: bool = False


PARTS: tuple[Part, ...] = (
    Part(
        "pages.shared_appointments",
        "Shared appointments",
        RecordPart.APPOINTMENTS,
        by_agreement=True,
    ),
    Part("pages.status", "Status", RecordPart.STATUS),
    Part("pages.legal", "Legal", RecordPart.LEGAL),
    Part("pages.compliance", "Compliance", RecordPart.COMPLIANCE),
    Part("pages.plan", "Plan", RecordPart.PLAN),
    Part("pages.progress", "Progress", RecordPart.PROGRESS),
    Part("pages.drug_tests", "Drug tests", RecordPart.HEALTH),
    Part("pages.assessments", "Assessments", RecordPart.STATUS),
    Part("pages.case_pack", "Case pack", RecordPart.STATUS, by_role=Ability.CASE),
    Part("pages.record_access", "Record access", RecordPart.STATUS, by_role=Ability.CASE),
)


def ways(session: Session, actor: Actor, person: Person, *, now: datetime) -> list[dict[str, Any]]:
    """The pages of this person's case that the actor may open, the person's own page first; `here`
    marks the one that is being made.
    """
    if not PARTS:
        return []
    fields = parts_for(session, actor, person, now=now)
    able = abilities(actor, person)
    seen = [
        part
        for part in PARTS
        if part.field in fields
        and (part.by_role is None or part.by_role in able)
        and not (part.by_agreement and Ability.CASE in able)
    ]
    if not seen:
        return []
    found = [("Texts and appointments", url_for("pages.person", person_id=person.id))]
    found += [(part.words, url_for(part.endpoint, person_id=person.id)) for part in seen]
    return [{"words": words, "href": href, "here": href == request.path} for words, href in found]
