"""How long it takes to find a patient by a few letters, among many and among few: `pytest tests/benchmarks`.

INFUSIONROOM_BENCH_PATIENTS sets how many patients the large store knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest
from tests.benchmarks.bench_room import timed
from tests.benchmarks.figures import Figure, Figures, ratio, setting, spread

from infusionroom.domain import events as ev
from infusionroom.domain.patient import Patient
from infusionroom.domain.patient_record import patient_record_of, words_of
from infusionroom.store import Store, closing_store, open_store

pytestmark = pytest.mark.bench

LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)
# fmt: off
SYLLABLES = (
    "ma", "lo", "we", "ri", "ka", "an", "be", "to", "mi", "el", "ne", "va", "du", "sa", "zi", "fe", "gr", "hu",
    "pe", "ja", "qu", "xu", "cha", "bro", "wil", "son", "ler", "berg",
)
# fmt: on
TYPED = {
    "one letter": "m",
    "a rare letter": "x",
    "three letters": "mar",
    "two words": "ma an",
    "nobody": "zzz",
}
TOGETHER = 2_000


def test_finding(tmp_path: Path, found: Figures) -> None:
    found += finding(tmp_path)


def finding(folder: Path) -> Iterator[Figure]:
    """The same few letters in a store of a thousand patients and in a large one."""
    few, many = 1_000, setting("PATIENTS", 100_000)
    took: dict[int, dict[str, list[float]]] = {}
    for count in (few, many):
        with closing_store(open_store(f"sqlite:///{folder / f'patients-{count}.sqlite'}")) as store:
            register(store, count)
            took[count] = {
                what: timed(partial(store.find_patients, text), 20) for what, text in TYPED.items()
            }
    for what, text in TYPED.items():
        yield Figure(
            f"{what} “{text}” among {many:,} patients",
            spread(took[many][what]),
            f"{ratio(took[many][what], took[few][what])} of {few:,}",
        )


def register(store: Store, count: int) -> None:
    """So many patients of made-up names, each with what is usually on file."""
    chance = Random(count)
    for first in range(0, count, TOGETHER):
        people = [_person(chance, number) for number in range(first, min(count, first + TOGETHER))]
        with store.writing() as writing:
            writing.save_patients((patient_record_of(person), words_of(person)) for person in people)


def _person(chance: Random, number: int) -> Patient:
    file = ev.PatientFile(
        family=_name(chance, 3),
        given=_name(chance, 2),
        birth_date=date(1930, 1, 1) + timedelta(days=chance.randrange(30_000)),
        record_number=f"K-{number:06}",
        icd10="G90.511",
        indication="CRPS I of the right upper limb",
        pain_physician=ev.PainPhysician(name=f"Dr {_name(chance, 2)}"),
        escorts=(ev.Contact(name=_name(chance, 2), phone=f"(555) {chance.randrange(10**7):07}"),),
    )
    return Patient(id=f"{number:016x}", version=1, file=file, registered_at=LONG_AGO)


def _name(chance: Random, syllables: int) -> str:
    return "".join(chance.choices(SYLLABLES, k=syllables)).capitalize()
