"""Results made by hand."""

from engage.understanding.classifier.lines import LabelledLine
from engage.understanding.evaluation.figures import Result
from engage.understanding.vocabulary import Act, Basis, Intent, Interpretation, Prompt, Speaker


def result(
    label: Intent,
    found: Intent,
    *,
    acts: bool = True,
    text: str = "x",
    also_sure: tuple[Intent, ...] = (),
    basis: Basis = Basis.MODEL,
    speaker: Speaker = Speaker.PERSON,
    labelled_speaker: Speaker | None = None,
    worrying: bool = False,
) -> Result:
    """A text labelled `label` and interpreted as `found`, which is acted on or left to a worker."""
    sure = frozenset({found, *also_sure}) if acts else frozenset[Intent]()
    return Result(
        LabelledLine(Prompt.APPOINTMENT, label, text, labelled_speaker),
        Interpretation(
            found,
            0.9,
            Act.ACT if acts else Act.HUMAN,
            (found, *also_sure),
            sure=sure,
            basis=basis,
            speaker=speaker,
            worrying=worrying,
        ),
    )


def left(label: Intent, *, worrying: bool = False) -> Result:
    """A text that was not understood and is left to a worker."""
    return result(label, Intent.OTHER, acts=False, worrying=worrying)
