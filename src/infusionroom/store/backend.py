"""What the store needs of a database, whichever it is: the few things in which the two differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from infusionroom.store.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from infusionroom.store.standing import Standing

Row = Sequence[Any]
Value = str | int | bool | date | datetime | None


class Connection(Protocol):
    """A plain database connection, used by one thread at a time."""

    def close(self) -> None: ...


class WritingConnection(Connection, Protocol):
    """One that may write, whose transactions are begun by hand."""

    def cursor(self) -> Any: ...

    def commit(self) -> None: ...

    def rollback(self) -> None: ...


class Dialect(Protocol):
    """How one database writes statements, takes values, gives them back, and words its errors."""

    @property
    def name(self) -> str: ...

    @property
    def errors(self) -> tuple[type[BaseException], ...]:
        """What the driver raises."""

    def statement(self, text: str) -> str:
        """`text` with `:name` parameters as this database's driver wants it."""

    def bind(self, value: Value) -> Any:
        """A parameter as the driver wants it."""

    def instant(self, stored: Any) -> datetime | None:
        """A stored instant as aware UTC."""

    def day(self, stored: Any) -> date | None:
        """A stored date."""

    def explain(self, error: BaseException) -> StoreError:
        """The driver's error as one of ours, without statement or values."""


class Feed(Protocol):
    """Tells that the journal may have grown. Of one thread at a time; `wake` and `close` may come from another."""

    def wait(self, timeout: float) -> bool:
        """Blocks up to `timeout` seconds; True as soon as something may have changed since the last call.

        False at once after `close`. Raises `StoreUnreachable` when the store is gone: make a new feed.
        """

    def seen(self, head: int) -> None:
        """Tells that the journal was read up to this entry: to be woken for it is no longer needed."""

    def wake(self) -> None:
        """Lets whoever waits look at once."""

    def close(self) -> None:
        """Wakes whoever waits and lets the connection go."""


class Backend(Dialect, Protocol):
    """One database at one address."""

    @property
    def display(self) -> str: ...

    @property
    def read_only(self) -> bool:
        """Whether nobody may write through this, whatever the database would allow."""

    def with_pins(self) -> Backend:
        """The same database with the PINs' hashes within reach of its connections; itself where they always are.

        Its connections raise `StoreReadOnly` to who may not have the hashes, `StoreRefused` and `StoreDamaged`.
        """

    def connect(self) -> Connection:
        """A connection that can only read."""

    def usable(self, connection: Connection) -> bool:
        """Whether an idle connection still leads to the store. Raises `StoreUnreachable` if it is gone."""

    def fetch(self, connection: Connection, statement: str, values: Mapping[str, Any]) -> list[Row]:
        """All rows of one read."""

    def recovered(self, error: BaseException, connection: Connection) -> bool:
        """Whether the cause of a failed read was put right, so that one more try is due."""

    def revision(self) -> str | None:
        """The schema's version, None for an empty or absent store.

        Raises `StoreRefused` and `StoreUnreachable`.
        """

    def create(self) -> None:
        """Makes the empty place for a new store."""

    def write_anew(self) -> None:
        """Leaves nothing in the store's own file that was deleted or written over."""

    def back_up(self, revision: str) -> str:
        """A copy of the store as it is before it is changed; says where."""

    def guard_problems(self, connection: Connection) -> list[str]:
        """One sentence for each trigger that is missing or changed."""

    def refuse_other_rooms(self, connection: Connection, *, strict: bool) -> None:
        """Raises `StoreRefused` where this user would see several rooms, or, if `strict`, none."""

    def place(self, connection: Connection) -> tuple[object, ...]:
        """The same for all addresses of this room, and for no other's."""

    def standing(self, connection: Connection) -> Standing:
        """How the store stands, as far as this user may see it."""

    def own_problems(self, connection: Connection) -> list[str]:
        """What the database itself finds wrong."""

    def turn(self) -> AbstractContextManager[None]:
        """This writer's turn among the others."""

    @property
    def begin(self) -> str:
        """The statement that begins a transaction which writes."""

    @property
    def keeps_writing(self) -> bool:
        """Whether a connection that wrote is kept for the next transaction. A file is opened, and looked at, anew."""

    def connect_to_write(self) -> WritingConnection:
        """A connection that may write, with nothing begun. Raises `StoreReadOnly`."""

    def engine(self) -> Engine:
        """The SQLAlchemy engine that makes the tables and brings them up. Raises `StoreReadOnly`."""

    def feed(self) -> Feed: ...
