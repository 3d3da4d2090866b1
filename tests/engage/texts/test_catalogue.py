"""Every text, in every language, with the longest values: one segment, discreet, complete."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage.texts import (
    CATALOGUE,
    CHOICES,
    LANGUAGES,
    LONGEST_DIRECTIONS,
    LONGEST_WORDS,
    AppointmentDetails,
    MeetingWay,
    Passed,
    TextKind,
    TextValueError,
    Wording,
    appointment_text,
    day_of,
    kind_for,
    lint,
    merged_reminder,
    next_text,
    render,
    step_reached,
    time_of,
    when,
    which_one,
    why_not,
)
from engage.texts.times import short_when
from engage.understanding.vocabulary import Cause
from messaging.text import Encoding, measure

LONDON = ZoneInfo("Europe/London")
FIRST, WORKER, PLACE = "F" * 12, "W" * 10, "P" * 24
YEAR = [
    datetime.combine(date(2027, 1, 1) + timedelta(days=day), at, LONDON)
    for day in range(365)
    for at in (time(11, 20), time(12), time(0))
]
STEPS = ("attended", "course_started", "course_finished")
APPOINTMENT_KINDS = [
    TextKind.BOOKED,
    TextKind.THREE_DAYS,
    TextKind.ONE_DAY,
    TextKind.TWO_HOURS,
    TextKind.CHANGED,
    TextKind.CALLED_OFF,
    TextKind.MISSED,
    TextKind.MISSED_ON,
    TextKind.WILL_ATTEND,
    TextKind.CANNOT_ATTEND,
    TextKind.NO_RECORDED,
    TextKind.LATE,
    TextKind.LATE_ON,
    TextKind.HERE,
    TextKind.CALL,
]
OFFERS = (
    "Running late",
    "Can't come",
    "Can't talk then",
    "Can't do it",
    "Won't be in",
    "Questions",
    "Not right",
    "Yn hwyr",
    "Methu dod",
    "Methu siarad",
    "Methu",
    "Ddim yno",
    "Cwestiwn",
    "Ddim yn iawn",
    "Angen help i deithio",
    "Angen help",
    "Ddim yn ddiogel",
)
every_wording = pytest.mark.parametrize(
    "wording", CATALOGUE.values(), ids=lambda wording: f"{wording.kind}-{wording.language}"
)


def longest(language: str) -> dict[str, str]:
    """The longest value that each blank may hold."""
    moments = [when(moment, LONDON, language) for moment in YEAR]
    short = max((short_when(moment, LONDON, language) for moment in YEAR), key=len)
    steps = [step_reached(kind, 20, language) or "" for kind in STEPS]
    return {
        "first": FIRST,
        "worker": WORKER,
        "place": PLACE,
        "phone": "07700 900123",
        "sender": "the team at Bridge St 24",
        "when": max(moments, key=len),
        "time": max((time_of(moment, LONDON, language) for moment in YEAR), key=len),
        "day": max((day_of(moment, LONDON, language) for moment in YEAR), key=len),
        "n": "104",
        "m": "104",
        "k": "104",
        "list": "10:20am",
        "all": max(("both", "them all", "i'r ddau", "i bob un"), key=len),
        "why": max((why_not(cause, language) or "" for cause in Cause), key=len),
        "step": max(steps, key=len),
        "choices": "\n".join(f"{number} {short}" for number in (1, 2, 3)),
        "closed": ", ".join(
            [max((day_of(moment, LONDON, language) for moment in YEAR), key=len)] * 3
        ),
        "words": "W" * LONGEST_WORDS,
        "directions": "W" * LONGEST_DIRECTIONS,
    }


@every_wording
def test_one_segment_with_the_longest_values(wording: Wording) -> None:
    """No text costs two segments or loses the 7-bit alphabet, whatever its values. An offer of
    three times fits one too.
    """
    values = {
        name: value for name, value in longest(wording.language).items() if name in wording.blanks
    }
    weight = measure(render(wording.kind, wording.language, **values))
    assert (weight.encoding, weight.segments) == (Encoding.GSM7, 1)


def test_only_choices_may_take_two_segments() -> None:
    """One choice a line is worth a second segment where the names are long; nothing else is."""
    assert CHOICES == {TextKind.WHICH_ONE: 2, TextKind.REBOOK: 2, TextKind.REBOOK_AGAIN: 2}
    assert {kind for (kind, _), one in CATALOGUE.items() if "choices" in one.blanks} == set(CHOICES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_fills_a_blank_says_nothing_to_a_stranger(language: str) -> None:
    """A barrier and a milestone have discreet words or none: never illness, a day in court or a
    test.
    """
    told = {cause: why_not(cause, language) for cause in Cause}
    assert {cause for cause, words in told.items() if words} == {
        Cause.TRANSPORT,
        Cause.MONEY,
        Cause.WORK,
        Cause.CHILDCARE,
        Cause.FAMILY,
    }
    steps = [step_reached(kind, 5, language) for kind in STEPS]
    assert [lint(words or "") for words in (*told.values(), *steps)] == [[]] * (len(told) + 3)
    assert all(steps) and step_reached("negative_tests", 1, language) is None


@every_wording
def test_says_nothing_to_a_stranger(wording: Wording) -> None:
    """The linter finds nothing in any wording."""
    assert lint(wording.words) == []


@every_wording
def test_asks_at_most_one_question_of_the_reader(wording: Wording) -> None:
    """One question: offers such as `Running late?` that name their own answer are not counted."""
    offers = "|".join(OFFERS)
    assert re.sub(rf"(?:{offers})\?", "", wording.words).count("?") <= 1


def test_every_kind_has_words_in_every_language() -> None:
    """Nothing is missing from either language, and both ask for the same values, but for words that
    Welsh does without.
    """
    assert set(CATALOGUE) == {(kind, language) for kind in TextKind for language in LANGUAGES}
    for kind in TextKind:
        assert CATALOGUE[kind, "cy"].blanks == CATALOGUE[kind, "en"].blanks, kind


def test_welsh_is_a_draft_until_a_translator_has_passed_it() -> None:
    """The state of each wording is on record."""
    assert {wording.passed for wording in CATALOGUE.values() if wording.language == "cy"} == {
        Passed.DRAFT
    }
    assert {wording.passed for wording in CATALOGUE.values() if wording.language == "en"} == {
        Passed.APPROVED
    }


def test_the_words_of_a_reminder() -> None:
    """The agreed wording, letter by letter."""
    assert render(
        TextKind.BOOKED,
        "en",
        first="Katrina",
        worker="Pat",
        when="Mon 22 March, 10am",
        place="the centre on Bridge St",
    ) == (
        "Hi Katrina. You see Pat: Mon 22 March, 10am, the centre on Bridge St. "
        "Reply YES if you can come, NO if not. Reply STOP to end texts."
    )
    assert render(
        TextKind.ONE_DAY,
        "cy",
        first="Gethin",
        worker="Dai",
        time="11:20yb",
        place="y ganolfan, Stryd y Bont",
    ) == (
        "Helo Gethin. Yfory byddwch yn gweld Dai, 11:20yb, y ganolfan, Stryd y Bont. "
        "Atebwch IE os gallwch ddod. Os na, atebwch GALW i ni eich ffonio."
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"worker": "Sam"}, "needs first"),
        ({"first": "Dean", "worker": "Sam", "place": "the hall"}, "has no place for place"),
        ({"first": "Dean", "worker": "Sam", "last_name": "O'Brien"}, "has no place for last_name"),
    ],
)
def test_a_hole_or_a_stray_value_is_refused(values: dict[str, str], words: str) -> None:
    """A text goes out complete or not at all."""
    with pytest.raises(TextValueError, match=words):
        render(TextKind.CALL, "en", **values)


def test_an_unknown_language_is_refused() -> None:
    """Nobody gets a text in a language that has none."""
    with pytest.raises(TextValueError, match="fr"):
        render(TextKind.HELP, "fr")


def test_an_empty_or_too_long_value_is_refused() -> None:
    """A moment that is no moment never reaches a phone."""
    with pytest.raises(TextValueError, match="empty"):
        render(TextKind.WILL_ATTEND, "en", first="Dean", when=" ")
    with pytest.raises(TextValueError, match="longer"):
        render(TextKind.WILL_ATTEND, "en", first="Dean", when="x" * 31)
    with pytest.raises(TextValueError, match="12 digits"):
        render(TextKind.MISSED, "en", first="Dean", day="Wed 24 March", phone="07700 900123 ext 4")
    with pytest.raises(TextValueError, match="stranger"):
        render(TextKind.TWO_HOURS, "en", first="Dean", time="9:30am", place="probation")


def test_a_value_cannot_forge_another_blank_or_line() -> None:
    """Braces and line breaks in a name stay harmless."""
    text = render(TextKind.CALL, "en", first="{worker}\nX", worker="Sam")
    assert text == "Thanks worker X. We have asked Sam to ring you on this number in working hours."


def test_a_name_that_no_phone_alphabet_carries_is_left_out() -> None:
    """The text greets without a name rather than half of one; a number check needs a name."""
    assert (
        render(TextKind.START, "en", first="Олена")
        == "Hi. You will get our texts again. Reply STOP to end texts."
    )
    with pytest.raises(TextValueError, match="first name"):
        render(TextKind.NUMBER_CHECK, "en", first="Олена")


def test_a_worker_without_a_first_name_is_someone() -> None:
    """A surname or a rank never goes out; at the head of a sentence `someone` takes a capital."""
    assert render(TextKind.ABSENCE_THANKS, "en", first="Dean", worker="PC Hall") == (
        "Thanks for telling us Dean. Someone will read this."
    )
    assert "You see someone:" in appointment_text(
        TextKind.BOOKED,
        "en",
        first="Dean",
        about=AppointmentDetails(YEAR[0], "Mr Okafor"),
        zone=LONDON,
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", APPOINTMENT_KINDS)
@pytest.mark.parametrize("way", MeetingWay)
@pytest.mark.parametrize("place", [None, "", "W" * 40, "the probation office, Court Road"])
def test_every_appointment_has_a_text_whatever_its_way_and_place(
    language: str, kind: TextKind, way: MeetingWay, place: str | None
) -> None:
    """Office, home, phone or video: with a place, without one, or with one not to be shown."""
    about = AppointmentDetails(YEAR[266], WORKER, place, way)
    text = appointment_text(
        kind, language, first=FIRST, about=about, zone=LONDON, phone="07700 900123"
    )
    assert measure(text).segments == 1
    assert "Court" not in text
    assert " ." not in text and ",." not in text and ": ," not in text


@pytest.mark.parametrize(
    ("way", "place", "kind"),
    [
        (MeetingWay.IN_PERSON, "the hall", TextKind.BOOKED),
        (MeetingWay.IN_PERSON, None, TextKind.BOOKED_NO_PLACE),
        (MeetingWay.IN_PERSON, "the police station", TextKind.BOOKED_NO_PLACE),
        (MeetingWay.HOME, "your place", TextKind.BOOKED_HOME),
        (MeetingWay.HOME, None, TextKind.BOOKED_HOME_NO_PLACE),
        (MeetingWay.PHONE, "the hall", TextKind.BOOKED_PHONE),
        (MeetingWay.VIDEO, None, TextKind.BOOKED_VIDEO),
    ],
)
def test_the_wording_follows_the_way_of_meeting(
    way: MeetingWay, place: str | None, kind: TextKind
) -> None:
    """A phone appointment does not tell anybody to come."""
    assert kind_for(TextKind.BOOKED, way, place) is kind


def test_a_call_is_never_told_to_come() -> None:
    """Changes, cancellations and missed appointments by phone speak of a call."""
    about = AppointmentDetails(YEAR[0], "Dai", None, MeetingWay.PHONE)
    for kind in (TextKind.CHANGED, TextKind.CALLED_OFF, TextKind.LATE):
        text = appointment_text(kind, "en", first="Sian", about=about, zone=LONDON)
        assert " come " not in text and "come." not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("how_many", [2, 3, 4, 6, 12])
def test_lists_fit_one_segment(language: str, how_many: int) -> None:
    """Merged reminders, NEXT and the question which one leave out detail by rule, and are never
    cut.
    """
    day = datetime(2027, 9, 22, 9, 0, tzinfo=UTC)
    booked = [
        AppointmentDetails(day + timedelta(minutes=50 * nth), WORKER, PLACE)
        for nth in range(how_many)
    ]
    for text in (
        merged_reminder(language, first=FIRST, booked=booked, zone=LONDON),
        next_text(language, first=FIRST, booked=booked, zone=LONDON),
    ):
        assert measure(text).segments == 1
        assert ("10am" if language == "en" else "10yb") in text
    question = which_one(language, booked=booked, zone=LONDON)
    assert measure(question).segments <= (1 if how_many < 4 else 2)
    assert question.count("\n") >= min(how_many, 8)


def test_the_words_of_a_merged_reminder() -> None:
    """With everyday values nothing is left out; with the longest ones the workers go first."""
    day = datetime(2027, 3, 22, tzinfo=UTC)
    pat = AppointmentDetails(day.replace(hour=10), "Pat", "the centre")
    jo = AppointmentDetails(day.replace(hour=15, minute=15), "Jo", None, MeetingWay.PHONE)
    assert merged_reminder("en", first="Katrina", booked=[jo, pat], zone=LONDON) == (
        "Hi Katrina. 2 on Mon 22 March: 10am Pat, the centre; 3:15pm Jo, by phone. "
        "Reply YES if you can make both, or CALL to talk."
    )
    lin = AppointmentDetails(day.replace(hour=17), "Lin", None)
    assert "Reply YES if you can make them all, or" in merged_reminder(
        "en", first="Katrina", booked=[jo, pat, lin], zone=LONDON
    )
    long = [AppointmentDetails(day.replace(hour=hour), WORKER, PLACE) for hour in (10, 11)]
    assert PLACE in merged_reminder("en", first=FIRST, booked=long, zone=LONDON)
    assert WORKER not in merged_reminder("en", first=FIRST, booked=long, zone=LONDON)


def test_lists_are_about_several() -> None:
    """One appointment is no list; none at all has its own words."""
    one = [AppointmentDetails(YEAR[0], "Pat")]
    with pytest.raises(TextValueError):
        which_one("en", booked=one, zone=LONDON)
    with pytest.raises(TextValueError):
        merged_reminder("en", first="Dean", booked=one, zone=LONDON)
    assert "nothing booked" in next_text("en", first="Dean", booked=[], zone=LONDON)


@settings(deadline=None)
@given(first=st.text(max_size=60), worker=st.text(max_size=60), place=st.text(max_size=80))
def test_any_name_whatever_leaves_one_clean_segment(first: str, worker: str, place: str) -> None:
    """Emoji, other scripts, controls and direction marks in a name add no cost and no text."""
    about = AppointmentDetails(YEAR[0], worker, place)
    text = appointment_text(TextKind.THREE_DAYS, "cy", first=first, about=about, zone=LONDON)
    weight = measure(text)
    assert (weight.encoding, weight.segments) == (Encoding.GSM7, 1)
    assert text.isprintable()
