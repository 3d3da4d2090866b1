"""Who wrote a text, apart from what it means."""

import pytest

from engage.understanding.interpret import interpret
from engage.understanding.language.normalise import normalise
from engage.understanding.speaker.who import speaker_of
from engage.understanding.vocabulary import Intent, Prompt, Speaker

WRITERS = {
    Speaker.RELATIVE: (
        "This is his mum, he'll be there",
        "this is her mum, she cant come shes got work",
        "its his nan he wont be in today hes poorly",
        "hi im her partner she is in hospital cant make it",
        "Dave's mum here he wont be in",
        "his dad speaking, he is running late",
        "texting for him cos his phone is bust",
        "on behalf of my son he cannot attend",
        "he cant come hes at work",
        "she is on her way",
        "mam Rhys sy yma, fydd o ddim yn dod",
    ),
    Speaker.WORKER: (
        "this is her support worker, she cannot attend",
        "its his key worker, he is running late",
        "im his social worker can you ring me",
        "this is Dave from the hostel, he is not well",
        "her care coordinator here, she wont be coming",
    ),
    Speaker.STRANGER: (
        "wrong number",
        "you have the wrong person mate",
        "i dont know anyone called dave",
        "theres nobody called sarah here",
        "Not Eric",
        "I'm not Eric",
        "No Tina here",
        "rhif anghywir",
    ),
    Speaker.MACHINE: (
        "I'm driving right now. I'll get back to you later.",
        "Auto reply: I am out of the office",
        "You have 1 new voicemail",
    ),
    Speaker.PERSON: (
        "yes il be there",
        "my mum cant pick me up so cant come",
        "my support worker is coming with me",
        "he wont let me come",
        "im here with my mum",
        "im at work my boss wont let me go",
        "she cant have the kids so i cant come",
        "its my mum shes in hospital",
        "I am coming yes, my brother drive me",
        "I AM IN THE INFIRMARY WARD 14",
        "not sure",
        "not coming",
        "Not Monday",
        "who is this",
        "no way",
        "its dave",
        "this is my new number",
    ),
}


@pytest.mark.parametrize(
    ("speaker", "text"), [(speaker, text) for speaker, texts in WRITERS.items() for text in texts]
)
def test_who_wrote_it(speaker: Speaker, text: str) -> None:
    """In doubt the person did."""
    assert speaker_of(text, normalise(text).line) is speaker


@pytest.mark.parametrize("text", [*WRITERS[Speaker.RELATIVE], *WRITERS[Speaker.WORKER]])
def test_what_others_say_is_never_acted_on(text: str) -> None:
    """It is nothing that the person said, and it ends no texts. Danger is danger, whoever says
    it.
    """
    found = interpret(text, Prompt.APPOINTMENT)
    assert not found.acts and not found.sure and not found.asks_back


def test_danger_told_by_a_relative_is_danger() -> None:
    """She writes; he is in danger."""
    found = interpret("this is his mum he says he wants to kill himself tonight", Prompt.NONE)
    assert (found.intent, found.speaker) == (Intent.CRISIS, Speaker.RELATIVE)
