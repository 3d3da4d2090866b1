"""The legal page costs the same number of statements however much is recorded."""

from datetime import timedelta

from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM, Actor
from engage.legal import custody, offences, requirements
from engage.legal.model import OffenceKind, RequirementKind
from engage.people.model import Person
from engage.queries.legal import legal
from tests.builders import NOW
from tests.engage.legal import scenes
from tests.engage.legal.scenes import TODAY
from tests.engage.queries.test_statements import counted


def _fill(session: Session, whose: Person, first: int, behind: int) -> None:
    for number in range(first, behind):
        order = scenes.order(session, whose, reference=f"T{number}")
        rar = scenes.rar(session, order)
        requirements.add_requirement(
            session,
            SYSTEM,
            order.id,
            kind=RequirementKind.CURFEW,
            starts_on=order.starts_on,
            now=NOW,
        )
        for ago in range(behind):
            day = TODAY - timedelta(days=ago)
            requirements.record_credit(
                session, SYSTEM, rar.id, done_on=day, activity="Course", now=NOW
            )
        on = TODAY - timedelta(days=50 - number)
        spell = scenes.in_prison(session, whose, since=on)
        custody.release(session, SYSTEM, spell.id, on=on, now=NOW)
        offences.record(
            session, SYSTEM, whose.id, kind=OffenceKind.ARREST, happened_on=on, what="Theft",
            acquisitive=True, now=NOW,
        )  # fmt: skip


def test_much_costs_as_many_statements_as_little(
    session: Session, pat: Actor, katrina: Person
) -> None:
    """Exactly the same number, and a small one; the intelligence flag adds one."""
    costs: list[int] = []
    for first, behind in ((0, 1), (1, 6)):
        _fill(session, katrina, first, behind)
        session.commit()
        session.expunge_all()
        with counted(session) as statements:
            page = legal.load(session, pat, katrina.id, now=NOW)
        costs.append(len(statements))
    assert len(page.orders) == 6 and len(page.offences) == 6 and page.flags == ()
    assert len(set(costs)) == 1 and costs[0] <= 12, costs
