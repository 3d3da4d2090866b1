"""The kinds of danger that a text can report, most urgent first. Types only, no logic."""

from enum import StrEnum


class DangerKind(StrEnum):
    """A kind of danger, most urgent first. `label` is its name on staff pages.

    `is_to_others` kinds are about somebody else; the others are about the person who writes.
    """

    label: str
    is_to_others: bool

    def __new__(cls, value: str, label: str = "", is_to_others: bool = False) -> "DangerKind":
        """Make a member. `DangerKind("violence")` finds a member by its stored value."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.is_to_others = is_to_others
        return member

    OVERDOSE_OR_INJURY = "overdose_or_injury", "overdose or injury now"
    WISHES_TO_DIE = "wishes_to_die", "wishes to die"
    VIOLENCE = "violence", "violence from somebody else"
    CHILD_AT_RISK = "child_at_risk", "child at risk", True
    THREATS_TO_OTHERS = "threats_to_others", "threat or harm to others", True
    NOWHERE_TO_SLEEP = "nowhere_to_sleep", "nowhere to sleep tonight"
    UNCLEAR = "unclear", "unclear danger"
