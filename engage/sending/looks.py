"""What a last look is: a named step that stops a text, lets it wait, or lets it go."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from engage.people.rules import Reason
from engage.texts import Purpose
from messaging.sending.dispatch import Claimed, Defer, Verdict, Withhold

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


class Effect(StrEnum):
    """What a look does to a text that it applies to."""

    WITHHOLD = "does not go"
    DEFER = "waits"
    GO = "goes, whatever follows"


@dataclass(frozen=True)
class Go:
    """The text goes: no later look is taken."""


GO = Go()


@dataclass(frozen=True)
class Look(Generic[T_contra]):
    """One step. `judge` returns None if the look has nothing against the text.

    `rule` is the rule, or the section of docs/rules.md, that asks for the look. `reason` is what is
    stored beside the text, or says what that is.
    """

    name: str
    rule: str
    effect: Effect
    reason: str
    judge: Callable[[T_contra], Verdict | Go | None]


def withhold(name: str, rule: str, reason: str, when: Callable[[T], bool]) -> Look[T]:
    """A look that stops a text for one reason."""
    verdict = Withhold(reason)
    return Look(name, rule, Effect.WITHHOLD, reason, lambda one: verdict if when(one) else None)


def defer(name: str, rule: str, reason: str, judge: Callable[[T], Defer | None]) -> Look[T]:
    """A look that lets a text wait."""
    return Look(name, rule, Effect.DEFER, reason, judge)


def rule_1(reason: str, judge: Callable[[T], Withhold | None]) -> Look[T]:
    """A look that asks rule 1 again, and stores all its lasting reasons."""
    return Look("rule 1", "rule 1", Effect.WITHHOLD, reason, judge)


def let_go(name: str, rule: str, reason: str, when: Callable[[T], bool]) -> Look[T]:
    """A look that lets a text go, so that no later look can stop it."""
    return Look(name, rule, Effect.GO, reason, lambda one: GO if when(one) else None)


@dataclass(frozen=True)
class PurposeRow(Generic[T]):
    """What may stop the texts of one purpose.

    `queued_if` says what must allow such a text before it is queued; `reasons` are those besides
    rule 1 for which it may be skipped. `facts` reads what the looks need, for many texts at once.
    The first of `looks` that applies decides.
    """

    purpose: Purpose
    queued_if: str
    facts: Callable[[Session, Sequence[Claimed], datetime], Mapping[UUID, T]]
    looks: tuple[Look[T], ...]
    reasons: tuple[Reason, ...] = ()

    def judge(self, one: T) -> Verdict | None:
        """The verdict of the first look that has one; None lets the text go."""
        for look in self.looks:
            found = look.judge(one)
            if found is not None:
                return None if isinstance(found, Go) else found
        return None
