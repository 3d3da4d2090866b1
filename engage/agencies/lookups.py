"""Find hubs and agencies by the names that staff and systems use for them."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Agency, Hub
from engage.core.errors import Invalid, NotFound


def find_hub(session: Session, name: str | None) -> Hub:
    """The hub of that name, or the only hub if no name is given. Raises NotFound, or Invalid if
    there are several.
    """
    query = select(Hub).order_by(Hub.name)
    found = session.scalars(query if name is None else query.where(Hub.name == name)).all()
    if not found:
        raise NotFound(
            "There is no hub yet." if name is None else f"There is no hub called {name}."
        )
    if len(found) > 1:
        names = ", ".join(sorted({hub.name for hub in found}))
        raise Invalid(
            fields={"hub": f"There are several hubs: {names}. Give a name that only one hub has."}
        )
    return found[0]


def find_agency(session: Session, hub: Hub, name: str) -> Agency:
    """The agency of that name in the hub's area. Raises NotFound."""
    found = session.scalars(
        select(Agency).where(Agency.area_id == hub.area_id, Agency.name == name)
    ).one_or_none()
    if found is None:
        raise NotFound(f"There is no agency called {name} in this hub's area.")
    return found


def agency_in(session: Session, hub_id: uuid.UUID | None, name: str) -> Agency:
    """The agency of a typed name in the area of a hub. Raises Invalid for the field `agency`."""
    found = session.scalars(
        select(Agency)
        .join(Hub, Hub.area_id == Agency.area_id)
        .where(Hub.id == hub_id, Agency.name == name)
    ).one_or_none()
    if found is None:
        raise Invalid(fields={"agency": "Enter the name of an agency in this hub's area."})
    return found
