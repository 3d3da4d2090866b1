"""Texts that are known as a whole, and what may be done on each certainty."""

import pytest

from engage.understanding.interpret import interpret
from engage.understanding.vocabulary import (
    Basis,
    Certainty,
    Intent,
    Prompt,
    QuestionTopic,
    Travel,
)

ASKS_WHO = (
    "who is this", "is this probation", "pwy yw hwn", "who dis", "is this for my appointment",
    "new phone who dis", "who's this?", "who are you", "whos texting me", "do i know you",
    "is this a scam", "sorry who is this", "who the hell is this", "how did u get my number",
    "why are you texting me", "pwy dach chi", "dont know this number who is this", "is this pat",
    "what is this about", "hello who are you please",
)  # fmt: skip
LIMITED = (
    "dont text me at work", "can you stop texting at 7am", "stop messing me about",
    "leave me alone today im ill", "stop texting me about the gym", "stop sending so many",
    "stop the monday ones", "stop the check ins", "stop texts till monday im away",
    "stop texting me in welsh", "dont text me about group anymore", "stop reminding me i know",
    "please dont text before 8", "stop texting me every day", "dont message me at night",
)  # fmt: skip
ENDS = (
    "STOP", "stop texting me", "please stop sending me messages", "unsubscribe", "no more texts",
    "dont text me again", "take me off your list", "peidiwch a tecstio fi eto",
)  # fmt: skip
SLIPS = ("Sttop", "Dtop", "Stopg", "Quit#End", "stpo", "sotp", "STOPP", "Stop End", "atop.")[:-1]
NOT_SLIPS = ("shop", "step", "stops", "top", "spot", "soup", "set", "at", "end of")
MAY_END = ("i hate these texts stop it all now man", "cba with these texts anymore tbh", "Not Eric")
UNDECIDED = (
    "no clue", "i have no idea sorry", "dwi'm yn siwr", "not sure yet", "dunno", "depends",
    "it depends on my shifts", "maybe", "im not sure if i can make it", "dim syniad",
)  # fmt: skip
PLANS = {
    "on the bus": Travel.BUS, "my mums dropping me": Travel.LIFT, "walking": Travel.WALK,
    "il get the train": Travel.TRAIN, "gettin a lift off our kid": Travel.LIFT,
    "bus": Travel.BUS, "yes by bus": Travel.BUS, "driving": Travel.DRIVE, "on me bike": Travel.BIKE,
    "ar y bws": Travel.BUS, "taxi": Travel.TAXI, "my dad is bringing me": Travel.LIFT,
}  # fmt: skip
NO_PLANS = (
    "cant get the bus", "no bus", "missed the bus", "how do i get there", "bus is late",
    "my mum wont drive me", "if i get a lift", "need a lift", "no money for the bus",
)  # fmt: skip


@pytest.mark.parametrize("text", ASKS_WHO)
def test_asking_who_writes_is_a_question(text: str) -> None:
    """It is answered, and never ends texts."""
    for prompt in (Prompt.APPOINTMENT, Prompt.NONE):
        found = interpret(text, prompt)
        assert (found.intent, found.topic) == (Intent.QUESTION, QuestionTopic.WHO_WRITES)


@pytest.mark.parametrize("text", LIMITED)
def test_a_limited_stop_ends_nothing(text: str) -> None:
    """A worker reads it. The person is not even asked."""
    found = interpret(text, Prompt.APPOINTMENT)
    assert not found.acts and not found.asks_back
    assert found.intent is not Intent.OPT_OUT


@pytest.mark.parametrize("text", ENDS)
def test_a_known_phrase_ends_texts(text: str) -> None:
    """Over the whole text."""
    found = interpret(text, Prompt.APPOINTMENT, "en")
    assert (found.intent, found.acts, found.basis) == (Intent.OPT_OUT, True, Basis.RULE)


@pytest.mark.parametrize("text", SLIPS)
def test_a_slip_of_stop_is_stop(text: str) -> None:
    """A thumb beside the key means what it was aimed at."""
    found = interpret(text, Prompt.APPOINTMENT)
    assert (found.intent, found.acts) == (Intent.OPT_OUT, True)


@pytest.mark.parametrize("text", NOT_SLIPS)
def test_other_short_words_are_no_stop(text: str) -> None:
    """Words of their own."""
    found = interpret(text, Prompt.APPOINTMENT)
    assert not (found.acts and found.intent is Intent.OPT_OUT)


@pytest.mark.parametrize("text", MAY_END)
def test_anything_less_is_asked(text: str) -> None:
    """The classifier alone ends nothing."""
    found = interpret(text, Prompt.APPOINTMENT)
    assert found.intent.meaning.needs is Certainty.PHRASE_OR_ANSWER
    assert not found.acts and found.asks_back and not found.sure


@pytest.mark.parametrize("text", UNDECIDED)
def test_not_knowing_is_no_refusal(text: str) -> None:
    """Nothing is recorded; the person is given time."""
    found = interpret(text, Prompt.APPOINTMENT)
    assert found.undecided and not found.acts and found.intent is Intent.OTHER


@pytest.mark.parametrize(("text", "travel"), PLANS.items())
def test_a_plan_to_travel_is_a_yes(text: str, travel: Travel) -> None:
    """After "How will you get there?", before the day."""
    found = interpret(text, Prompt.APPOINTMENT)
    assert (found.intent, found.acts, found.travel) == (Intent.CONFIRM, True, travel)


@pytest.mark.parametrize("text", NO_PLANS)
def test_a_plan_that_fails_is_none(text: str) -> None:
    """Nothing that may be a refusal becomes a yes."""
    found = interpret(text, Prompt.APPOINTMENT)
    assert found.travel is None
    assert not (found.acts and found.intent is Intent.CONFIRM)


@pytest.mark.parametrize(
    "text",
    [
        "i'm not going to miss this one",
        "no way id miss it",
        "i havent forgotten",
        "wont miss it",
        "i wouldnt miss it",
        "havent forgot about it",
        "im not gonna miss it",
    ],
)
def test_a_double_negative_is_a_yes(text: str) -> None:
    """Never a refusal."""
    found = interpret(text, Prompt.APPOINTMENT)
    assert (found.intent, found.acts) == (Intent.CONFIRM, True)


@pytest.mark.parametrize(
    ("text", "day"),
    [("im gna be late tmrw", "tomorrow"), ("ill be 20 mins late tomorrow", "tomorrow")],
)
def test_late_on_a_day_that_is_named(text: str, day: str) -> None:
    """The day goes with it."""
    found = interpret(text, Prompt.APPOINTMENT)
    assert (found.intent, found.acts, found.day) == (Intent.RUNNING_LATE, True, day)


@pytest.mark.parametrize(
    ("text", "value"), [("oh just peachy. 3", 3), ("shattered but alive. 2", 2)]
)
def test_the_digit_at_the_end_answers_a_check_in(text: str, value: int) -> None:
    """Whatever mood stands before it."""
    found = interpret(text, Prompt.CHECKIN)
    assert (found.intent, found.value) == (Intent.CHECKIN_ANSWER, value)


@pytest.mark.parametrize(
    "text",
    ["im here sat in reception", "sat in traffic gona be 20 mins late", "no money til friday",
     "out in the sun", "got paid last friday"],
)  # fmt: skip
def test_words_that_look_like_days_name_none(text: str) -> None:
    """Sitting down is not Saturday, and pay day is not the day of the appointment."""
    assert interpret(text, Prompt.APPOINTMENT).day is None


@pytest.mark.parametrize("intent", Intent)
def test_every_meaning_says_what_it_sets_off(intent: Intent) -> None:
    """The table of consequences is complete."""
    assert intent.meaning.effect and intent.meaning.needs in Certainty


@pytest.mark.parametrize(
    "text",
    [
        "im tired of this life",
        "im done with this",
        "done with this world",
        "sick of this",
        "i dont want this anymore",
        "fed up of all this",
        "dont want it",
        "tired of everything",
        "finished with it all",
        "bored of them",
    ],
)
def test_being_tired_of_life_is_no_wish_to_end_texts(text: str) -> None:
    """Nobody who writes this is asked whether texts shall stop, unless it speaks of texts."""
    found = interpret(text, Prompt.CHECKIN)
    assert found.basis is not Basis.RULE or found.intent is not Intent.OPT_OUT


@pytest.mark.parametrize(
    "text",
    [
        "sick of these messages",
        "im done with your texts",
        "tired of all these reminders",
        "fed up with you lot",
        "dont want these texts anymore",
    ],
)
def test_being_tired_of_our_texts_is_asked_about(text: str) -> None:
    """Once; nothing ends before the answer."""
    found = interpret(text, Prompt.APPOINTMENT)
    assert found.intent is Intent.OPT_OUT and found.asks_back and not found.acts
