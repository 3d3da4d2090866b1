"""Safety advice that somebody copies back is not their danger."""

import pytest
from sqlalchemy.orm import Session

from engage import texts
from engage.people.model import Person
from engage.signals import SignalKind
from engage.texts import LANGUAGES, SAFETY_TEXTS, TextKind
from tests import builders
from tests.engage.conversation.phones import answers, open_signals, says

NOW = builders.NOW


def _advice(kind: TextKind, language: str) -> str:
    blanks = texts.wording(kind, language).blanks
    return texts.render(kind, language, **dict.fromkeys(blanks, "01632960123"))


@pytest.mark.parametrize("kind", sorted(SAFETY_TEXTS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_is_no_danger(session: Session, om: object, kind: TextKind, language: str) -> None:
    """Whole, and never sent to this number before."""
    person: Person = builders.person(session, om, language=language)  # type: ignore[arg-type]
    says(session, _advice(kind, language), NOW)
    assert not set(open_signals(session, person)) & {SignalKind.CRISIS, SignalKind.HARM_TO_OTHERS}
    assert not any("999" in one for one in answers(session))


def test_words_beside_a_copy_count(session: Session, katrina: Person) -> None:
    """What the writer adds is their own."""
    says(session, f"“{_advice(TextKind.CRISIS, 'en')}” i want to die tho", NOW)
    assert SignalKind.CRISIS in open_signals(session, katrina)
