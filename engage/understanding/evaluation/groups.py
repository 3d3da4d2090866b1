"""The results of a set in groups: by likeness to the corpus, by speaker, and by what each
interpretation rests on.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from engage.understanding.evaluation.figures import Result
from engage.understanding.evaluation.likeness import LikenessIndex
from engage.understanding.vocabulary import Basis, Speaker

LIKENESS_BINS = (0.0, 0.35, 0.5, 0.65, 1.01)

Groups = Mapping[str, Sequence[Result]]


def by_likeness(results: Sequence[Result], learnt: Iterable[str]) -> Groups:
    """The results by how alike each text is to the nearest of the texts that were learnt."""
    nearest = LikenessIndex(list(learnt)).nearest([one.line.text for one in results])
    return {
        _bin_name(low, high): [
            one
            for one, pair in zip(results, nearest, strict=True)
            if low <= round(pair.likeness, 6) < high
        ]
        for low, high in pairwise(LIKENESS_BINS)
    }


def _bin_name(low: float, high: float) -> str:
    if not low:
        return f"below {high:.2f}"
    return f"{low:.2f} to {high:.2f}" if high <= 1 else f"{low:.2f} and more"


def by_speaker(results: Sequence[Result]) -> Groups:
    """The results by who is read as the writer. Speakers that are never read are left out."""
    groups = {
        speaker.value: [one for one in results if one.interpretation.speaker is speaker]
        for speaker in Speaker
    }
    return {name: listed for name, listed in groups.items() if listed}


def speakers(results: Sequence[Result]) -> Counter[tuple[Speaker, Speaker]]:
    """How often each speaker who is labelled is read as each, where a file labels them."""
    return Counter(
        (one.line.speaker, one.interpretation.speaker) for one in results if one.line.speaker
    )


def by_basis(results: Sequence[Result]) -> Groups:
    """The results by whether rules or the classifier decided."""
    return {
        basis.value: [one for one in results if one.interpretation.basis is basis]
        for basis in Basis
    }
