"""The names that a file may use: the hub's offender managers, the area's agencies and their
workers, read once for the whole import.
"""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Agency, Hub, Membership, Role, Staff
from engage.appointments.imports.row_parser import Row
from engage.appointments.imports.sheets import RowProblem


@dataclass(frozen=True)
class NamedIds:
    """The ids of what a row names. `worker_id` is set only if exactly one worker of the agency has
    that first name.
    """

    offender_manager_id: uuid.UUID
    agency_id: uuid.UUID
    worker_id: uuid.UUID | None


@dataclass(frozen=True)
class Directory:
    """The names in one hub and its area, with their ids."""

    offender_managers: Mapping[str, uuid.UUID]
    agencies: Mapping[str, uuid.UUID]
    workers: Mapping[tuple[uuid.UUID, str], uuid.UUID]

    def look_up(self, row: Row) -> NamedIds:
        """The ids of what the row names. Raises RowProblem for an unknown offender manager or
        agency.
        """
        manager = self.offender_managers.get(row.om_email)
        if manager is None:
            raise RowProblem("om_email", "No offender manager in this hub has this email address")
        agency = self.agencies.get(row.agency.casefold())
        if agency is None:
            raise RowProblem("agency", "No agency in this area has this name")
        return NamedIds(manager, agency, self.workers.get((agency, row.worker.casefold())))


def load_directory(session: Session, hub: Hub) -> Directory:
    """The names in a hub and its area at this moment."""
    managers = session.execute(
        select(Staff.email, Staff.id)
        .join(Membership, Membership.staff_id == Staff.id)
        .where(Membership.hub_id == hub.id, Membership.role == Role.OFFENDER_MANAGER, Staff.active)
    )
    agencies = session.execute(select(Agency.name, Agency.id).where(Agency.area_id == hub.area_id))
    in_hub = select(Membership.staff_id).where(Membership.hub_id == hub.id)
    staff = session.execute(
        select(Staff.agency_id, Staff.first_name, Staff.id).where(
            Staff.active, Staff.id.in_(in_hub)
        )
    ).all()
    count = Counter((agency, first.casefold()) for agency, first, _ in staff)
    return Directory(
        offender_managers={row.email: row.id for row in managers},
        agencies={name.casefold(): id for name, id in agencies},
        workers={
            (agency, first.casefold()): id
            for agency, first, id in staff
            if count[agency, first.casefold()] == 1
        },
    )
