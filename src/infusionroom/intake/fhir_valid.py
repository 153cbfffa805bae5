"""A FHIR resource against the kept R4B models: all of it, or else what is used of it alone."""

from __future__ import annotations

from typing import Any, Final, Literal

from infusionroom.intake.fhir_tree import Json
from infusionroom.intake.notices import NotUnderstood

LOOSELY: Final = "fields that are not used did not validate"
_REFUSALS: Final = (ValueError, TypeError, OverflowError, RecursionError)


def validated(kind: Literal["Appointment", "Patient"], resource: Json, used: Json) -> tuple[Json, str]:
    """`used`, what is used of a resource, once the model accepts it; and a remark where the rest did not validate.

    An odd extension must not lose a visit. Raises `NotUnderstood` naming the field that the model refused.
    """
    model = _model(kind)
    try:
        model.model_validate(resource)
    except _REFUSALS:
        try:
            model.model_validate(used)
        except _REFUSALS as error:
            raise NotUnderstood(_failing(error), f"this is not a valid FHIR R4 {kind}") from None
        return used, LOOSELY
    return used, ""


def _model(kind: str) -> Any:
    from fhir.resources.R4B.appointment import Appointment
    from fhir.resources.R4B.patient import Patient

    return Appointment if kind == "Appointment" else Patient


def _failing(error: Exception) -> str:
    """The field a model refused; never its words, which quote the value."""
    errors = getattr(error, "errors", None)
    found = errors(include_input=False, include_url=False) if callable(errors) else []
    parts = [str(part) for part in (found[0].get("loc", ()) if found else ())]
    return ".".join(part for part in parts if part.replace("_", "").isalnum())[:80] or "resource"
