"""Words that fill a blank of a text: why a person cannot come, and what they have reached.

What has no words here must never stand in a text: another reader of the phone would learn it. So
there are none for illness, court, custody, tests, an order or a home.
"""

from engage.understanding.vocabulary import Cause

_WHY = {
    "en": {
        Cause.TRANSPORT: "travel",
        Cause.MONEY: "money",
        Cause.WORK: "work",
        Cause.CHILDCARE: "childcare",
        Cause.FAMILY: "family",
    },
    "cy": {
        Cause.TRANSPORT: "teithio",
        Cause.MONEY: "arian",
        Cause.WORK: "gwaith",
        Cause.CHILDCARE: "gofal plant",
        Cause.FAMILY: "teulu",
    },
}
_STEPS = {
    "en": {
        "attended": "you came {n} times in a row",
        "course_started": "you have started your course",
        "course_finished": "you have finished your course",
    },
    "cy": {
        "attended": "daethoch {n} gwaith yn olynol",
        "course_started": "rydych wedi dechrau eich cwrs",
        "course_finished": "rydych wedi gorffen eich cwrs",
    },
}
"""By the kind of milestone (MilestoneKind)."""


def why_not(cause: Cause | None, language: str) -> str | None:
    """The discreet words for what stops a person from coming; None if a text may not say it."""
    return None if cause is None else _WHY[str(language)].get(cause)


def step_reached(kind: str, n: int, language: str) -> str | None:
    """The discreet words for a milestone of `n` steps; None if a text may not say it."""
    words = _STEPS[str(language)].get(kind)
    return None if words is None else words.format(n=n)
