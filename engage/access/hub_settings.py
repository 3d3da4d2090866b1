"""Who may read and who may change the settings of a hub.

Nothing here concerns a person under IOM. A hub that the actor may not read is reported as NotFound.
"""

import uuid
from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Hub, Role
from engage.core.errors import Forbidden, NotFound

READERS = (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.COORDINATOR)
EDITORS = (Role.ADMINISTRATOR,)


class HasHubRoles(Protocol):
    """An actor with roles in hubs."""

    def hubs(self, *roles: Role) -> frozenset[uuid.UUID]:
        """The hubs in which the actor has one of `roles`."""


def readable_hubs(session: Session, actor: HasHubRoles) -> Sequence[Hub]:
    """The hubs whose settings the actor may read, by name."""
    return session.scalars(
        select(Hub).where(Hub.id.in_(actor.hubs(*READERS))).order_by(Hub.name, Hub.id)
    ).all()


def to_read(session: Session, actor: HasHubRoles, hub_id: uuid.UUID) -> Hub:
    """A hub whose settings the actor may read. Raises NotFound."""
    hub = session.get(Hub, hub_id)
    if hub is None or hub_id not in actor.hubs(*READERS):
        raise NotFound("There is no such hub, or you may not see it.")
    return hub


def to_change(session: Session, actor: HasHubRoles, hub_id: uuid.UUID) -> Hub:
    """A hub whose settings the actor may change. Raises NotFound, or Forbidden if they may only
    read them.
    """
    hub = to_read(session, actor, hub_id)
    if not may_change(actor, hub):
        raise Forbidden("Only an administrator of the hub can change its settings.")
    return hub


def may_change(actor: HasHubRoles, hub: Hub) -> bool:
    """Whether the actor may change the settings of this hub."""
    return hub.id in actor.hubs(*EDITORS)
