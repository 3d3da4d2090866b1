"""The enums of the plan. No tables, no rules."""

from enum import StrEnum


class Pathway(StrEnum):
    """An area of need: the seven pathways out of offending."""

    ACCOMMODATION = "accommodation"
    EDUCATION_TRAINING_EMPLOYMENT = "education_training_employment"
    HEALTH = "health"
    DRUGS_AND_ALCOHOL = "drugs_and_alcohol"
    FINANCE_BENEFIT_DEBT = "finance_benefit_debt"
    CHILDREN_AND_FAMILIES = "children_and_families"
    ATTITUDES_THINKING_BEHAVIOUR = "attitudes_thinking_behaviour"


class ActionClass(StrEnum):
    """What an action is for. Disruption is never texted."""

    SUPPORT = "support"
    INTERVENE = "intervene"
    DISRUPT = "disrupt"


class ActionState(StrEnum):
    """The state of an action. Nothing is done for or to a person before it is `live`, which needs
    the offender manager's approval.
    """

    PROPOSED = "proposed"
    LIVE = "live"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Approval(StrEnum):
    """How the offender manager approved: this action alone, or all of its class."""

    SINGLE = "single"
    STANDING = "standing"
