"""Texts with choices: one a line, numbered in the order given."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from engage.texts import AppointmentDetails, rebook, which_one

LONDON = ZoneInfo("Europe/London")


def test_the_words_of_which_one() -> None:
    """One a line, told apart by day, time and worker; of two, both is a choice."""
    day = datetime(2027, 3, 22, tzinfo=UTC)
    pat, jo = (
        AppointmentDetails(day.replace(hour=10), "Pat"),
        AppointmentDetails(day.replace(hour=12), "Jo"),
    )
    lin = AppointmentDetails(day.replace(day=26, hour=14, minute=30), "Lin")
    assert which_one("en", booked=[pat, jo], zone=LONDON) == (
        "Thanks. Which do you mean?\n1 Mon 22 Mar 10am Pat\n2 Mon 22 Mar midday Jo\n3 both"
    )
    assert which_one("cy", booked=[pat, lin], zone=LONDON) == (
        "Diolch. Pa un?\n1 Llun 22 Maw 10yb Pat\n2 Gwe 26 Maw 2:30yp Lin\n3 y ddau"
    )
    assert which_one("en", booked=[pat, jo, lin], zone=LONDON) == (
        "Thanks. Which do you mean?\n1 Mon 22 Mar 10am Pat\n2 Mon 22 Mar midday Jo\n"
        "3 Fri 26 Mar 2:30pm Lin"
    )


def test_an_offer_lists_one_time_a_line() -> None:
    """The numbers are not mixed up with the times, and none of them is a choice."""
    starts = [datetime(2027, 3, day, hour, tzinfo=UTC) for day, hour in ((23, 14), (24, 10))]
    assert rebook("en", first="Ana", starts=starts, zone=LONDON) == (
        "Thanks Ana. Which suits you?\n1 Tue 23 Mar 2pm\n2 Wed 24 Mar 10am\n0 none of these\n"
        "Your old time stands until you pick."
    )


def test_a_choice_cannot_forge_a_line_in_its_name() -> None:
    """A line break in a worker's name is a space."""
    day = datetime(2027, 3, 22, 10, tzinfo=UTC)
    booked = [AppointmentDetails(day, "Pat\n4 free"), AppointmentDetails(day, "Jo")]
    assert which_one("en", booked=booked, zone=LONDON).count("\n") == 3
