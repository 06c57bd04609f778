"""The simulators as a page: their control room, the trouble they make, what people can do there, what they hold."""

import asyncio
import dataclasses
import inspect
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from crossdock.reference.markdown import codes, page, sentence, table
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.faults import KINDS, Fault
from crossdock.sandbox.kernel import Simulator
from crossdock.sandbox.registry import simulators

ENDPOINTS = (
    ("`GET /_sandbox/state`", "Everything the system holds, as JSON, and how often each call was made."),
    ("`GET /_sandbox/faults`", "The fault knobs as they are set, how often each struck, and every kind there is."),
    (
        "`POST /_sandbox/faults`",
        'Replace all knobs: `{"faults": [...], "seed": 7, "clock_skew_seconds": 0}`. An empty list ends all trouble.',
    ),
    ("`GET /_sandbox/act`", "The acts, with what each does."),
    ("`POST /_sandbox/act`", 'Play one: `{"act": NAME, ...parameters}`. Answers what came of it.'),
    (
        "`POST /_sandbox/reset`",
        'Begin anew: `{"seed": 7, "settings": {...}}`. Settings stay until they are given again.',
    ),
)

KNOBS: Mapping[str, str] = {
    "kind": "which trouble; the table below",
    "match": "a regular expression looked for in the call's label; empty matches every call",
    "rate": "the share of matching calls it strikes, 0 to 1",
    "count": "how many matching calls it strikes before it is spent",
    "after": "how many matching calls it lets through first",
    "seconds": "how long, for `latency` and `slow_reply`",
    "status": "which status, for `status`",
    "retry_after": "seconds in its `Retry-After` header, for `status`",
}

_HEAD = """\
`crossdock sandbox serve` starts one stateful HTTP server for each system. They speak the system's real wire, hold one
made-up merchant between them, and behave the same way for the same seed. They ship with Crossdock and are meant for
your own tests too: see [use the simulators](../how-to/use-the-simulators.md).

Beside the real paths each has a control room. Faults never strike it. A mistake there is answered with 400 and a text
that helps."""

_KNOBS = """\
A knob strikes every matching call unless `rate` or `count` says otherwise. Draws come from one seeded generator: the
same calls in the same order meet the same trouble."""


def sandbox_page() -> str:
    return page(
        "The sandbox",
        _HEAD,
        "## The control room",
        table(["call", "does"], ENDPOINTS),
        "## Fault knobs",
        _KNOBS,
        table(["in a knob", "is", "default"], [(f"`{one.name}`", KNOBS[one.name], _default(one)) for one in _knobs()]),
        table(
            ["kind", "what happens", "where"],
            [(f"`{kind}`", what, codes(who_strikes(kind)) or "everywhere") for kind, what in KINDS.items()],
        ),
        *(part for kind in simulators() for part in _simulator(kind)),
    )


def acts_of(kind: str) -> Mapping[str, Any]:
    return _made(kind)[0].acts()


def state_of(kind: str) -> Mapping[str, Any]:
    return _made(kind)[1]


def who_strikes(trouble: str) -> list[str]:
    """The simulators that strike it themselves; none where the kernel does for all of them."""
    return [kind for kind, one in simulators().items() if trouble in one.troubles]


@cache
def _made(kind: str) -> tuple[Simulator, Mapping[str, Any]]:
    settings, act, params = simulators()[kind].scene
    simulator = simulators()[kind](build_estate(items=8, companies=2), seed=7, settings=settings)
    if act:
        asyncio.run(simulator.act(act, params))
    return simulator, simulator.state()


def _simulator(kind: str) -> Iterator[str]:
    one = simulators()[kind]
    yield f"## `{kind}`"
    yield f"Port {one.default_port} unless told otherwise. A call's label is {one.labels}."
    yield "### Acts"
    yield table(
        ["act", "parameters", "does"],
        [(f"`{name}`", _parameters(play), sentence(play.__doc__ or "")) for name, play in acts_of(kind).items()],
    )
    yield "### State"
    yield "Besides `kind` and `calls` (label → how often):"
    yield table(["key", "holds"], [(f"`{key}`", _shape(value)) for key, value in state_of(kind).items()])
    yield "### Settings"
    if one.served:
        given = codes(f"{name}: {value}" for name, value in one.served.items())
        yield f"`crossdock sandbox serve` starts it with {given}."
    for sheet in one.sheets:
        yield sentence((sheet.__doc__ or "").partition("\n\n")[2])
        fields = dataclasses.fields(sheet)
        yield table(["setting", "default"], [(f"`{field.name}`", _default(field)) for field in fields])


def _parameters(play: Any) -> str:
    said = []
    for name, one in inspect.signature(play).parameters.items():
        default = "" if one.default is inspect.Parameter.empty else f"={_text(one.default)}"
        said.append(f"`{name}{default}`")
    return ", ".join(said)


def _shape(value: Any) -> str:
    match value:
        case [dict() as first, *_]:
            return f"rows of {codes(first)}"
        case list():
            return "a list, empty at first"
        case dict():
            return "names and values"
        case bool() | int() | float():
            return "a number"
    return "text"


def _knobs() -> Iterator[dataclasses.Field[Any]]:
    return (one for one in dataclasses.fields(Fault) if one.name in KNOBS)


def _default(one: dataclasses.Field[Any]) -> str:
    if one.default is not dataclasses.MISSING:
        return "" if one.default in (None, "", ()) else f"`{_text(one.default)}`"
    return f"`{_text(one.default_factory())}`" if one.default_factory is not dataclasses.MISSING else "**required**"


def _text(value: Any) -> str:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    return json.dumps(value, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else str(value)
