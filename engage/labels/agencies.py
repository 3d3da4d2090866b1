"""Labels of roles."""

from collections.abc import Mapping

from engage.agencies.model import Role

ROLES: Mapping[Role, str] = {
    Role.OFFENDER_MANAGER: "Offender manager",
    Role.SUPPORT_WORKER: "Support worker",
    Role.COORDINATOR: "Coordinator",
    Role.SUPERVISOR: "Supervisor",
    Role.ADMINISTRATOR: "Administrator",
    Role.AUDITOR: "Auditor",
}
