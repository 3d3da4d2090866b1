"""The wording of texts in English and Welsh, how it is filled in, and the linter that keeps it
discreet.

Every text is one segment (two at most if it lists choices) and tells a stranger nothing. Nothing
here knows who a text is for, or whether it may be sent.
"""

from engage.texts.about import (
    AppointmentDetails,
    appointment_text,
    closed_text,
    kind_for,
    merged_reminder,
    next_text,
    place_for_text,
    rebook,
    week_text,
    which_one,
    with_rest,
)
from engage.texts.catalogue import (
    CATALOGUE,
    LONGEST_DIRECTIONS,
    LONGEST_WORDS,
    TextValueError,
    Wording,
    render,
    wording,
)
from engage.texts.discreet import DiscreetProblem, discreet, lint
from engage.texts.kinds import (
    CHOICES,
    SAFETY_TEXTS,
    SAYS_NOTHING_NEW,
    MeetingWay,
    Passed,
    Purpose,
    TextKind,
)
from engage.texts.phrases import step_reached, why_not
from engage.texts.times import LANGUAGES, day_named, day_of, time_of, when
from engage.texts.values import (
    FIRST_NAME_LONGEST,
    fold,
    shorten_first_name,
    shorten_phone,
    shorten_place,
    shorten_worker,
    writable,
)

__all__ = [
    "CATALOGUE",
    "CHOICES",
    "FIRST_NAME_LONGEST",
    "LANGUAGES",
    "LONGEST_DIRECTIONS",
    "LONGEST_WORDS",
    "SAFETY_TEXTS",
    "SAYS_NOTHING_NEW",
    "AppointmentDetails",
    "DiscreetProblem",
    "MeetingWay",
    "Passed",
    "Purpose",
    "TextKind",
    "TextValueError",
    "Wording",
    "appointment_text",
    "closed_text",
    "day_named",
    "day_of",
    "discreet",
    "fold",
    "kind_for",
    "lint",
    "merged_reminder",
    "next_text",
    "place_for_text",
    "rebook",
    "render",
    "shorten_first_name",
    "shorten_phone",
    "shorten_place",
    "shorten_worker",
    "step_reached",
    "time_of",
    "week_text",
    "when",
    "which_one",
    "why_not",
    "with_rest",
    "wording",
    "writable",
]
