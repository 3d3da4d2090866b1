"""The stages of housing by name. No tables, no rules."""

from enum import StrEnum


class HousingStage(StrEnum):
    """The stages from the street to a home of one's own, in that order."""

    STREET = "street"
    SOFA = "sofa"
    EMERGENCY = "emergency"
    HOSTEL = "hostel"
    APPROVED_PREMISES = "approved_premises"
    SUPPORTED = "supported"
    FAMILY = "family"
    PRIVATE_RENT = "private_rent"
    SOCIAL_TENANCY = "social_tenancy"
    OWN_HOME = "own_home"
