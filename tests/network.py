"""The network between terminals and a server: a TCP port on 127.0.0.1 that can be cut and can fall silent."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path


class Network:
    """Passes every connection on to the server's unix socket at `server`, for as long as it is not disturbed."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self._door = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._door.getsockname()[1]
        self._calls: list[_Call] = []
        self._silent = False
        self._answerless = b""
        self._changing = threading.Lock()
        self._answering = threading.Thread(target=self._answer, name="network", daemon=True)
        self._answering.start()

    def cut(self) -> None:
        """Ends all connections at once; new ones are passed on."""
        with self._changing:
            calls, self._calls = self._calls, []
        for call in calls:
            call.end()

    def fall_silent(self, *, for_new: bool = True) -> None:
        """Takes bytes and keeps them; connections are neither refused nor ended. Those to come too, `for_new`."""
        with self._changing:
            self._silent = for_new
            for call in self._calls:
                call.flowing.clear()

    def flow(self) -> None:
        """Delivers what was kept, late as it is, and passes on again."""
        with self._changing:
            self._silent = False
            for call in self._calls:
                call.flowing.set()

    def lose_next_answer_to(self, word: bytes) -> None:
        """Ends the next connection on which a client says `word`: the server hears it, and nobody its answer."""
        with self._changing:
            self._answerless = word

    def loses_the_answer_to(self, said: bytes) -> bool:
        """Whether it is this that the server's answer to is to be lost."""
        with self._changing:
            if not self._answerless or self._answerless not in said:
                return False
            self._answerless = b""
            return True

    def _answer(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(str(self._server))
            except OSError:
                client.close()
                server.close()
                continue
            with self._changing:
                self._calls = [known for known in self._calls if known.lasts]
                call = _Call(client, server, self)
                self._calls.append(call)
                call.begin(silent=self._silent)

    def close(self) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._answering.join(10)
        self.cut()


class _Call:
    """One connection: a thread for each direction, so that who does not listen is in nobody else's way."""

    def __init__(self, client: socket.socket, server: socket.socket, network: Network) -> None:
        self.flowing = threading.Event()
        self._network = network
        self._ends = (client, server)
        self._directions = [
            threading.Thread(target=self._pass_on, args=ends, name="call", daemon=True)
            for ends in ((client, server), (server, client))
        ]
        self._left = threading.Semaphore(len(self._directions) - 1)

    def begin(self, *, silent: bool) -> None:
        if not silent:
            self.flowing.set()
        for direction in self._directions:
            direction.start()

    @property
    def lasts(self) -> bool:
        return any(direction.is_alive() for direction in self._directions)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        client, server = self._ends
        with contextlib.suppress(OSError):
            while True:
                said = source.recv(65536)
                self.flowing.wait()
                if not said:
                    break
                if source is client and self._network.loses_the_answer_to(said):
                    client.shutdown(socket.SHUT_RDWR)
                target.sendall(said)
        self._shut()
        if not self._left.acquire(blocking=False):
            client.close()
            server.close()

    def _shut(self) -> None:
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """Ends it; bytes on their way are lost."""
        self._shut()
        self.flowing.set()
        for direction in self._directions:
            direction.join(10)


@contextlib.contextmanager
def network_to(server: Path) -> Iterator[Network]:
    """A network for as long as the block runs."""
    network = Network(server)
    try:
        yield network
    finally:
        network.close()
