"""Scores of needs: all kept, recorded by those who manage the person and have access."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Role
from engage.core.errors import Forbidden, Invalid
from engage.plan import needs
from engage.plan.kinds import Pathway
from engage.plan.model import NeedScore
from engage.queries.plan import plan
from tests import builders
from tests.engage.plan.stage import stage

NOW = builders.NOW
HOME = Pathway.ACCOMMODATION


def test_earlier_scores_are_kept(session: Session) -> None:
    """The latest is the current score, the earlier ones are the history; a repeated score is not a
    new one.
    """
    at = stage(session)
    for days, score in enumerate((3, 2, 2, 0)):
        at_day = NOW + timedelta(days=days)
        needs.score(session, at.om, at.katrina.id, pathway=HOME, score=score, now=at_day)
    found = {one.pathway: one for one in plan.list_needs(session, at.om, at.katrina.id, now=NOW)}
    assert found[HOME].score == 0
    assert [one.score for one in found[HOME].earlier] == [3, 2]
    assert found[Pathway.HEALTH].score is None


@pytest.mark.parametrize(("score", "note"), [(4, ""), (-1, ""), (1, "x" * 501), (1, "a\0")])
def test_invalid_scores_are_refused(session: Session, score: int, note: str) -> None:
    """Nothing is kept."""
    at = stage(session)
    with pytest.raises(Invalid):
        needs.score(session, at.om, at.katrina.id, pathway=HOME, score=score, note=note, now=NOW)
    assert session.scalars(select(NeedScore)).all() == []


def test_who_may_score_what(session: Session) -> None:
    """A partner scores nothing; a supervisor neither scores nor sees health needs."""
    at = stage(session)
    supervisor = builders.actor(builders.staff(session, at.hub, Role.SUPERVISOR, name="Ann Lee"))
    with pytest.raises(Forbidden):
        needs.score(session, at.worker, at.katrina.id, pathway=HOME, score=1, now=NOW)
    with pytest.raises(Forbidden):
        needs.score(session, supervisor, at.katrina.id, pathway=Pathway.HEALTH, score=1, now=NOW)
    needs.score(session, at.om, at.katrina.id, pathway=Pathway.HEALTH, score=3, note="Ill", now=NOW)
    seen = {
        one.pathway: one for one in plan.list_needs(session, supervisor, at.katrina.id, now=NOW)
    }
    assert seen[Pathway.HEALTH].hidden and (
        seen[Pathway.HEALTH].score,
        seen[Pathway.HEALTH].note,
    ) == (
        None,
        "",
    )
