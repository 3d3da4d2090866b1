"""Check-ins of invented people as rows: their schedules, and what they answered week by week."""

from datetime import date, datetime, timedelta
from random import Random

from engage import texts
from engage.demo.people import DemoPerson, working_hour
from engage.demo.rows import Rows
from engage.demo.texting import ENGAGE, reply_row
from engage.progress.check_ins.model import (
    CheckIn,
    CheckInAnswer,
    CheckInPlan,
    CheckInState,
    HelpSaid,
)
from engage.texts import TextKind
from messaging.states import MessageStatus
from messaging.tables import Message
from messaging.tables import new_id as message_id

ROUNDS = 6
OPEN_FOR = timedelta(hours=24)
STATES = (CheckInState.ANSWERED, CheckInState.UNANSWERED, CheckInState.NOT_DELIVERED)
SAID = {
    1: ("1", "1 all good", "1 got the job"),
    2: ("2", "2 ok", "2 same as ever"),
    3: ("3", "3 not sleeping"),
    4: ("4", "4 need to talk"),
}
HELP = 4


def write(rows: Rows, one: DemoPerson, now: datetime, luck: Random) -> None:
    """Write the schedule of one in four people with a usable number, and their latest check-ins."""
    today = now.date()
    if one.number is None or not one.life.free(today, today) or luck.random() >= 0.25:
        return
    next_on, weeks = today + timedelta(days=luck.randint(1, 7)), luck.choice((1, 2))
    days = [next_on - timedelta(weeks=weeks * back) for back in range(1, ROUNDS + 1)]
    rows.add_keyed(
        CheckInPlan,
        person_id=one.id,
        every_weeks=weeks,
        weekday=next_on.weekday(),
        hour=12,
        next_on=next_on,
        next_at=working_hour(next_on),
        set_at=working_hour(one.life.adopted_on),
        set_by=one.label,
    )
    for day in days:
        if (
            day > one.life.adopted_on
            and one.life.free(day, today)
            and working_hour(day) + OPEN_FOR < now
        ):
            _round(rows, one, one.number, day, luck)


def _round(rows: Rows, one: DemoPerson, number: str, day: date, luck: Random) -> None:
    asked_at = working_hour(day)
    state = luck.choices(STATES, weights=(14, 5, 1))[0]
    arrived = state is not CheckInState.NOT_DELIVERED
    check_in_id, text_id = message_id(), message_id()
    rows.add_keyed(
        Message,
        id=text_id,
        recipient=str(one.id),
        to_number=number,
        sender=ENGAGE,
        lane=3,
        body=texts.render(TextKind.CHECK_IN, "en", first=one.life.first_name),
        encoding="gsm7",
        segments=1,
        status=MessageStatus.DELIVERED if arrived else MessageStatus.UNDELIVERED,
        reason=None if arrived else "The phone may be switched off or out of reach",
        send_after=asked_at,
        expires_at=asked_at + OPEN_FOR,
        dedupe_key=f"demo:check_in:{check_in_id}",
        group_key=f"check_in:{check_in_id}",
        context={
            "purpose": "check_in",
            "person": str(one.id),
            "check_in": str(check_in_id),
            "texts": "check_in",
        },
        attempts=1,
        created_at=asked_at,
        claimed_at=asked_at,
        accepted_at=asked_at,
        sent_at=asked_at,
        delivered_at=asked_at + timedelta(seconds=4) if arrived else None,
        ended_at=asked_at + timedelta(seconds=4),
        reported_at=asked_at + timedelta(seconds=6),
    )
    value = (
        luck.choices(list(SAID), weights=(8, 8, 3, 1))[0]
        if state is CheckInState.ANSWERED
        else None
    )
    said_at = asked_at + timedelta(minutes=luck.randint(1, 600))
    rows.add(
        CheckIn,
        id=check_in_id,
        person_id=one.id,
        due_on=day,
        due_at=asked_at,
        state=state,
        asked_at=asked_at,
        closes_at=asked_at + OPEN_FOR,
        message_id=text_id,
        reasons=[] if arrived else [{"code": "not_delivered", "words": "The text did not arrive"}],
        help_asked_at=said_at if value == HELP else None,
        help_said=HelpSaid.CALL if value == HELP else None,
    )
    if value is not None:
        rows.add(
            CheckInAnswer,
            check_in_id=check_in_id,
            value=value,
            inbound_id=reply_row(
                rows,
                one,
                luck.choice(SAID[value]),
                said_at,
                prompt="checkin",
                intent="checkin_answer",
                confidence=1.0,
                done="Recorded how things are.",
            ),
            said_at=said_at,
        )
