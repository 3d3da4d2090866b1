"""No text promises that somebody reads or rings at an hour at which nobody may be there."""

import re

import pytest

from engage.texts import CATALOGUE, SAFETY_TEXTS, TextKind, Wording

SOON = re.compile(
    r"\b(?:soon|sooner|shortly|straight ?away|right away|at once|tonight|immediately"
    r"|any minute|quickly|24/7|always here"
    r"|yn fuan|yn gynt|cyn bo hir|ar unwaith|heno|yn syth)\b",
    re.IGNORECASE,
)
READS = {
    TextKind.NOT_SURE: ("when next at work", "oriau gwaith"),
    TextKind.NOT_SURE_UNNAMED: ("working hours", "oriau gwaith"),
    TextKind.CALL: ("working hours", "oriau gwaith"),
}


@pytest.mark.parametrize(
    "wording", CATALOGUE.values(), ids=lambda wording: f"{wording.kind}-{wording.language}"
)
def test_never_says_soon(wording: Wording) -> None:
    """Whether anybody is on call now or not, no text says how soon; only the safety advice names
    who is there day and night.
    """
    assert not SOON.search(wording.words)


@pytest.mark.parametrize("kind", READS)
def test_what_is_left_to_a_human_says_when_humans_are_there(kind: TextKind) -> None:
    """Texts that say somebody will read or ring say that it is in working hours."""
    for language, hours in zip(("en", "cy"), READS[kind], strict=True):
        words = CATALOGUE[kind, language].words
        assert hours in words


SAFETY = {
    *SAFETY_TEXTS,
    TextKind.LAPSE,
    TextKind.CHECK_IN,
    TextKind.CHECK_IN_HELP,
    TextKind.CHECK_IN_HELP_NOW,
}


def test_999_stands_only_where_it_must_count() -> None:
    """Under every harmless answer it would mean nothing where somebody needs it."""
    assert {wording.kind for wording in CATALOGUE.values() if "999" in wording.words} == SAFETY
