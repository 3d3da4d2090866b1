"""Names, places and moments as a text shows them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage.texts import (
    day_of,
    fold,
    place_for_text,
    shorten_first_name,
    shorten_phone,
    shorten_place,
    shorten_worker,
    time_of,
    when,
)
from messaging.text import Encoding, measure

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("moment", "english", "welsh"),
    [
        (
            datetime(2025, 9, 24, 10, 20, tzinfo=UTC),
            "Wed 24 September, 11:20am",
            "Mer 24 Medi, 11:20yb",
        ),
        (
            datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
            "Sun 28 March, 12:30am",
            "Sul 28 Mawrth, 12:30yb",
        ),
        (datetime(2027, 3, 28, 1, 30, tzinfo=UTC), "Sun 28 March, 2:30am", "Sul 28 Mawrth, 2:30yb"),
        (
            datetime(2027, 10, 31, 12, 0, tzinfo=UTC),
            "Sun 31 October, midday",
            "Sul 31 Hydref, canol dydd",
        ),
        (
            datetime(2027, 3, 27, 0, tzinfo=UTC),
            "Sat 27 March, midnight",
            "Sad 27 Mawrth, hanner nos",
        ),
        (datetime(2027, 3, 27, 9, tzinfo=UTC), "Sat 27 March, 9am", "Sad 27 Mawrth, 9yb"),
        (
            datetime(2027, 3, 27, 12, 5, tzinfo=UTC),
            "Sat 27 March, 12:05pm",
            "Sad 27 Mawrth, 12:05yp",
        ),
        (
            datetime(2027, 3, 27, 17, 59, tzinfo=UTC),
            "Sat 27 March, 5:59pm",
            "Sad 27 Mawrth, 5:59yp",
        ),
        (datetime(2027, 3, 27, 18, tzinfo=UTC), "Sat 27 March, 6pm", "Sad 27 Mawrth, 6yh"),
        (
            datetime(2027, 7, 5, 22, 59, tzinfo=UTC),
            "Mon 5 July, 11:59pm",
            "Llun 5 Gorffennaf, 11:59yh",
        ),
        (
            datetime(2027, 12, 31, 9, 5, tzinfo=UTC),
            "Fri 31 December, 9:05am",
            "Gwe 31 Rhagfyr, 9:05yb",
        ),
    ],
)
def test_moments_are_told_on_the_wall_clock(moment: datetime, english: str, welsh: str) -> None:
    """Both languages, both sides of both clock changes, noon and midnight."""
    assert when(moment, LONDON, "en") == english
    assert when(moment, LONDON, "cy") == welsh
    assert (
        when(moment, LONDON, "en")
        == f"{day_of(moment, LONDON, 'en')}, {time_of(moment, LONDON, 'en')}"
    )


def test_every_day_of_a_year_stays_in_the_phone_alphabet() -> None:
    """No day or month name costs the text its 160 letters, and none is longer than the longest that
    is planned for.
    """
    start = datetime(2027, 1, 1, 10, 20, tzinfo=UTC)
    for language, longest in (("en", 25), ("cy", 27)):
        told = [when(start + timedelta(days=day), LONDON, language) for day in range(365)]
        assert all(measure(one).encoding is Encoding.GSM7 for one in told)
        assert max(map(len, told)) == longest


def test_a_naive_moment_or_an_unknown_language_is_refused() -> None:
    """A time without a zone is a wrong time."""
    with pytest.raises(ValueError, match="zone"):
        when(datetime(2027, 1, 1, 12, 0), LONDON, "en")  # noqa: DTZ001 - the fault under test
    with pytest.raises(ValueError, match="'fr'"):
        day_of(datetime(2027, 1, 1, tzinfo=UTC), LONDON, "fr")


@pytest.mark.parametrize(
    ("given_name", "preferred", "shown"),
    [
        ("Katrina", None, "Katrina"),
        ("Siân", None, "Sian"),
        ("Zoë", None, "Zoe"),
        ("Gŵyr", "", "Gwyr"),
        ("André", None, "André"),
        ("Łukasz", None, "Lukasz"),
        ("O’Shea", None, "O'Shea"),
        ("Bartholomew-James", None, "Bartholomew"),
        ("Anne-Marie", None, "Anne-Marie"),
        ("Mary Jane Louise", None, "Mary"),
        ("Maximilianasteros", None, "Maximilianas"),
        ("Wolfeschlegelsteinhausen", "Wolf", "Wolf"),
        ("Олена", None, ""),
        ("Олена", "Lena", "Lena"),
        ("Lena", "Олена", "Lena"),
        ("Tia 🌸", None, "Tia"),
        ("Dean\u202e\x00\nx", None, "Dean x"),
        ("\ud800Kim", None, "Kim"),
        ("", None, ""),
    ],
)
def test_first_names(given_name: str, preferred: str | None, shown: str) -> None:
    """The preferred first name, folded and shortened by a rule that a page can show."""
    assert shorten_first_name(given_name, preferred) == shown


@pytest.mark.parametrize(
    ("worker", "shown"),
    [
        ("Pat", "Pat"),
        ("Pat Hale", "Pat"),
        ("Siân Rees", "Sian"),
        ("Mr Okafor", ""),
        ("PC Hall", ""),
        ("Dr. Ann Lee", "Ann"),
        ("Maximiliana", "Maximilian"),
        ("Mary-Elizabeth", "Mary"),
        ("", ""),
        ("محمد", ""),
    ],
)
def test_workers(worker: str, shown: str) -> None:
    """The first name alone: no surname, no title, no rank."""
    assert shorten_worker(worker) == shown


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("the centre on Bridge St", "the centre on Bridge St"),
        ("y ganolfan, Stryd y Bont", "y ganolfan, Stryd y Bont"),
        ('the Hub, "upstairs"', 'the Hub, "upstairs"'),
        ("the Hub, “upstairs”", 'the Hub, "upstairs"'),
        ("the centre on Bridge Street", "the centre on Bridge St"),
        ("Tŷ Gwyn, Ffordd y Môr", "Ty Gwyn, Ffordd y Mor"),
        ("the big hall, Upper Mill Lane, second floor", "the big hall"),
        ("the community hall behind the library", "the community hall"),
        ("x" * 30, "x" * 24),
    ],
)
def test_places(place: str, shown: str) -> None:
    """The everyday name, by short forms first and whole words next."""
    assert shorten_place(place) == shown


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("the Jobcentre", "the Jobcentre"),
        ("Coleg y Cwm", "Coleg y Cwm"),
        ("your place", "your place"),
        ("the probation office, Court Road", None),
        ("Swyddfa Brawf, Y Llys", None),
        ("", None),
        (None, None),
        ("☕", None),
    ],
)
def test_a_place_that_tells_too_much_is_not_shown(place: str | None, shown: str | None) -> None:
    """Everyday names pass; official ones leave the text without a place."""
    assert place_for_text(place) == shown


def test_telephone_numbers() -> None:
    """Spaces go when the number would be too long; a number that is none is refused."""
    assert shorten_phone("07700 900123") == "07700 900123"
    assert shorten_phone("0191 498 0110") == "01914980110"
    assert shorten_phone("+44 191 498 0110") == "01914980110"
    with pytest.raises(ValueError, match="12 digits"):
        shorten_phone("+44 191 498 0110 ext 12")


@settings(deadline=None)
@given(st.text(max_size=80))
def test_shortening_twice_is_shortening_once(value: str) -> None:
    """What a person's page shows is what every text shows."""
    for rule, longest in ((shorten_first_name, 12), (shorten_worker, 10), (shorten_place, 24)):
        once = rule(value)
        assert rule(once) == once
        assert len(once) <= longest
        assert measure(once).encoding is Encoding.GSM7
        assert fold(once) == once
