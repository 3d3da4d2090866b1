"""What rule 3 takes from the hub's settings and from the person: its numbers, and the hours in
which the person may be texted.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from engage.agencies.hub_settings import HubRules, hub_rules, zone
from engage.agencies.model import Hub
from engage.appointments.reminders import rules
from engage.people import rules as people_rules
from engage.people.contactability import contact_rules
from engage.people.model import Person


def reminder_rules(hub: HubRules) -> rules.ReminderRules:
    """The hub's numbers of rule 3."""
    return rules.ReminderRules(
        one_day_until=timedelta(hours=hub.one_day_until_hours),
        two_hours_until=timedelta(minutes=hub.two_hours_until_minutes),
        booked_until=timedelta(minutes=hub.booked_until_minutes),
        late_booking=timedelta(hours=hub.late_booking_hours),
        min_gap=timedelta(hours=hub.texts_apart_hours),
    )


def texting_hours(person: Person, hub: Hub) -> tuple[int, int]:
    """The local hours [from, until) in which the person may be texted: the hub's, narrowed to the
    person's own.
    """
    return people_rules.narrowed(
        contact_rules(hub_rules(hub)), person.text_from_hour, person.text_until_hour
    )


def within_texting_hours(
    reminders: Iterable[rules.PlannedReminder], person: Person, hub: Hub, now: datetime
) -> list[rules.PlannedReminder]:
    """The reminders moved into the person's texting hours, without those that would then come too
    late.
    """
    hours, where = texting_hours(person, hub), zone(hub)
    moved = [
        replace(one, due_at=rules.within_hours(one.due_at, now=now, zone=where, hours=hours))
        for one in reminders
    ]
    return [one for one in moved if one.due_at < one.expires_at]
