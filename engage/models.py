"""Imports every table, so that migrations and the metadata see all of them."""

from engage import events, idempotency, signals
from engage.agencies import model as agencies
from engage.appointments import model as appointments
from engage.appointments import uploads
from engage.appointments.slots import model as slots
from engage.conversation import by_hand
from engage.conversation import model as conversation
from engage.db import Base
from engage.people import model as people
from engage.progress import model as progress
from engage.progress.checkins import model as check_ins
from messaging import tables

METADATA = (tables.Base.metadata, Base.metadata)

__all__ = [
    "METADATA",
    "agencies",
    "appointments",
    "by_hand",
    "check_ins",
    "conversation",
    "events",
    "idempotency",
    "people",
    "progress",
    "signals",
    "slots",
    "tables",
    "uploads",
]
