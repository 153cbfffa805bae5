"""sshd's settings for the room's account, as `sshd -T` says them: which let more in than the keys' lines allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from infusionroom.access.findings import Finding, advice, not_seen, wrong
from infusionroom.access.installation import Account

# The shell that runs a key's line sees what is admitted here; the program itself does not.
_HARMLESS: Final = ("LANG", "LC_*", "LANGUAGE", "COLORTERM", "NO_COLOR", "TZ")
_NEEDED: Final[Mapping[str, tuple[str, str]]] = {
    "pubkeyauthentication": ("yes", "no key gets in"),
    "permittty": ("yes", "nobody gets a board"),
    "forcecommand": ("none", "it is run instead of every key's own command"),
    "permituserenvironment": ("no", "the account's files could steer the program"),
    "authorizedkeyscommand": ("none", "keys from elsewhere get in past the file"),
    # What a key's “restrict” says nothing of.
    "permittunnel": ("no", "callers can reach this machine's network by a device of their own"),
    "trustedusercakeys": ("none", "certificates get in past the file"),
}
_BY_PASSWORD: Final = ("passwordauthentication", "kbdinteractiveauthentication", "hostbasedauthentication")


def examine_sshd(
    account: Account, path: Path, settings: Mapping[str, Sequence[str]] | None, callers: int = 1
) -> Iterator[Finding]:
    """What in sshd's settings is in the way of the keys, of which `callers` come in here, or past them."""
    if settings is None:
        yield not_seen("The settings of sshd: run this as root, where sshd is installed.")
        return
    block = f"in sshd's “Match User {account.name}”"
    for name, (needed, because) in _NEEDED.items():
        is_now = _one(settings, name, needed)
        if is_now != needed:
            yield wrong(f"sshd has {name} {is_now}: {because}. Set it to {needed}.")
    yield from _file_of_keys(account, path, settings, block)
    yield from _who(account, settings)
    yield from _environment(settings)
    if _one(settings, "strictmodes", "yes") != "yes":
        yield wrong("sshd has strictmodes no: it would take keys that others can write. Set it to yes.")
    if _one(settings, "usepam", "no") == "no" and (account.password or "").startswith("!"):
        yield wrong(
            f"{account.name} is locked, and sshd without UsePAM lets nobody in by a locked account: "
            f"“usermod --password '*' {account.name}”."
        )
    methods = _one(settings, "authenticationmethods", "any")
    if methods != "publickey" and any(_one(settings, name, "no") == "yes" for name in _BY_PASSWORD):
        yield advice(f"sshd also asks for passwords: put “AuthenticationMethods publickey” {block}.")
    if _one(settings, "disableforwarding", "no") != "yes":
        yield advice(
            f"“restrict” refuses forwarding key by key: put “DisableForwarding yes” {block} as well."
        )
    if _one(settings, "clientaliveinterval", "0") == "0":
        yield advice(
            f"sshd never asks whether a client is still there: put “ClientAliveInterval 15” {block}, "
            "so that a connection which stalls is gone after about two minutes."
        )
    at_once = _one(settings, "maxstartups", "").split(":")[0]
    if at_once.isdecimal() and int(at_once) < callers:
        yield advice(
            f"sshd turns callers away while {at_once} others are still logging in, and {callers} keys may come back "
            "at one moment, as after a restart: put “MaxStartups 100” before every Match block."
        )


def _file_of_keys(
    account: Account, path: Path, settings: Mapping[str, Sequence[str]], block: str
) -> Iterator[Finding]:
    files = [word for line in settings.get("authorizedkeysfile", ()) for word in line.split()]
    if not files:
        return
    looked = [_expanded(word, account) for word in files]
    if path not in looked:
        yield wrong(f"sshd does not look into {path}: put “AuthorizedKeysFile {path}” {block}.")
    for other in looked:
        if other != path and other.exists():
            yield wrong(f"sshd also looks into {other}: put “AuthorizedKeysFile {path}” alone {block}.")


def _expanded(word: str, account: Account) -> Path:
    tokens = {"%%": "%", "%h": str(account.home), "%u": account.name, "%U": str(account.uid)}
    text, at = "", 0
    while at < len(word):
        text += tokens.get(word[at : at + 2], word[at])
        at += 2 if word[at : at + 2] in tokens else 1
    return account.home / text


def _who(account: Account, settings: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """AllowUsers and DenyUsers by name; what they say of hosts and groups is sshd's to tell."""
    for name, named_is_out in (("denyusers", True), ("allowusers", False)):
        patterns = [word.partition("@")[0] for line in settings.get(name, ()) for word in line.split()]
        named = any(fnmatchcase(account.name, pattern) for pattern in patterns)
        if patterns and named is named_is_out:
            yield wrong(f"sshd's {name} keeps {account.name} out: change it.")


def _environment(settings: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    patterns = [word for line in settings.get("acceptenv", ()) for word in line.split()]
    wide = sorted(
        {p for p in patterns if not any(p == harmless or fnmatchcase(p, harmless) for harmless in _HARMLESS)}
    )
    if wide:
        yield wrong(
            f"sshd has AcceptEnv {' '.join(wide)}: what a caller sends by these names reaches the shell that runs a "
            "key's line. Take them out."
        )


def _one(settings: Mapping[str, Sequence[str]], name: str, otherwise: str) -> str:
    return next(iter(settings.get(name, ())), otherwise)
