"""The lines that a hub keeps for people in danger. Nothing else here."""

from enum import StrEnum


class HelpLine(StrEnum):
    """A line of the hub's own, by what it is for. `label` is its name on pages."""

    label: str

    def __new__(cls, value: str, label: str = "") -> "HelpLine":
        """Make a member. `HelpLine("housing")` finds a member by its stored value."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    CRISIS_TEAM = "crisis_team", "Crisis team, for a person who wishes to die"
    DOMESTIC_ABUSE = "domestic_abuse", "Domestic abuse line, for violence from somebody else"
    CHILDREN = "children", "Children's services out of hours, for a child at risk"
    HOUSING = "housing", "Council housing out of hours, for nowhere to sleep tonight"
    ON_CALL = "on_call", "The hub's own line, for danger of an unclear kind"
