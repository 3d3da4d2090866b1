"""The JSON API for staff systems and partners: `/v1`, OpenAPI 3.1 at `/v1/openapi.json`, readable at `/v1/docs`."""

from flask import Flask

from api.v1 import contract, keys
from api.v1.appointments import appointments
from api.v1.checkins import check_ins
from api.v1.cohort import cohort
from api.v1.compliance import compliance
from api.v1.conversations import conversations
from api.v1.custody import custody
from api.v1.drug_tests import drug_tests
from api.v1.enrolments import enrolments
from api.v1.events import events
from api.v1.free_times import free_times
from api.v1.housing import housing
from api.v1.meetings import meeting_routes
from api.v1.messages import messages
from api.v1.on_call import on_call
from api.v1.orders import orders
from api.v1.packs import packs
from api.v1.people import people
from api.v1.plan import plan
from api.v1.progress import progress
from api.v1.referrals import referral_routes
from api.v1.sharing import sharing
from api.v1.signals import signals

__all__ = ["install"]


def install(app: Flask, limiter: keys.Limiter | None = None) -> None:
    """Give `app` the API."""
    keys.install(app, limiter)
    contract.install(
        app,
        (
            people,
            appointments,
            free_times,
            progress,
            housing,
            drug_tests,
            orders,
            custody,
            plan,
            referral_routes,
            meeting_routes,
            enrolments,
            compliance,
            packs,
            check_ins,
            messages,
            conversations,
            signals,
            sharing,
            on_call,
            cohort,
            events,
        ),
    )
