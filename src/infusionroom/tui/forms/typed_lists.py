"""Lists that are typed into one line: allergies, escorts. Forgiving to type, and read back as they were written.

Items are parted by semicolons, or by commas where there is no semicolon. What holds such a sign itself stands in
double quotes, a quote in it twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from infusionroom.domain.events import Contact

_LETTERS_IN_A_NUMBER: Final = 4
_DIGITS_OF_A_NUMBER: Final = 3
_IN_BRACKETS: Final = re.compile(r"(.*\S)\s*\(([^()]+)\)")
# A name and a telephone number after it, without a comma between.
_NAME_NUMBER: Final = re.compile(r"(\D*[^\W\d]\D*?)[\s:]+(\+?[\d(][\d\s()/.\-]{2,})")


def read_list(text: str) -> tuple[str, ...]:
    """`penicillin, latex` and `penicillin; shellfish, raw` are two items each."""
    by_semicolon = _parted(text, ";")
    parts = by_semicolon if len(by_semicolon) > 1 else _parted(text, ",")
    return tuple(item for part in parts if (item := _unquoted(part)))


def written_list(items: Iterable[str]) -> str:
    """The items as they would be typed."""
    return "; ".join(_quoted(item, ";,") for item in items)


def read_contacts(text: str) -> tuple[Contact, ...]:
    """`Sam Marlowe (son), 555-0100; Kim Doe, 555-0199, neighbour`: name, number and relation in any usual order."""
    return tuple(contact for part in _parted(text, ";") if (contact := _contact(part)) is not None)


def written_contacts(contacts: Iterable[Contact]) -> str:
    """The contacts as they would be typed."""
    return "; ".join(_written(contact) for contact in contacts)


def _contact(text: str) -> Contact | None:
    parts = [part.strip() for part in _parted(text, ",")]
    if not any(parts):
        return None
    if any(part.startswith('"') for part in parts):
        # As it was written here: name, number, relation, each in its place.
        name, phone, relation = (*map(_unquoted, parts), "", "")[:3]
        return Contact(name, phone, relation)
    name, relation = _split(_IN_BRACKETS, parts[0])
    phone = ""
    if len(parts) == 1:
        name, phone = _split(_NAME_NUMBER, name)
    for part in parts[1:]:
        rest, bracketed = _split(_IN_BRACKETS, part)
        relation = relation or bracketed
        if _is_number(rest) and not phone:
            phone = rest
        elif rest:
            relation = relation or rest
    return Contact(name, phone.strip(), relation)


def _written(contact: Contact) -> str:
    relation = f" ({contact.relation})" if contact.relation else ""
    plain = f"{contact.name}{relation}" + (f", {contact.phone}" if contact.phone else "")
    if read_contacts(plain) == (contact,):
        return plain
    return ", ".join(_in_quotes(part) for part in (contact.name, contact.phone, contact.relation))


def _split(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    found = pattern.fullmatch(text.strip())
    return (found[1].strip(), found[2].strip()) if found else (text.strip(), "")


def _is_number(text: str) -> bool:
    digits, letters = sum(c.isdigit() for c in text), sum(c.isalpha() for c in text)
    return digits >= _DIGITS_OF_A_NUMBER and letters < _LETTERS_IN_A_NUMBER


def _parted(text: str, sign: str) -> list[str]:
    """`text` at each `sign` that stands outside of quotes; a quote that is never closed is a letter like others."""
    if text.count('"') % 2:
        return text.split(sign)
    parts, quoted = [""], False
    for char in text:
        quoted ^= char == '"'
        if char == sign and not quoted:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _unquoted(part: str) -> str:
    item = part.strip()
    if len(item) >= 2 and item[0] == item[-1] == '"':
        return item[1:-1].replace('""', '"').strip()
    return item


def _quoted(item: str, signs: Sequence[str]) -> str:
    return _in_quotes(item) if '"' in item or any(sign in item for sign in signs) else item


def _in_quotes(item: str) -> str:
    return '"' + item.replace('"', '""') + '"'
