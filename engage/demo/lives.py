"""Invented lives: who the people are, how reliably they attend, and when they were in prison.
Random, but the same for the same seed.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from engage.people.model import Language

FIRST_NAMES = [
    "Aaron",
    "Abbie",
    "Adam",
    "Aisha",
    "Alan",
    "Amy",
    "Andrew",
    "Anita",
    "Ben",
    "Beth",
    "Billy",
    "Bryn",
    "Callum",
    "Carly",
    "Chris",
    "Claire",
    "Connor",
    "Craig",
    "Dale",
    "Dean",
    "Donna",
    "Dylan",
    "Ellie",
    "Emma",
    "Ewan",
    "Faye",
    "Gareth",
    "Gemma",
    "Glyn",
    "Grace",
    "Harry",
    "Holly",
    "Ian",
    "Imran",
    "Jack",
    "Jade",
    "Jamie",
    "Jason",
    "Jodie",
    "Karl",
    "Katie",
    "Kieran",
    "Kyle",
    "Lauren",
    "Lee",
    "Lisa",
    "Luke",
    "Marcus",
    "Megan",
    "Mike",
    "Natalie",
    "Nathan",
    "Nicola",
    "Olwen",
    "Paul",
    "Rhys",
    "Robbie",
    "Ryan",
    "Sam",
    "Sian",
    "Sophie",
    "Steve",
    "Tanya",
    "Tom",
    "Wayne",
    "Zoe",
]
LAST_NAMES = [
    "Adams",
    "Allen",
    "Archer",
    "Bailey",
    "Barker",
    "Bell",
    "Booth",
    "Brooks",
    "Cairns",
    "Carter",
    "Clarke",
    "Cole",
    "Cooper",
    "Davies",
    "Dixon",
    "Dodds",
    "Dunn",
    "Edwards",
    "Ellis",
    "Evans",
    "Fenwick",
    "Fisher",
    "Foster",
    "Gibson",
    "Graham",
    "Grant",
    "Green",
    "Griffiths",
    "Hall",
    "Harris",
    "Hewitt",
    "Hughes",
    "Irwin",
    "James",
    "Jenkins",
    "Jones",
    "Kelly",
    "Kerr",
    "Khan",
    "Lewis",
    "Lloyd",
    "Marsh",
    "Mason",
    "Mills",
    "Moore",
    "Morgan",
    "Murray",
    "Owen",
    "Parker",
    "Pearce",
    "Powell",
    "Price",
    "Rees",
    "Reid",
    "Roberts",
    "Shaw",
    "Stokes",
    "Taylor",
    "Turner",
    "Walsh",
]


_SILENT = 2
"""One in eight of the voluntary people."""


class Group(StrEnum):
    """Each a third of a cohort."""

    ORDER = "order"
    PRISON = "prison"
    VOLUNTARY = "voluntary"


@dataclass(frozen=True)
class PrisonSpell:
    """A time in prison. `until` is the release day, past or expected; None if it is not known."""

    since: date
    until: date | None
    remand: bool
    days: int | None

    def over(self, today: date) -> bool:
        """Whether they have been released."""
        return self.until is not None and self.until <= today


@dataclass(frozen=True)
class Life:
    """One invented person. `reliability` is how likely they attend, from 0 to 1; `drugs` whether
    they have drug tests.
    """

    number: int
    group: Group
    first_name: str
    last_name: str
    born: date
    language: Language
    adopted_on: date
    left_on: date | None
    reliability: float
    drugs: bool
    phone: bool
    prison: PrisonSpell | None

    @property
    def silent(self) -> bool:
        """Whether they have had no contact for weeks."""
        return self.number % 24 == _SILENT

    def free(self, day: date, today: date) -> bool:
        """Whether they are on the cohort and not in prison on a day."""
        if day < self.adopted_on or (self.left_on is not None and day > self.left_on):
            return False
        spell = self.prison
        if spell is None or day < spell.since:
            return True
        return spell.until is not None and spell.until <= day and spell.over(today)


def make_life(number: int, today: date, luck: Random) -> Life:
    """The life with that number: one in three is in prison, one in three is voluntary."""
    group = (Group.ORDER, Group.PRISON, Group.VOLUNTARY)[number % 3]
    adopted_on = today - timedelta(days=luck.randint(40, 360))
    left = group is not Group.PRISON and luck.random() < 0.06
    return Life(
        number=number,
        group=group,
        first_name=luck.choice(FIRST_NAMES),
        last_name=luck.choice(LAST_NAMES),
        born=date(today.year - luck.randint(19, 52), luck.randint(1, 12), luck.randint(1, 28)),
        language=Language.WELSH if luck.random() < 0.1 else Language.ENGLISH,
        adopted_on=adopted_on,
        left_on=today - timedelta(days=luck.randint(2, 20)) if left else None,
        reliability=0.35 + 0.63 * luck.betavariate(4, 1.6),
        drugs=luck.random() < 0.3,
        phone=luck.random() < 0.9,
        prison=_prison(group, adopted_on, today, luck),
    )


def _prison(group: Group, adopted_on: date, today: date, luck: Random) -> PrisonSpell | None:
    on_the_cohort = (today - adopted_on).days
    if group is Group.PRISON:
        since = today - timedelta(days=luck.randint(5, on_the_cohort))
        if luck.random() < 0.2:
            return PrisonSpell(since, None, remand=True, days=None)
        ahead = luck.randint(2, 14) if luck.random() < 0.12 else luck.randint(15, 500)
        if luck.random() < 0.04:
            return PrisonSpell(
                since, today + timedelta(days=1200), remand=False, days=luck.randint(1900, 3000)
            )
        until = today + timedelta(days=ahead)
        return PrisonSpell(since, until, remand=False, days=2 * (until - since).days)
    if luck.random() < 0.35:
        since = adopted_on + timedelta(days=luck.randint(0, on_the_cohort // 3))
        until = since + timedelta(days=luck.randint(14, max(15, on_the_cohort // 2)))
        if until < today - timedelta(days=1):
            return PrisonSpell(since, until, remand=False, days=2 * (until - since).days)
    return None
