"""The clinic and its rules: every threshold is a default that the clinic's physician may change.

Units are in the names. Where a default is this project's choice and not a source's, the text says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any, Final, get_type_hints

import msgspec

from infusionroom.domain.archetypes import ARCHETYPES
from infusionroom.domain.consent_text import FIRST_CONSENT, ConsentText
from infusionroom.domain.events import Archetype


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An inclusive range of a measured value."""

    low: Decimal
    high: Decimal

    def holds(self, value: Decimal | int) -> bool:
        return self.low <= value <= self.high

    def __str__(self) -> str:
        return f"{self.low}–{self.high}"


def _band(low: str, high: str) -> Band:
    return Band(Decimal(low), Decimal(high))


class DoseRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits like a pump's drug library: soft asks for a reason, hard for a physician's override (choice).

    Above the bolus's own hard limit (choice) no reason helps: a physician changes the rule or nobody does.
    Guideline: Cohen 2018 (ASRA/AAPM/ASA): bolus ≤ 0.35 mg/kg, infusion 0.5–2 mg/kg/h.
    """

    drug: str = "ketamine"
    duration_min: int = 240
    soft_mg_per_kg_h: Decimal = Decimal("0.5")
    hard_mg_per_kg_h: Decimal = Decimal("1")
    bolus_mg_per_kg: Decimal = Decimal("0.35")
    bolus_hard_mg_per_kg: Decimal = Decimal("1")
    pump_step_ml_h: Decimal = Decimal("0.1")
    concentration_mg_ml: Decimal = Decimal("2")
    complete_within_min: int = 1
    weight_max_age_days: int = 30
    weight_max_change_percent: int = 10


class VitalsPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When vitals fall due (choice; an NHS ward plan has 15 minutes in the first hour, then 30)."""

    first_hour_min: int = 60
    often_min: int = 15
    after_rise_min: int = 30
    later_min: int = 30
    recovery_often_min: int = 30
    low_after_min: int = 5
    medium_after_min: int = 10
    baseline_max_age_min: int = 30
    discharge_max_age_min: int = 15
    recheck_min: int = 2


class VitalLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Alarm limits (choice). `below`/`above` are exclusive: SpO₂ below 92 is medium, 92 is not."""

    spo2_medium_below: int = 92
    spo2_high_below: int = 88
    rr_medium_below: int = 10
    rr_medium_above: int = 24
    rr_high_below: int = 8
    rr_high_above: int = 30
    hr_medium_below: int = 50
    hr_medium_above: int = 120
    hr_high_below: int = 40
    hr_high_above: int = 150
    sbp_low_above: int = 160
    sbp_low_rise_percent: int = 20
    sbp_medium_above: int = 180
    sbp_medium_rise_percent: int = 30
    sbp_high_above: int = 200
    sbp_medium_below: int = 100
    sbp_high_below: int = 90
    dbp_medium_above: int = 110
    moaas_medium_at_most: int = 3
    moaas_high_at_most: int = 2
    rass_medium_at_least: int = 2
    rass_high_at_least: int = 4


class Plausible(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Outside `possible_*` an entry is refused; outside `likely_*` (choice) it is asked once."""

    possible_sbp: Band = _band("50", "260")
    possible_dbp: Band = _band("20", "160")
    possible_hr: Band = _band("20", "250")
    possible_rr: Band = _band("3", "60")
    possible_spo2: Band = _band("50", "100")
    possible_temp_c: Band = _band("30", "43")
    possible_weight_kg: Band = _band("25", "250")
    likely_sbp: Band = _band("80", "210")
    likely_dbp: Band = _band("40", "120")
    likely_hr: Band = _band("40", "150")
    likely_rr: Band = _band("8", "30")
    likely_spo2: Band = _band("85", "100")
    likely_temp_c: Band = _band("35", "40")
    likely_weight_kg: Band = _band("40", "160")


class DischargeRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Gates before the way home (Chung 1995, Aldrete 1995; the combination is a choice)."""

    padss_at_least: int = 9
    aldrete_at_least: int = 9
    vitals_apart_min: int = 15
    minimum_stay_min: int = 0
    overridable: tuple[str, ...] = (
        "aldrete",
        "padss",
        "vitals",
        "moaas",
        "oriented",
        "minimum_stay",
        "escort",
        "instructions",
        "oral_ketamine",
        "next_visit",
    )


class StartRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of the list before the start a physician may override; identity and the double check never (choice).

    An indication whose ICD-10-CM code begins with none of `guideline_icd10` is off guideline (Cohen 2018 speaks for
    CRPS): its consent has a clause of its own.
    """

    overridable: tuple[str, ...] = ("consent", "baseline_vitals", "baseline_pain", "responsible_adult")
    consent_max_age_days: int = 365
    guideline_icd10: tuple[str, ...] = ("G90.5", "G56.4", "G57.7")


class RecoveryRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What recovery usually takes. Nobody can predict it, so a range is shown and nobody is ever late."""

    usual_min: int = 120
    usual_experienced_min: int = 60
    experienced_after_infusions: int = 1
    range_low_percent: int = 75
    range_high_percent: int = 150


class BookingRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How courses are booked (choice). Starts lie `start_gap_min` apart, so that one nurse never starts two at once;
    who has had infusions before begins at the earliest `first_timers_min` after opening, where there is room.
    `holiday_region` is a country and, after a hyphen, a part of it (`US`, `US-NY`, `DE-BY`); empty: no holidays.
    """

    start_gap_min: int = 15
    first_timers_min: int = 60
    holiday_region: str = "US"


class FollowUpRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The two weeks of oral ketamine after every course, and the days on which the patient is called."""

    length_days: int = 14
    call_days: tuple[int, ...] = (1, 7, 14)


class AccessRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shared terminal (45 CFR 164.312): it locks after so many minutes without a key, with names masked or not;
    an emergency access lasts `glass_min` (choice).
    """

    lock_after_min: int = 5
    mask_when_locked: bool = True
    glass_min: int = 30


class AlarmRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """After IEC 60601-1-8 in meaning only: this is not an alarm system."""

    high_ack_lapses_s: int = 120
    medium_ack_lapses_s: int = 300
    medium_escalates_s: int = 300
    flashing: bool = True


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that a clinic may set, by subject."""

    dose: DoseRules = DoseRules()
    vitals: VitalsPlan = VitalsPlan()
    limits: VitalLimits = VitalLimits()
    plausible: Plausible = Plausible()
    start: StartRules = StartRules()
    discharge: DischargeRules = DischargeRules()
    recovery: RecoveryRules = RecoveryRules()
    alarms: AlarmRules = AlarmRules()
    booking: BookingRules = BookingRules()
    follow_up: FollowUpRules = FollowUpRules()
    access: AccessRules = AccessRules()
    undo_without_reason_s: int = 120
    chair_turnover_min: int = 10


class Clinic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The room as set up: its name, where its midnight is, its opening hours and its chairs numbered from 1.

    `archetypes` are the kinds of course by name, `consents` every version published, oldest first, `closed_days`
    when and why the clinic is closed besides weekends and holidays, `opened_days` the holidays on which it works.
    """

    name: str
    timezone: str
    opens: time
    closes: time
    chairs: int
    rules: Rules = Rules()
    archetypes: Mapping[str, Archetype] = msgspec.field(default_factory=lambda: dict(ARCHETYPES))
    consents: tuple[ConsentText, ...] = (FIRST_CONSENT,)
    closed_days: Mapping[date, str] = {}
    opened_days: frozenset[date] = frozenset()

    @property
    def consent(self) -> ConsentText:
        """The version in force."""
        return self.consents[-1]


DEFAULT_RULES: Final = Rules()


class UnknownRule(ValueError):
    """No rule has this dotted name, or the value is not of its kind."""


def with_rule(rules: Rules, name: str, value: Any) -> Rules:
    """`rules` with the rule of the dotted `name` (`dose.duration_min`) set to `value`.

    Raises `UnknownRule` with a sentence that names the rule and what it takes.
    """
    *path, leaf = name.split(".")
    owner: msgspec.Struct = rules
    for step in path:
        inner = getattr(owner, step, None)
        if not isinstance(inner, msgspec.Struct):
            raise UnknownRule(f"there is no rule named {name}")
        owner = inner
    if leaf not in owner.__struct_fields__:
        raise UnknownRule(f"there is no rule named {name}")
    kind = get_type_hints(type(owner))[leaf]
    try:
        typed = msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise UnknownRule(f"{name}: {error}") from None
    changed: msgspec.Struct = msgspec.structs.replace(owner, **{leaf: typed})
    if not path:
        assert isinstance(changed, Rules)
        return changed
    return msgspec.structs.replace(rules, **{path[0]: changed})
