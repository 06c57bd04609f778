"""Rows of a report that are made each time they are read: a table of any length keeps its memory flat."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from crossdock.model import as_json
from crossdock.model.reconciliation import Difference

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Many(Protocol[T_co]):
    """Read as often as needed, from its beginning each time."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[T_co]: ...


class Made(Generic[T]):
    """What `make` makes anew each time; how many they are is counted once."""

    def __init__(self, make: Callable[[], Iterable[T]]) -> None:
        self._make = make
        self._length = sum(1 for _ in make())

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[T]:
        return iter(self._make())


class Spool:
    """Differences in a file of their own, that is gone with `close`."""

    def __init__(self) -> None:
        with tempfile.NamedTemporaryFile(prefix="crossdock-spool-", delete=False) as file:
            self._path = Path(file.name)
        self._length = 0

    def add(self, differences: Iterable[Difference]) -> None:
        lines = [as_json.dumps(one) + b"\n" for one in differences]
        with self._path.open("ab") as file:
            file.writelines(lines)
        self._length += len(lines)

    def close(self) -> None:
        self._path.unlink(missing_ok=True)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Difference]:
        with self._path.open("rb") as file:
            for line in file:
                yield as_json.loads(Difference, line)
