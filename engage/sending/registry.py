"""What may stop a text: one row for each purpose, with its looks in the order in which they are
taken. The reasons of rule 1 stand in `engage/people/rules.py`; docs/what-stops-a-text.md shows both
as a page.
"""

from typing import Any

from engage.agencies.staff_notices import NOT_WANTED
from engage.appointments import absence_rules
from engage.appointments.reminders import rules as reminders
from engage.conversation.safety.compromised_phone import OTHER_READER
from engage.people.rules import QUIET_HOURS
from engage.progress.check_ins import rules as check_ins
from engage.sending.looks import Look, PurposeRow, defer, let_go, rule_1, withhold
from engage.sending.notice_looks import not_wanted, notice_texts, taken_up
from engage.sending.person_looks import (
    PersonText,
    lasting_reasons,
    must_be_said,
    not_recorded,
    not_waiting_for_check,
    number_changed,
    person_texts,
    read_by_another,
    reasons_against_answer,
    reasons_against_check,
    reasons_against_staff_text,
    to_unknown_number,
    wait_for_window,
)
from engage.sending.reminder_looks import (
    appointment_cancelled,
    appointment_moved,
    names_wrong_day,
    no_reminder,
    reminder_texts,
    wait_for_opening,
)
from engage.signals import TAKEN_UP
from engage.texts import Purpose

NO_REMINDER = "The reminder behind this text is gone"
WRONG_DAY = "Its words would name the wrong day; it is written again"
NOT_WAITING = "The number no longer waits to be confirmed"

_PERSON = withhold("person", "rule 1", "The person is no longer recorded", not_recorded)
_NUMBER = withhold("number", "rule 1", "The person's number was changed", number_changed)
_RULE_1 = rule_1("Every lasting reason", lasting_reasons)
_HOURS = defer("hours", "rule 3", QUIET_HOURS.words, wait_for_window)
_UNPROMPTED: tuple[Look[PersonText], ...] = (_PERSON, _NUMBER, _RULE_1, _HOURS)

REGISTRY: tuple[PurposeRow[Any], ...] = (
    PurposeRow(
        Purpose.REMINDER,
        "Rule 1, when it falls due",
        reminder_texts,
        (
            withhold("reminder", "rule 3", NO_REMINDER, no_reminder),
            withhold("cancelled", "rule 3", reminders.CANCELLED.words, appointment_cancelled),
            withhold("moved", "rule 3", reminders.MOVED.words, appointment_moved),
            _NUMBER,
            _RULE_1,
            withhold("day", "rule 3", WRONG_DAY, names_wrong_day),
            defer("hours", "rule 3", QUIET_HOURS.words, wait_for_opening),
        ),
        (
            reminders.BOOKED_LATE,
            reminders.JUST_TOLD,
            reminders.NO_HOUR_LEFT,
            reminders.TOO_LATE,
            reminders.MOVED,
            reminders.CANCELLED,
            reminders.AMENDED,
            reminders.ABSENCE_ACCEPTED,
            reminders.NOT_MARKED,
            reminders.REWRITTEN,
            absence_rules.REASON_GIVEN,
            absence_rules.OTHER_OUTCOME,
        ),
    ),
    PurposeRow(
        Purpose.REPLY,
        "Rule 1 without the hour, the daily cap and `paused`; the limits on answers",
        person_texts,
        (
            let_go(
                "unknown number", "rule 1", "The number belongs to no person", to_unknown_number
            ),
            _PERSON,
            withhold("other reader", "danger", OTHER_READER, read_by_another),
            let_go("last words", "danger", "Texts stop, or it is safety advice", must_be_said),
            _NUMBER,
            rule_1("Every lasting reason, if one closes this answer", reasons_against_answer),
        ),
    ),
    PurposeRow(
        Purpose.STAFF,
        "Rule 1 without `paused`; the offender manager's own text without `not_approved`",
        person_texts,
        (
            _PERSON,
            _NUMBER,
            rule_1("Every lasting reason, if one binds this worker", reasons_against_staff_text),
            _HOURS,
        ),
    ),
    PurposeRow(
        Purpose.NUMBER_CHECK,
        "Rule 1 without `number_unverified`; of a silent number (rule 17) all of rule 1",
        person_texts,
        (
            _PERSON,
            _NUMBER,
            withhold("waiting", "rule 1", NOT_WAITING, not_waiting_for_check),
            rule_1("Every lasting reason, if there is another one", reasons_against_check),
            _HOURS,
        ),
    ),
    PurposeRow(
        Purpose.CHECK_IN,
        "Rule 1, when it is due and when it is nudged",
        person_texts,
        _UNPROMPTED,
        (
            check_ins.TOO_LATE,
            check_ins.SWITCHED_OFF,
            check_ins.NOT_REACHED,
            check_ins.NO_HOUR_LEFT,
            check_ins.WROTE_TO_WORKER,
        ),
    ),
    PurposeRow(Purpose.ACTION, "Rule 1, when the action is live", person_texts, _UNPROMPTED),
    PurposeRow(Purpose.PRAISE, "Rule 1, when the step is reached", person_texts, _UNPROMPTED),
    PurposeRow(Purpose.WORKER_CHANGED, "Rule 1, at the transfer", person_texts, _UNPROMPTED),
    PurposeRow(
        Purpose.NOTICE,
        "The member of staff, who wants notices at a number that has not said STOP",
        notice_texts,
        (
            withhold("taken up", "danger", TAKEN_UP, taken_up),
            withhold("wanted", "danger", NOT_WANTED, not_wanted),
        ),
    ),
)
