"""Results by likeness to what was learnt, by speaker and by basis."""

from collections.abc import Sequence

import pytest

from engage.understanding.evaluation import groups
from engage.understanding.evaluation.figures import Result
from engage.understanding.evaluation.likeness import likeness
from engage.understanding.vocabulary import Basis, Intent, Speaker
from tests.engage.understanding.evaluation.builders import result

LEARNT = ["i cant come on thursday sorry", "who is this please"]


def sizes(grouped: groups.Groups) -> dict[str, int]:
    """How many results each group has."""
    return {name: len(listed) for name, listed in grouped.items()}


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("I can't come on Thursday, sorry", "0.65 and more"),
        ("i cant come thursday sorry mate", "0.65 and more"),
        ("i cant come on friday sorry", "0.50 to 0.65"),
        ("i cant come on a day like this", "0.35 to 0.50"),
        ("the dog ate it", "below 0.35"),
    ],
)
def test_a_text_counts_by_its_nearest_line(text: str, group: str) -> None:
    """Each text is in one group, that of the most alike of the lines."""
    grouped = groups.by_likeness([result(Intent.DECLINE, Intent.DECLINE, text=text)], LEARNT)
    assert {name for name, listed in grouped.items() if listed} == {group}, max(
        likeness(text, one) for one in LEARNT
    )


def test_a_bound_belongs_to_the_group_above() -> None:
    """A text that is alike by exactly a half: 3 of 6 runs."""
    assert likeness("abcd", "abcde") == 3 / 6
    grouped = groups.by_likeness(
        [result(Intent.OTHER, Intent.OTHER, text="abcd")], ["abcde", "zzz"]
    )
    assert sizes(grouped)["0.50 to 0.65"] == 1


def test_by_speaker() -> None:
    """Speakers as read, those who never write left out."""
    results = [
        result(Intent.CONFIRM, Intent.CONFIRM),
        result(Intent.DECLINE, Intent.DECLINE, acts=False, speaker=Speaker.RELATIVE),
        result(Intent.DECLINE, Intent.CONFIRM, speaker=Speaker.PERSON),
    ]
    assert sizes(groups.by_speaker(results)) == {"person": 2, "relative": 1}


def test_labelled_speakers_are_compared_with_those_read() -> None:
    """Only lines that say who wrote them count."""
    results = [
        result(Intent.DECLINE, Intent.DECLINE, speaker=Speaker.RELATIVE),
        *[
            result(
                Intent.DECLINE,
                Intent.DECLINE,
                speaker=read,
                labelled_speaker=Speaker.RELATIVE,
            )
            for read in (Speaker.RELATIVE, Speaker.PERSON, Speaker.PERSON)
        ],
    ]
    assert groups.speakers(results) == {
        (Speaker.RELATIVE, Speaker.RELATIVE): 1,
        (Speaker.RELATIVE, Speaker.PERSON): 2,
    }


def test_by_basis() -> None:
    """Each result counts for what decided it."""

    def wrong(listed: Sequence[Result]) -> int:
        return sum(one.is_wrong_act for one in listed)

    grouped = groups.by_basis(
        [
            result(Intent.CONFIRM, Intent.CONFIRM, basis=Basis.RULE),
            result(Intent.DECLINE, Intent.CONFIRM, basis=Basis.RULE),
            result(Intent.DECLINE, Intent.CONFIRM, acts=False),
        ]
    )
    assert sizes(grouped) == {"rule": 2, "model": 1}
    assert {name: wrong(listed) for name, listed in grouped.items()} == {"rule": 1, "model": 0}
