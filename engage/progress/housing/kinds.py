"""The stages of housing. No tables, no rules."""

from enum import StrEnum


class HousingStage(StrEnum):
    """The stages from the street to an own home, in order."""

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
