"""A stay in hospital is told from harm, from a visit and from other places."""

import pytest

from engage.understanding.language.normalise import normalise
from engage.understanding.safety.hospital import is_in_hospital

IN_HOSPITAL = """
    sorry im in hospital with my appendix
    they kept me in after my op
    in the general having tests on my heart
    admitted last night, asthma
    in the RVI til monday with pneumonia
    doctors want to keep me in overnight
    sorry got admitted on sunday with my kidneys
    im in the royal on antibiotics for an infection
    been in for tests since friday
    was on the ward all week with my chest
    ar y ward ers dydd mawrth
    dwi yn y Maelor yn cael profion
    fi yn ysbyty Glangwili ers nos Sul
    maen nhw'n cadw fi mewn tan fory
"""
NOT_THEIR_STAY = """
    they kept me in at the police station
    mum kept me in all night
    i admitted it to my keyworker
    i admitted i was wrong
    in the general area, be there soon
    in the royal oak having a pint lol
    my mum got admitted last night
    visiting my nan on the ward
    got a scan at the general on friday
    works on the ward so cant come
    they kept me in the office an hour late
    school kept me in detention
    dwi'n gweithio ar y ward heno
    theory test in the general post office
    in hospital someone stabbed me
"""


def _lines(block: str) -> list[str]:
    return [line.strip() for line in block.strip().splitlines()]


@pytest.mark.parametrize("text", _lines(IN_HOSPITAL))
def test_a_stay_is_found(text: str) -> None:
    """By its name, its short name, or what is done to them there."""
    assert is_in_hospital(normalise(text).line)


@pytest.mark.parametrize("text", _lines(NOT_THEIR_STAY))
def test_what_is_no_plain_stay_is_not(text: str) -> None:
    """Somebody else's, another place, or a stay with harm."""
    assert not is_in_hospital(normalise(text).line)
