"""Signals: what an offender manager should know, with evidence, until a worker resolves it."""

from engage.signals.kinds import (
    ALARMING,
    DANGER,
    HEALTH,
    MEANINGS,
    RANK,
    Severity,
    SignalKind,
    SignalMeaning,
)
from engage.signals.model import Signal, SignalState
from engage.signals.service import (
    TAKEN_UP,
    Evidence,
    acknowledge,
    add_evidence,
    notice_item,
    raise_signal,
    resolve,
    resolve_cause,
)

__all__ = [
    "ALARMING",
    "DANGER",
    "HEALTH",
    "MEANINGS",
    "RANK",
    "TAKEN_UP",
    "Evidence",
    "Severity",
    "Signal",
    "SignalKind",
    "SignalMeaning",
    "SignalState",
    "acknowledge",
    "add_evidence",
    "notice_item",
    "raise_signal",
    "resolve",
    "resolve_cause",
]
