"""Imports every table, so that migrations and the metadata see all of them."""

from engage import signals
from engage.access import model as sharing
from engage.agencies import model as agencies
from engage.appointments import model as appointments
from engage.appointments.free_times import model as slots
from engage.appointments.imports import uploads
from engage.cohort import meeting_model as meetings
from engage.cohort import model as scheme
from engage.cohort.nightly import model as nightly
from engage.compliance import model as compliance
from engage.conversation import by_hand
from engage.conversation import model as conversation
from engage.core import audit_chain, events, idempotency
from engage.core.db import Base
from engage.legal import model as legal
from engage.people import model as people
from engage.plan import model as plan
from engage.progress import model as progress
from engage.progress.activities import model as activities
from engage.progress.check_ins import model as check_ins
from engage.progress.drug_tests import model as testing
from engage.progress.housing import model as housing
from messaging import tables

METADATA = (tables.Base.metadata, Base.metadata)

__all__ = [
    "METADATA",
    "activities",
    "agencies",
    "appointments",
    "audit_chain",
    "by_hand",
    "check_ins",
    "compliance",
    "conversation",
    "events",
    "housing",
    "idempotency",
    "legal",
    "meetings",
    "nightly",
    "people",
    "plan",
    "progress",
    "scheme",
    "sharing",
    "signals",
    "slots",
    "tables",
    "testing",
    "uploads",
]
