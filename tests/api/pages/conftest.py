"""A hub with its staff, each with a password, and a browser signed in as one of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask import Flask

from engage.agencies.model import AgencyKind, Hub, Role, Staff
from engage.agencies.service import set_password
from engage.core.db import Database
from tests import builders
from tests.api.pages.visitor import PASSWORD, Visitor


@dataclass(frozen=True)
class House:
    """The staff of one hub by role.

    `other` is an offender manager of the same hub, `partner` a support worker of another agency.
    """

    hub: Hub
    pat: Staff
    other: Staff
    coordinator: Staff
    partner: Staff
    auditor: Staff
    administrator: Staff


@pytest.fixture
def house(committed: Database, now: datetime) -> House:
    """The hub Tyneside and its staff."""
    with committed.begin() as session:
        hub = builders.hub(session)
        builders.agency(session, hub, "Tyne Recovery", AgencyKind.DRUG_AND_ALCOHOL)
        made = House(
            hub=hub,
            pat=builders.staff(session, hub, name="Pat Hale", email="pat@probation.example"),
            other=builders.staff(session, hub, name="Dai Rees", email="dai@probation.example"),
            coordinator=builders.staff(
                session, hub, Role.COORDINATOR, name="Chidi Okafor", email="chidi@police.example"
            ),
            partner=builders.staff(
                session,
                hub,
                Role.SUPPORT_WORKER,
                name="Jo Lamb",
                email="jo@recovery.example",
                agency_name="Tyne Recovery",
            ),
            auditor=builders.staff(
                session, hub, Role.AUDITOR, name="Robin Platt", email="robin@audit.example"
            ),
            administrator=builders.staff(
                session, hub, Role.ADMINISTRATOR, name="Alex Reid", email="alex@engage.example"
            ),
        )
        set_password(session, made.pat, PASSWORD, actor="system", now=now)
        for one in (made.other, made.coordinator, made.partner, made.auditor, made.administrator):
            one.password_hash = made.pat.password_hash
        return made


@pytest.fixture
def sit_down(app: Flask) -> Callable[[Staff], Visitor]:
    """Open a browser and sign a member of staff in."""

    def as_(staff: Staff) -> Visitor:
        visitor = Visitor(app)
        assert visitor.sign_in(staff.email).status == 200
        return visitor

    return as_
