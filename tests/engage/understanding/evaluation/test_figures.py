"""The figures count correctly, and whole writers are held out."""

from engage.understanding.classifier import lines
from engage.understanding.evaluation import writers
from engage.understanding.evaluation.figures import Proportion, figures
from engage.understanding.vocabulary import Intent, Speaker
from tests.engage.understanding.evaluation.builders import result


def test_figures_count_correctly() -> None:
    """Acted on rightly and wrongly, a missed danger, a false alarm, a refusal taken for a yes."""
    measured = figures(
        [
            result(Intent.CONFIRM, Intent.CONFIRM),
            result(Intent.DECLINE, Intent.CONFIRM),
            result(Intent.CRISIS, Intent.OTHER, acts=False),
            result(Intent.OTHER, Intent.CRISIS, acts=False),
            result(Intent.OTHER, Intent.CALL_ME),
            result(Intent.OPT_OUT, Intent.OPT_OUT),
        ]
    )
    assert measured.right == Proportion(2, 6)
    assert measured.right_when_acted_on == Proportion(2, 4)
    assert measured.acted_on == Proportion(3, 3)
    assert measured.danger_found == Proportion(0, 1)
    assert measured.ends_texts_found == Proportion(1, 1)
    assert measured.refusals_as_yes == 1
    assert measured.chatter_acted_on == Proportion(1, 2)
    assert measured.false_alarms == Proportion(1, 5)
    assert str(measured.right) == "33.3% (2 of 6)"


def test_what_another_writes_need_not_be_acted_on() -> None:
    """Where a file says that a relative writes, leaving the text to a worker is no omission."""
    measured = figures(
        [
            result(Intent.DECLINE, Intent.DECLINE, labelled_speaker=Speaker.PERSON),
            result(Intent.DECLINE, Intent.DECLINE, acts=False, labelled_speaker=Speaker.RELATIVE),
        ]
    )
    assert measured.acted_on == Proportion(1, 1)


def test_whole_writers_are_held_out() -> None:
    """Writers who are held out have a bit of everything. No line of theirs is trained on."""
    known, unseen = writers.held_out()
    assert unseen
    assert not set(known) & set(unseen)
    assert all(writers.is_natural(listed) for listed in unseen.values())
    assert {**known, **unseen} == lines.styles()


def test_every_writer_held_out_is_measured_once() -> None:
    """Those who write in Welsh apart from the others."""
    _, unseen = writers.held_out()
    welsh, english = writers.in_welsh(unseen), writers.in_english(unseen)
    assert welsh
    assert english
    assert len(welsh) + len(english) == sum(map(len, unseen.values()))
    assert not set(welsh) & set(english)
