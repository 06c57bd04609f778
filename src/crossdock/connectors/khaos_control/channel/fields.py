"""Taking a tree apart: each value as the type it must be, or a DataFault that names its place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from crossdock.model.faults import DataFault

AMOUNT_MAX = Decimal(10) ** 12
_FLAGS = {"true": True, "false": False, "1": True, "0": False, "-1": True}


@dataclass(frozen=True, slots=True)
class Node:
    """An object of the tree and where it stands, such as `Statuses[3].Shipments[0]`."""

    value: dict[str, Any]
    place: str

    def at(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

    def has(self, name: str) -> bool:
        return self.value.get(name) not in (None, "")

    def text(self, *names: str, required: bool = False) -> str:
        """The first of the names that is given. A number counts as its digits: keys come as either."""
        for name in names:
            said = self.value.get(name)
            if isinstance(said, bool | dict | list):
                raise DataFault(self.at(name), f"must be text, was {_kind(said)}")
            if said is not None and str(said).strip():
                return str(said).strip()
        if required:
            raise DataFault(self.at(names[0]), "is missing")
        return ""

    def number(self, name: str, default: Decimal | None = None) -> Decimal:
        """Raises DataFault: missing without a default, or no number."""
        said = self.value.get(name)
        if said is None or said == "":
            if default is None:
                raise DataFault(self.at(name), "is missing")
            return default
        try:
            found = Decimal(str(said)) if not isinstance(said, bool | dict | list) else None
        except InvalidOperation:
            found = None
        if found is None or not found.is_finite() or abs(found) > AMOUNT_MAX:
            raise DataFault(self.at(name), f"must be a number, was {str(said)[:40]!r}")
        return found

    def flag(self, name: str, *, default: bool) -> bool:
        said = self.value.get(name)
        if said is None or said == "":
            return default
        found = said if isinstance(said, bool) else _FLAGS.get(str(said).strip().lower())
        if found is None:
            raise DataFault(self.at(name), f"must be true or false, was {str(said)[:40]!r}")
        return found

    def node(self, name: str) -> "Node | None":
        """An object; None when it is not given. An empty list counts as none: some write an empty object so."""
        said = self.value.get(name)
        if said in (None, "", [], {}):
            return None
        if not isinstance(said, dict):
            raise DataFault(self.at(name), f"must be an object, was {_kind(said)}")
        return Node(said, self.at(name))

    def nodes(self, *names: str) -> "Iterator[Node]":
        """The objects of a list, by the first of the names that is there. A single object counts as a list of one."""
        name = next((one for one in names if one in self.value), names[0])
        said = self.value.get(name)
        rows: Sequence[Any] = [] if said in (None, "") else said if isinstance(said, list) else [said]
        for at, one in enumerate(rows):
            place = f"{self.at(name)}[{at}]"
            if not isinstance(one, dict):
                raise DataFault(place, f"must be an object, was {_kind(one)}")
            yield Node(one, place)

    def reference(self, name: str) -> str:
        """A DataItem as people know it: its code, else its name, else its id; "" when it is not given."""
        said = self.value.get(name)
        if isinstance(said, str):
            return said.strip()
        node = self.node(name)
        return "" if node is None else node.text("Code", "Name", "#text", "ID")

    def day(self, name: str) -> date | None:
        said = self.text(name)
        if not said:
            return None
        try:
            found = datetime.fromisoformat(said).date()
        except ValueError as error:
            raise DataFault(self.at(name), f"must be a date-time such as 2018-01-18T12:20:48, was {said!r}") from error
        return found if found.year >= 1900 else None


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", bool: "true or false", str: "text", type(None): "null"}
    return names.get(type(value), "a number")
