"""The demonstration's people: the clinic's staff and its patients. Everybody here is invented."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from infusionroom.demo.story import Person

CLINIC_NAME: Final = "Northside Infusion"
TIMEZONE: Final = "America/New_York"
CHAIRS: Final = 8
CHARGE_NURSE: Final = "RN Lee"
NURSES: Final = ("RN Lee", "RN Adeyemi", "RN Vasquez")
PHYSICIAN: Final = "Dr Hartmann"
CLERK: Final = "Quill"
PHONE: Final = "555-0142"


def _person(
    family: str,
    given: str,
    born: str,
    record: str,
    kg: str,
    pressure: str,
    hr: int,
    pain: int,
    adult: str,
    relation: str,
) -> Person:
    sbp, dbp = (int(part) for part in pressure.split("/"))
    return Person(
        family, given, date.fromisoformat(born), record, Decimal(kg), sbp, dbp, hr, pain, adult, relation
    )


# fmt: off
MARLOWE: Final = _person(
    "Marlowe", "Ruth", "1979-03-02", "N-2041", "74.5", "124/76",
    72, 7, "Ed Marlowe", "husband",
)
OKAFOR: Final = _person(
    "Okafor", "Tobenna", "1986-11-19", "N-2077", "81", "128/80",
    68, 8, "Ngozi Okafor", "sister",
)
HALVORSEN: Final = _person(
    "Halvorsen", "Kåre", "1968-07-30", "N-2102", "62.5", "131/79",
    66, 6, "Liv Dahl", "partner",
)
BISHOP: Final = _person(
    "Bishop", "Amara", "1993-01-14", "N-2110", "58", "118/72",
    78, 8, "June Bishop", "mother",
)
NAKAMURA: Final = _person(
    "Nakamura", "Jun", "1974-05-05", "N-1893", "66", "122/77",
    64, 7, "Emi Nakamura", "wife",
)
DUARTE: Final = _person(
    "Duarte", "Lúcia", "1981-09-23", "N-1955", "70", "116/70",
    74, 6, "Rui Duarte", "brother",
)
ABARA: Final = _person("Abara", "Chidi", "1990-02-28", "N-2098", "92", "134/82", 76, 7, "Eno Abara", "wife")
PETROV: Final = _person(
    "Petrov", "Ilya", "1984-12-01", "N-2121", "77", "126/78",
    70, 9, "Mila Petrova", "wife",
)
NAKAGAWA: Final = _person(
    "Nakagawa", "Jiro", "1962-08-17", "N-2115", "69.5", "133/81",
    62, 6, "Ken Nakagawa", "son",
)
LINDQVIST: Final = _person(
    "Lindqvist", "Mårten", "1977-04-11", "N-2013", "88", "129/79",
    67, 5, "Åsa Holm", "wife",
)
OSEI: Final = _person(
    "Osei", "Priscilla", "1988-10-08", "N-2066", "64", "119/74",
    75, 8, "Kofi Osei", "husband",
)
SORENSEN: Final = _person(
    "Sørensen", "Bo", "1971-06-26", "N-2118", "79", "127/77",
    71, 7, "Ida Sørensen", "wife",
)
HADDAD: Final = _person(
    "حداد", "ليلى", "1995-03-21", "N-2125", "61", "115/71",
    80, 8, "Sami Haddad", "father",
)
# fmt: on
