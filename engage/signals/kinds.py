"""The kinds of signal and what each means to staff (docs/signals.md). Nothing here raises one."""

import enum
from dataclasses import dataclass
from datetime import timedelta


class SignalKind(enum.StrEnum):
    """The kinds of signal (docs/signals.md)."""

    CRISIS = "crisis"
    HARM_TO_OTHERS = "harm_to_others"
    UNSAFE_PHONE = "unsafe_phone"
    FEELING_LOW = "feeling_low"
    BARRIER = "barrier"
    LATE_PATTERN = "late_pattern"
    CLAIM_DISPUTED = "claim_disputed"
    HOUSING_LOSS = "housing_loss"
    WORK_LOSS = "work_loss"
    LAPSE_TOLD = "lapse_told"
    CANNOT_ATTEND = "cannot_attend"
    CALL_REQUESTED = "call_requested"
    NO_SHOW = "no_show"
    EVIDENCE_DUE = "evidence_due"
    NUMBER_SHARED = "number_shared"
    WRONG_NUMBER = "wrong_number"
    OPTED_OUT = "opted_out"
    NUMBER_DEAD = "number_dead"
    NO_REPLY = "no_reply"
    REPLY_UNREAD = "reply_unread"
    SECOND_FAILURE = "second_failure"
    MUST_REFER = "must_refer"
    LOST_CONTACT = "lost_contact"
    TEST_MISSED = "test_missed"
    TEST_POSITIVE = "test_positive"
    RELEASE_SOON = "release_soon"
    COURT_REVIEW_SOON = "court_review_soon"
    ACTION_OVERDUE = "action_overdue"
    REVIEW_DUE = "review_due"
    GREEN_THREE_MONTHS = "green_three_months"
    MILESTONE = "milestone"
    RE_REFERRAL_DUE = "re_referral_due"
    RECORD_OPENED = "record_opened"
    GROUND_GONE = "ground_gone"
    TEXTS_NOT_UNDERSTOOD = "texts_not_understood"
    WORRYING_TEXT = "worrying_text"


HEALTH = frozenset({SignalKind.LAPSE_TOLD, SignalKind.TEST_MISSED, SignalKind.TEST_POSITIVE})
"""Kinds about health. The event log, which partners read, does not say which of them it was."""


DANGER = frozenset({SignalKind.CRISIS, SignalKind.HARM_TO_OTHERS})
"""Kinds about danger. A signal of one of them says which kind of danger."""
ALARMING = DANGER | {SignalKind.TEXTS_NOT_UNDERSTOOD}
"""Kinds for which staff are told at once, one after the other, until one of them takes it on."""


class Severity(enum.StrEnum):
    """How soon a worker must act."""

    URGENT = "urgent"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


RANK = {Severity.URGENT: 0, Severity.HIGH: 1, Severity.MEDIUM: 2, Severity.LOW: 3}


@dataclass(frozen=True)
class SignalMeaning:
    """What a kind of signal means to staff: its title, what to do and by when."""

    severity: Severity
    title: str
    action: str
    due_within: timedelta


MEANINGS: dict[SignalKind, SignalMeaning] = {
    SignalKind.CRISIS: SignalMeaning(
        Severity.URGENT,
        "May be in danger",
        "Ring now and follow the welfare procedure.",
        timedelta(minutes=15),
    ),
    SignalKind.HARM_TO_OTHERS: SignalMeaning(
        Severity.URGENT,
        "May be a danger to another person",
        "Follow safeguarding; ring the police if a person is at risk now.",
        timedelta(minutes=15),
    ),
    SignalKind.TEXTS_NOT_UNDERSTOOD: SignalMeaning(
        Severity.URGENT,
        "Several texts that were not understood",
        "Read them now, and ring if they are out of character.",
        timedelta(minutes=30),
    ),
    SignalKind.WORRYING_TEXT: SignalMeaning(
        Severity.HIGH,
        "A sad, angry or final text",
        "Read it now, and ring if it worries you.",
        timedelta(hours=1),
    ),
    SignalKind.UNSAFE_PHONE: SignalMeaning(
        Severity.URGENT,
        "Another person may read their phone",
        "Send no texts. Ring when it is safe, or see them in person.",
        timedelta(hours=1),
    ),
    SignalKind.FEELING_LOW: SignalMeaning(
        Severity.HIGH, "Says they are not doing well", "Ring today.", timedelta(hours=8)
    ),
    SignalKind.BARRIER: SignalMeaning(
        Severity.MEDIUM,
        "Barrier to attending",
        "Remove it before the day: a bus pass, another time, a call instead.",
        timedelta(days=1),
    ),
    SignalKind.LATE_PATTERN: SignalMeaning(
        Severity.LOW,
        "Often late",
        "Talk about other times or places.",
        timedelta(days=7),
    ),
    SignalKind.CLAIM_DISPUTED: SignalMeaning(
        Severity.MEDIUM,
        "Says they came, recorded as absent",
        "Ask the worker who recorded it.",
        timedelta(days=2),
    ),
    SignalKind.HOUSING_LOSS: SignalMeaning(
        Severity.HIGH,
        "Says they have lost their home",
        "Ring, and ask for the housing duty.",
        timedelta(days=1),
    ),
    SignalKind.WORK_LOSS: SignalMeaning(
        Severity.MEDIUM,
        "Says they have lost their job",
        "Bring in the employment worker.",
        timedelta(days=2),
    ),
    SignalKind.LAPSE_TOLD: SignalMeaning(
        Severity.MEDIUM,
        "Reports a lapse",
        "Support first: thank them for saying so, ask what would help.",
        timedelta(days=1),
    ),
    SignalKind.CANNOT_ATTEND: SignalMeaning(
        Severity.MEDIUM,
        "Says they cannot come",
        "Rebook, and record the barrier.",
        timedelta(days=1),
    ),
    SignalKind.CALL_REQUESTED: SignalMeaning(
        Severity.MEDIUM, "Asked for a call", "Ring within 1 working day.", timedelta(days=1)
    ),
    SignalKind.NO_SHOW: SignalMeaning(
        Severity.MEDIUM,
        "Did not attend (evidence awaited)",
        "Ask why before the evidence window ends.",
        timedelta(days=1),
    ),
    SignalKind.EVIDENCE_DUE: SignalMeaning(
        Severity.MEDIUM,
        "An absence must be decided",
        "Read what they said, and record the absence as acceptable or not.",
        timedelta(days=2),
    ),
    SignalKind.NUMBER_SHARED: SignalMeaning(
        Severity.HIGH,
        "Two people have the same number",
        "Texts to it are stopped. Check the number with each person.",
        timedelta(days=1),
    ),
    SignalKind.WRONG_NUMBER: SignalMeaning(
        Severity.HIGH,
        "The number belongs to another person",
        "Texts to it are stopped. Get the right number.",
        timedelta(days=1),
    ),
    SignalKind.OPTED_OUT: SignalMeaning(
        Severity.MEDIUM,
        "Asked for no more texts",
        "Agree another way to keep in touch.",
        timedelta(days=2),
    ),
    SignalKind.NUMBER_DEAD: SignalMeaning(
        Severity.MEDIUM, "Texts cannot reach the number", "Get a new number.", timedelta(days=2)
    ),
    SignalKind.NO_REPLY: SignalMeaning(
        Severity.MEDIUM,
        "Several texts without an answer",
        "Check the number is still theirs.",
        timedelta(days=2),
    ),
    SignalKind.REPLY_UNREAD: SignalMeaning(
        Severity.MEDIUM,
        "A reply is waiting to be read",
        "Read it and answer; cover if the offender manager is on leave.",
        timedelta(days=1),
    ),
    SignalKind.SECOND_FAILURE: SignalMeaning(
        Severity.HIGH,
        "Second failure to comply",
        "Consider a warning or breach.",
        timedelta(days=1),
    ),
    SignalKind.MUST_REFER: SignalMeaning(
        Severity.HIGH,
        "Failed to comply after a warning",
        "Refer to court by the date shown.",
        timedelta(days=14),
    ),
    SignalKind.LOST_CONTACT: SignalMeaning(
        Severity.HIGH, "Contact lost", "Visit them.", timedelta(days=1)
    ),
    SignalKind.TEST_MISSED: SignalMeaning(
        Severity.HIGH, "A test was missed", "Bring in the treatment worker.", timedelta(days=1)
    ),
    SignalKind.TEST_POSITIVE: SignalMeaning(
        Severity.HIGH, "A test was positive", "Bring in the treatment worker.", timedelta(days=1)
    ),
    SignalKind.RELEASE_SOON: SignalMeaning(
        Severity.MEDIUM,
        "Leaves prison soon",
        "Make the release plan, and book the first appointments.",
        timedelta(days=2),
    ),
    SignalKind.COURT_REVIEW_SOON: SignalMeaning(
        Severity.MEDIUM, "Court review soon", "Write the report.", timedelta(days=2)
    ),
    SignalKind.ACTION_OVERDUE: SignalMeaning(
        Severity.MEDIUM,
        "An action of the plan is overdue",
        "Chase the worker responsible.",
        timedelta(days=2),
    ),
    SignalKind.REVIEW_DUE: SignalMeaning(
        Severity.LOW, "A review is due", "Review.", timedelta(days=2)
    ),
    SignalKind.GREEN_THREE_MONTHS: SignalMeaning(
        Severity.LOW, "Green for three months", "List for the meeting.", timedelta(days=7)
    ),
    SignalKind.MILESTONE: SignalMeaning(
        Severity.LOW, "Milestone reached", "Congratulate them.", timedelta(days=7)
    ),
    SignalKind.RE_REFERRAL_DUE: SignalMeaning(
        Severity.MEDIUM, "Re-referral due before release", "Refer them.", timedelta(days=14)
    ),
    SignalKind.RECORD_OPENED: SignalMeaning(
        Severity.HIGH,
        "Record opened in an emergency",
        "Ask them why, and whether it was right.",
        timedelta(days=1),
    ),
    SignalKind.GROUND_GONE: SignalMeaning(
        Severity.HIGH,
        "The grounds of a decision have changed",
        "Review the decision: withdraw it, or decide again.",
        timedelta(days=1),
    ),
}
