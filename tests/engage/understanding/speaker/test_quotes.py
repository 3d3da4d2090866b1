"""What is quoted is never read as said: reactions of phones, and copies of our own texts."""

import pytest

from engage.understanding.interpret import interpret
from engage.understanding.speaker.quotes import own_words
from engage.understanding.vocabulary import Act, Intent, Prompt, Reaction, Speaker

REMINDER = (
    "Hi Bethany. You see Pat: Tue 8 December, 10:00am, the centre on Bridge St. Reply YES if you"
    " can come, NO if not. Reply STOP to end texts."
)
CHECK_IN = (
    "Hi Bethany. How are things this week? Reply 1 good, 2 OK, 3 not great, 4 need help. You can"
    " add more words. If you are not safe call 999."
)
OURS = (REMINDER, CHECK_IN, "See you Friday. Pat")
REACTIONS = (
    (Reaction.LIKES, f"Liked “{REMINDER}”"),
    (Reaction.LIKES, f"Loved “{CHECK_IN}”"),
    (Reaction.LIKES, f" \u200b👍\u200b to “ {CHECK_IN} ”"),
    (Reaction.LIKES, f"Reacted 👍 to “{REMINDER}”"),
    (Reaction.LIKES, f"Reacted ❤️ to “{REMINDER[:60]}…”"),
    (Reaction.LIKES, "Liked an image"),
    (Reaction.LIKES, "Loved a voice message"),
    (Reaction.LIKES, f"A aimé « {REMINDER} »"),
    (Reaction.LIKES, f"Gefällt „{REMINDER}“"),
    (Reaction.LIKES, f"Le gustó “{REMINDER}”"),
    (Reaction.LIKES, f"Polubił „{REMINDER}”"),
    (Reaction.LIKES, f"Ha messo mi piace a “{REMINDER}”"),
    (Reaction.LIKES, f"👍🏽 to “{REMINDER}”"),
    (Reaction.DISLIKES, "Disliked “See you Friday. Pat”"),
    (Reaction.DISLIKES, f"Questioned “{REMINDER}”"),
    (Reaction.DISLIKES, f"Reacted 👎 to “{REMINDER}”"),
    (Reaction.OTHER, "Emphasized an audio message"),
    (Reaction.OTHER, f"Emphasised “{CHECK_IN}”"),
    (Reaction.OTHER, f"Laughed at “{CHECK_IN}”"),
    (Reaction.OTHER, f"Reacted 😂 to “{CHECK_IN}”"),
    (Reaction.OTHER, f"Removed a like from “{REMINDER}”"),
    (Reaction.OTHER, f"Removed a heart from “{CHECK_IN}”"),
    (Reaction.OTHER, f"👍 removed from “{REMINDER}”"),
    (Reaction.OTHER, f"A ri de « {CHECK_IN} »"),
)


@pytest.mark.parametrize("prompt", [Prompt.APPOINTMENT, Prompt.CHECKIN, Prompt.NONE])
@pytest.mark.parametrize(("reaction", "text"), REACTIONS)
def test_a_reaction_is_not_words(reaction: Reaction, text: str, prompt: Prompt) -> None:
    """Nothing of the quotation is read, whatever was asked: no danger, no stop, no yes."""
    found = interpret(text, prompt)
    assert (found.intent, found.act, found.speaker) == (Intent.OTHER, Act.HUMAN, Speaker.REACTION)
    assert found.reaction is reaction
    assert not found.sure
    assert found.asks_back is (reaction is Reaction.LIKES)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"Liked “{REMINDER}” i cant go on no more", "i cant go on no more"),
        (f"“{REMINDER}” yes", "yes"),
        (f"{REMINDER} ok il be there", "ok il be there"),
        (f"> {REMINDER}\nno cant come", "no cant come"),
        (f"{REMINDER[:70]}… whats this about", "whats this about"),
        (f'Pat said "{REMINDER}" is that right?', "Pat said  is that right?"),
    ],
)
def test_the_writers_own_words_stay(text: str, words: str) -> None:
    """Whatever stands beside a quotation is read."""
    found = own_words(text, OURS)
    assert found.is_quote
    assert found.words.split() == words.split()


def test_words_beside_a_quotation_can_be_danger() -> None:
    """A quotation hides nothing."""
    found = interpret(f"Liked “{REMINDER}” i cant go on no more", Prompt.APPOINTMENT)
    assert found.intent is Intent.CRISIS


@pytest.mark.parametrize("body", OURS[:2])
def test_our_own_text_sent_back_says_nothing(body: str) -> None:
    """Copied, forwarded or cut short, with other quotation marks and spaces."""
    for copy in (body, f"Fwd: {body}", f'"{body}"', body.upper(), body.replace(" ", "  ")):
        found = interpret(copy, Prompt.APPOINTMENT, ours=OURS)
        assert found.intent is Intent.OTHER, copy
        assert not found.acts and Intent.CRISIS not in found.intents, copy


@pytest.mark.parametrize(
    "text",
    [
        "loved your place",
        "liked it lots thanks",
        "he said “il kill you” last night",
        "questioned by police till 5",
        "removed my tag",
        "laughed at that",
        "See you then",
        "👍",
        "",
        "“",
        "Liked",
    ],
)
def test_what_is_no_quotation(text: str) -> None:
    """A person's own words are left as they are."""
    assert own_words(text, OURS) == own_words(text) and own_words(text).words == text


def test_words_of_somebody_else_are_read() -> None:
    """Only our own words and a phone's reactions are taken out: a threat that is quoted counts."""
    assert interpret("he said “im going to kill you” last night", Prompt.NONE).intent in (
        Intent.CRISIS,
        Intent.HARM_TO_OTHERS,
    )
