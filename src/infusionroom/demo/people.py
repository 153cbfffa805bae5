"""The demonstration's people: the clinic's staff and its patients. Everybody here is invented."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from infusionroom.demo.story import Chart, Person

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
CASTELLAN: Final = _person(
    "Castellan", "Noor", "1983-09-09", "N-1987", "68", "121/75",
    70, 7, "Hal Castellan", "brother",
)
WHITLOCK: Final = _person(
    "Whitlock", "Ada", "1972-12-12", "N-2051", "59", "117/73",
    69, 8, "Joan Whitlock", "sister",
)

CHARTS: Final = {
    "N-2041": Chart("CRPS I of the right arm", "G90.511", "Dr Imani Cole"),
    "N-2077": Chart("CRPS I of both arms", "G90.513", "Dr Imani Cole", ("morphine",)),
    "N-2102": Chart("CRPS I of the left leg", "G90.522", "Dr Sven Aas"),
    "N-2110": Chart("CRPS I of the right leg", "G90.521", "Dr Paula Reyes", ("latex",)),
    "N-1893": Chart("CRPS II of the left leg", "G57.72", "Dr Imani Cole"),
    "N-1955": Chart("CRPS I of the left arm", "G90.512", "Dr Paula Reyes"),
    "N-2098": Chart("CRPS II of the right arm", "G56.41", "Dr Owen Blythe"),
    "N-2121": Chart("CRPS I of both legs", "G90.523", "Dr Owen Blythe", weight_days=41),
    "N-2115": Chart("CRPS I of the right arm", "G90.511", "Dr Sven Aas", ("penicillin",)),
    "N-2013": Chart("CRPS I of the left leg", "G90.522", "Dr Paula Reyes", ("ondansetron",)),
    "N-2066": Chart("neuropathic pain after Lyme disease", "A69.20", "Dr Ruth Feld"),
    "N-2118": Chart("CRPS I of the left arm", "G90.512", "Dr Owen Blythe"),
    "N-2125": Chart("CRPS I of the right leg", "G90.521", "Dr Ruth Feld"),
    "N-1987": Chart("CRPS I of the left leg", "G90.522", "Dr Imani Cole"),
    "N-2051": Chart("CRPS II of the right leg", "G57.71", "Dr Ruth Feld", ("codeine",)),
}
# fmt: on
