"""A real sshd on loopback, and the real ssh client: keys are made, bound to people, and tried.

The server is as careless as an installation can be: it admits what callers send, allows forwarding and offers sftp.
What holds here holds by the keys' lines alone. (Tunnels of network devices it does not: `restrict` says nothing of
them, sshd refuses them unless told otherwise, and the doctor looks whether it was.)
"""

from __future__ import annotations

import getpass
import grp
import os
import pty
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil
import pytest
from tests.terminal import Terminal, inherited

SSHD: Final = next((p for p in ("/usr/sbin/sshd", "/usr/local/sbin/sshd") if os.access(p, os.X_OK)), None)
PROGRAM: Final = (sys.executable, "-m", "infusionroom")
PATIENTLY: Final = 60.0
_CARELESS: Final = """
ListenAddress 127.0.0.1
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitUserEnvironment yes
AcceptEnv LANG LC_* TEXTUAL_* PYTHON* INFUSIONROOM_* TERM COLORTERM HOME PATH USER LINES COLUMNS SSH_*
AllowTcpForwarding yes
AllowStreamLocalForwarding yes
AllowAgentForwarding yes
X11Forwarding yes
GatewayPorts yes
Subsystem sftp internal-sftp
MaxStartups 100
ClientAliveCountMax 3
LogLevel VERBOSE
"""


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def make_key(path: Path, kind: str = "ed25519", comment: str = "somebody@laptop", bits: int = 0) -> Path:
    """A pair of keys without a passphrase; the private one's file."""
    size = ["-b", str(bits)] if bits else []
    subprocess.run(
        ["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", comment, "-f", str(path)],
        check=True,
        capture_output=True,
    )
    return path


def public(key: Path) -> Path:
    return key.with_name(key.name + ".pub")


class Server:
    """A running sshd whose keys are in `keys_file`, for the account that runs the tests."""

    def __init__(self, folder: Path, port: int, process: subprocess.Popen[bytes]) -> None:
        self.folder, self.port, self.process = folder, port, process
        self.keys_file = folder / "keys" / "authorized_keys"
        self.log = folder / "sshd.log"

    def ssh(self, key: Path, *words: str, options: Sequence[str] = ()) -> list[str]:
        """The client's command line."""
        settings = {
            "UserKnownHostsFile": str(self.folder / "known_hosts"),
            "StrictHostKeyChecking": "yes",
            "IdentitiesOnly": "yes",
            "IdentityAgent": "none",
            "BatchMode": "yes",
            "ControlPath": "none",
            "ConnectTimeout": "20",
        }
        named = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
        return [
            *("ssh", "-F", "none", *named, "-i", str(key), "-p", str(self.port)),
            *(*options, f"{getpass.getuser()}@127.0.0.1", *words),
        ]

    def ask(
        self,
        key: Path,
        *words: str,
        options: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
    ) -> subprocess.CompletedProcess[bytes]:
        """What the client comes to without a terminal."""
        return subprocess.run(
            self.ssh(key, *words, options=options),
            input=stdin,
            capture_output=True,
            timeout=PATIENTLY,
            check=False,
            env=inherited() | dict(env or {}),
        )

    def terminal(
        self,
        key: Path,
        *words: str,
        options: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        columns: int = 120,
        rows: int = 40,
    ) -> Terminal:
        """The client in a terminal of its own."""
        return Terminal(
            self.ssh(key, *words, options=("-t", *options)), columns=columns, rows=rows, env=env or {}
        )

    def serving(self) -> list[psutil.Process]:
        """The program's processes that this server has started."""
        found = []
        for process in psutil.Process(self.process.pid).children(recursive=True):
            try:
                words = process.cmdline()
            except psutil.Error:
                continue
            if "serve" in words and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        return found

    def others(self) -> list[str]:
        """Whatever else runs under the server: shells, sftp, anything a key must not get."""
        found = []
        for process in psutil.Process(self.process.pid).children(recursive=True):
            try:
                words = process.cmdline()
            except psutil.Error:
                continue
            if words and "serve" not in words and not words[0].startswith("sshd"):
                found.append(" ".join(words))
        return found


def _newest_penalties() -> str:
    """Newer servers keep who was refused often waiting, which the attacks here are."""
    assert SSHD is not None
    said = subprocess.run([SSHD, "-V"], capture_output=True, check=False).stderr.decode()
    version = re.search(r"OpenSSH_(\d+)\.(\d+)", said)
    new = version is not None and (int(version[1]), int(version[2])) >= (9, 8)
    return "PerSourcePenalties no\n" if new else ""


def _can_give_terminals() -> bool:
    """sshd gives a terminal to the group tty; where that is not so from the start, only root can do it."""
    if os.geteuid() == 0:
        return True
    master, terminal = pty.openpty()
    try:
        return os.fstat(terminal).st_gid == grp.getgrnam("tty").gr_gid
    except KeyError:
        return False
    finally:
        os.close(master)
        os.close(terminal)


@contextmanager
def running_server(folder: Path, *, probe_s: int = 1) -> Iterator[Server]:
    """sshd as this account on a free port, until the block ends.

    After `probe_s` seconds without a word it asks whether a caller is still there, and the third time it gives up.
    """
    if SSHD is None or shutil.which("ssh") is None:
        pytest.skip("OpenSSH is not installed here (openssh-server and openssh-client)")
    if not _can_give_terminals():
        pytest.skip("sshd that is not root's gives no terminal here: /dev/pts is mounted without gid=tty")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    port = free_port()
    host_key = make_key(folder / "host_key", comment="")
    kind, text, *_ = public(host_key).read_text().split()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {kind} {text}\n")
    (folder / "keys").mkdir(mode=0o700)
    config = folder / "sshd_config"
    config.write_text(
        f"Port {port}\nHostKey {host_key}\nAuthorizedKeysFile {folder / 'keys' / 'authorized_keys'}\n"
        + _CARELESS
        + f"ClientAliveInterval {probe_s}\n"
        + _newest_penalties()
    )
    log = folder / "sshd.log"
    process = subprocess.Popen(
        [SSHD, "-D", "-E", str(log), "-f", str(config)], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not (log.exists() and b"Server listening" in log.read_bytes()):
            assert process.poll() is None, f"sshd did not start: {log.read_text() if log.exists() else ''}"
        yield Server(folder, port, process)
    finally:
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
        process.kill()
        process.wait()
