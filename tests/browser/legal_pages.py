"""Every kind of entry on the legal page, and the addresses of that page and its forms."""

from datetime import timedelta

from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM
from engage.legal import custody, offences, orders, requirements
from engage.legal.model import OffenceKind, OrderEnding, OrderKind, RequirementKind
from engage.people.model import Person
from tests.builders import NOW
from tests.engage.legal import scenes
from tests.engage.legal.scenes import TODAY

WORDS = "Crown Court of Wolfeschlegelsteinhausenbergerdorff"


def fill(session: Session, whose: Person) -> list[str]:
    """Add the rows. Returns the addresses that show them."""
    days = [TODAY - timedelta(days=ago) for ago in range(1, 6)]
    ended = scenes.order(session, whose, kind=OrderKind.LICENCE, reference="A1234BC/1")
    orders.end_order(session, SYSTEM, ended.id, on=days[0], ending=OrderEnding.RECALLED, now=NOW)
    scenes.order(
        session, whose, kind=OrderKind.LICENCE, made_on=TODAY, starts_on=TODAY + timedelta(days=80)
    )
    order = scenes.order(session, whose, court=WORDS)
    rar = scenes.rar(session, order)
    for on in days:
        planned = on != days[2]
        credit = requirements.record_credit(
            session,
            SYSTEM,
            rar.id,
            done_on=on,
            planned_activity=planned,
            activity="w" * 60,
            now=NOW,
        )
    requirements.withdraw_credit(session, SYSTEM, credit.id, now=NOW)
    for kind, numbers in (
        (RequirementKind.UNPAID_WORK, {"amount": 4800}),
        (RequirementKind.DRR, {"tests_every_days": 7, "reviews_every_days": 28}),
    ):
        requirements.add_requirement(
            session,
            SYSTEM,
            order.id,
            kind=kind,
            starts_on=order.starts_on,
            **numbers,
            note=WORDS,
            now=NOW,
        )
    earlier = scenes.in_prison(session, whose, since=days[4])
    custody.release(session, SYSTEM, earlier.id, on=days[3], now=NOW)
    spell = scenes.in_prison(session, whose, since=days[3], release_on=TODAY + timedelta(days=10))
    custody.make_plan(
        session, SYSTEM, spell.id, home="A flat, " + WORDS, health="Goes on with a script", now=NOW
    )
    for on in days[:3]:
        offence = offences.record(
            session,
            SYSTEM,
            whose.id,
            kind=OffenceKind.ARREST,
            happened_on=on,
            what=WORDS,
            acquisitive=True,
            now=NOW,
        )
    offences.withdraw(session, SYSTEM, offence.id, now=NOW)
    return [
        f"/people/{whose.id}/legal",
        f"/people/{whose.id}/orders/new",
        *(f"/orders/{order.id}/{what}" for what in ("change", "end", "requirements/drr")),
        *(f"/requirements/{rar.id}/{what}" for what in ("change", "end", "days/new")),
        f"/people/{whose.id}/offences/new",
        f"/people/{whose.id}/custody/new",
        *(f"/custody/{spell.id}/{what}" for what in ("change", "release", "plan")),
    ]
