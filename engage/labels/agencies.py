"""Labels of roles and agencies."""

from collections.abc import Mapping

from engage.agencies.model import AgencyKind, Role

ROLES: Mapping[Role, str] = {
    Role.OFFENDER_MANAGER: "Offender manager",
    Role.SUPPORT_WORKER: "Support worker",
    Role.COORDINATOR: "Coordinator",
    Role.SUPERVISOR: "Supervisor",
    Role.ADMINISTRATOR: "Administrator",
    Role.AUDITOR: "Auditor",
}


AGENCY_KINDS: Mapping[AgencyKind, str] = {
    kind: kind.value.replace("_", " ").capitalize() for kind in AgencyKind
}
