"""A rehearsal's connector looks, and has no hands."""

import inspect

import pytest

from crossdock.ports import systems
from crossdock.wiring.read_only import FACTS, VERBS, ReadOnly, WriteForbidden

PORTS = [
    one for _, one in inspect.getmembers(systems, inspect.isclass)
    if getattr(one, "_is_protocol", False) and one.__module__ == systems.__name__
]  # fmt: skip
NAMES = sorted({name for port in PORTS for name in vars(port) if not name.startswith("_")})
WRITES = [name for name in NAMES if name.startswith(("create_", "write_", "amend_", "cancel_", "remove_"))]


class Everything:
    """A connector that can do all there is."""

    def __getattr__(self, name: str) -> str:
        return f"did {name}"


@pytest.mark.parametrize("name", [*WRITES, "a_verb_nobody_thought_of"])
def test_what_writes_is_not_there(name: str) -> None:
    with pytest.raises(WriteForbidden, match=f"Everything.{name} was asked for in a rehearsal"):
        getattr(ReadOnly(Everything()), name)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [one for one in NAMES if one not in WRITES])
def test_every_other_word_of_the_ports_is_known_to_look(name: str) -> None:
    assert name.startswith(VERBS) or name in FACTS
    assert getattr(ReadOnly(Everything()), name) == f"did {name}"  # type: ignore[arg-type]


def test_the_ports_do_write() -> None:
    assert {"create_order", "write_stock", "create_despatch", "write_acknowledgements"} <= set(WRITES)
