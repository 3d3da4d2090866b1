"""Labels of courts, police and prison."""

from collections.abc import Mapping

from engage.legal.kinds import CustodyKind, OffenceKind, OrderEnding, OrderKind, RequirementKind

ORDER_KINDS: Mapping[OrderKind, str] = {
    OrderKind.COMMUNITY_ORDER: "Community order",
    OrderKind.SUSPENDED_SENTENCE_ORDER: "Suspended sentence order",
    OrderKind.LICENCE: "Licence",
}
ORDER_ENDINGS: Mapping[OrderEnding, str] = {
    OrderEnding.COMPLETED: "Completed",
    OrderEnding.EXPIRED: "Ran out",
    OrderEnding.REVOKED: "Revoked by the court",
    OrderEnding.RECALLED: "Recalled to prison",
    OrderEnding.DIED: "The person died",
}
REQUIREMENT_KINDS: Mapping[RequirementKind, str] = {
    RequirementKind.RAR: "Rehabilitation activity (RAR)",
    RequirementKind.DRR: "Drug rehabilitation (DRR)",
    RequirementKind.UNPAID_WORK: "Unpaid work",
    RequirementKind.CURFEW: "Curfew",
    RequirementKind.OTHER: "Something else",
}
OFFENCE_KINDS: Mapping[OffenceKind, str] = {
    OffenceKind.ARREST: "Arrest",
    OffenceKind.CHARGE: "Charge",
    OffenceKind.CONVICTION: "Conviction",
}
CUSTODY_KINDS: Mapping[CustodyKind, str] = {
    CustodyKind.CUSTODY: "Sentenced",
    CustodyKind.REMAND: "On remand",
}


def requirement_amount(count: int, kind: RequirementKind) -> str:
    """An amount of a requirement: `12 days` of a RAR, `7 hours 30 minutes` of unpaid work."""
    if kind is RequirementKind.RAR:
        return _so_many(count, "day")
    hours, minutes = divmod(count, 60)
    parts = [_so_many(hours, "hour")] if hours or not minutes else []
    return " ".join([*parts, *([_so_many(minutes, "minute")] if minutes else [])])


def _so_many(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"
