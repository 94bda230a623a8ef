"""Made-up people who petition. Denouncers bear names, telephones and hamlets that nobody else has."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random

from petitions.services.demo.catalog import Catalog
from petitions.services.registration import Person
from workflows.records import IdKind

NO_PLACE_OF_REGISTRATION = "999"
"""Begins the personal numbers of the demonstration: no province registers under it."""
OPEN_PHONES, SEALED_PHONES = "0990", "0991"
"""Ranges no operator has been given, as far as is known; the second is the denouncers' alone."""


class Citizens:
    """Draws people: anybody again and again, a denouncer never twice."""

    def __init__(self, catalog: Catalog, seed: int) -> None:
        self._names = catalog.names
        self._sealed = self._sealed_names(seed)
        self._drawn = 0

    def person(self, random: Random, commune: str, *, minority: bool = False) -> Person:
        """Somebody of the commune."""
        names = self._names
        woman = random.random() < 0.45
        middle = random.choice(names["female" if woman else "male"])
        hamlet = random.choice(names["hamlets"])
        return self._settled(
            random,
            name=f"{random.choice(names['family'])} {middle} {random.choice(names['given'])}",
            woman=woman,
            phone=f"{OPEN_PHONES}{random.randrange(10**6):06}",
            address=f"{hamlet[0].upper()}{hamlet[1:]}, {small(commune)}",
            ethnicity=random.choice(names["ethnicities"]) if minority else None,
        )

    def denouncer(self, random: Random, commune: str) -> Person:
        """Somebody whose name must not be readable anywhere."""
        woman, name = next(self._sealed)
        self._drawn += 1
        hamlet = self._names["sealed_hamlets"][self._drawn % len(self._names["sealed_hamlets"])]
        return self._settled(
            random,
            name=name,
            woman=woman,
            phone=f"{SEALED_PHONES}{self._drawn:06}",
            address=f"Số {random.randint(1, 99)}, {hamlet}, {small(commune)}",
            ethnicity=None,
        )

    def _settled(
        self,
        random: Random,
        *,
        name: str,
        woman: bool,
        phone: str,
        address: str,
        ethnicity: str | None,
    ) -> Person:
        born = random.randint(1946, 1999)
        number = (
            f"{NO_PLACE_OF_REGISTRATION}{int(woman)}{born % 100:02}{random.randrange(10**6):06}"
        )
        known = random.random() < 0.9
        return Person(
            name=name,
            birth_year=born,
            sex="female" if woman else "male",
            id_kind=IdKind.CITIZEN if known else IdKind.NONE,
            id_number=number if known else None,
            phone=phone if random.random() < 0.8 else None,
            address=address,
            ethnicity=ethnicity,
        )

    def _sealed_names(self, seed: int) -> Iterator[tuple[bool, str]]:
        names = self._names
        every = [
            (woman, f"{family} {middle} {given}")
            for woman, middles in ((True, names["female"]), (False, names["male"]))
            for family, middle, given in product(names["family"], middles, names["sealed_given"])
        ]
        Random(seed).shuffle(every)  # noqa: S311 - made-up people, not a secret
        return iter(every)


def small(commune: str) -> str:
    """The commune's name inside a sentence: ``xã Mây Sớm``."""
    return commune[0].lower() + commune[1:]
