"""What each kind of system can do, from its declaration and its manifest."""

from crossdock.ports import accounts, after_sale, catalogue, channel, completeness, erp_orders, retail
from crossdock.ports import systems as systems_port
from crossdock.ports.systems import System
from crossdock.reference.markdown import codes, page, table
from crossdock.settings.checks import NEEDS
from crossdock.wiring.capabilities import CAPABILITIES, manifest_of
from crossdock.wiring.systems import known_systems

PORTS = (systems_port, accounts, after_sale, catalogue, channel, completeness, erp_orders, retail)


def protocol(name: str) -> type | None:
    """The Protocol of that name in `crossdock.ports`."""
    return next((getattr(one, name) for one in PORTS if hasattr(one, name)), None)


_HEAD = """\
A system is a kind of remote system that Crossdock can speak to. Its folder declares what it can do; a capability that
is not declared does not exist, and a pairing that asks for it is refused when the settings are read.
`crossdock systems` shows the same for the systems you configured.

Some capabilities depend on settings: a profile, an optional development, a channel with a user name. The tables show
all a kind can do; `crossdock systems` shows what your settings switch on."""


def systems_page() -> str:
    systems = known_systems()
    return page(
        "Systems and capabilities",
        _HEAD,
        "## Capabilities",
        table(
            ["capability", "the system can", *systems],
            [
                (f"`{name}`", what, *("yes" if name in system.capabilities else "" for system in systems.values()))
                for name, what in CAPABILITIES.items()
            ],
        ),
        "Those whose name ends in `Source` or `Feed` are read; those in `Sink`, `Canceller`, `Amender`, `Booker` or "
        "`Acknowledger` are written. What each must keep is said by its Protocol in `crossdock.ports`.",
        "## What each flow needs",
        table(
            ["flow", "of the storefront, PIM or retail stock system", "of the ERP", "writes"],
            [
                (
                    f"`{flow}`",
                    codes((*needs.storefront, *needs.pim, *needs.retail_stock)),
                    codes(needs.erp),
                    "the {}, into the {}".format(*needs.writes).replace("erp", "ERP") if needs.writes[0] else "nothing",
                )
                for flow, needs in NEEDS.items()
            ],
        ),
        "Acknowledging orders also needs `OrderAcknowledger`; `orders.price_check: hold` also needs `PriceSource`; "
        "webhooks need `WebhookReceiver`.",
        *(_system(one) for one in systems.values()),
        "## Quality",
        "`quality` in a manifest is a claim that a test checks: every rule of `quality.toml` up to that tier is done "
        "with evidence that exists, or exempt with a reason. Bronze: settings tried before they are saved, a golden "
        "pair for each entity, writes safe to repeat. Silver: a simulator and the full table of faults. Gold: a weekly "
        "run against the vendor's own sandbox, every written entity reconciled, every remedy documented.",
    )


def _system(system: System) -> str:
    said = manifest_of(system)
    rows: list[tuple[str, str]] = [("kind", f"`{system.kind}`"), ("role", system.role)]
    rows += [(name, str(said[name])) for name in ("wire", "owner", "quality") if said.get(name)]
    rows += [(name, codes(said[name])) for name in ("versions", "capabilities", "reads", "writes") if said.get(name)]
    if limits := said.get("limits"):
        rows.append(("limits", ", ".join(f"`{name}` {value}" for name, value in limits.items())))
    if system.stock_buffer:
        rows.append(("stock buffer, where a pairing writes none", f"{system.stock_buffer:f}"))
    kinds = [
        f"`{name}` ({' and '.join(way for way, can in (('read', one.read), ('written', one.write)) if can)})"
        for name, one in system.translations.items()
    ]
    rows.append(("documents for `crossdock translate`", ", ".join(kinds) or "none"))
    readme = f"../../src/crossdock/connectors/{system.kind}/README.md"
    more = f"Quirks, evidence and how to get an account: [README]({readme})."
    return f"## {system.title}\n\n{table(['', ''], rows)}\n{more}"
