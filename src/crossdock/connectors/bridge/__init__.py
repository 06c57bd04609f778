"""The client's half of the project's own bridge contract, v1: what every server that speaks it has in common.

It is no system of its own. A connector extends `BridgeSettings`, makes one `BridgeApi` and a `BridgeSession` around it
(what the server can do), reads lists with `read_all`, writes with `BridgeApi.write`, checks events with `verify`.
"""

from crossdock.connectors.bridge.capabilities import Capabilities, read_capabilities
from crossdock.connectors.bridge.client import Answer, BridgeApi
from crossdock.connectors.bridge.config import BridgeSettings
from crossdock.connectors.bridge.faults import Denied, Problem, read_problem
from crossdock.connectors.bridge.idempotency import idempotency_key
from crossdock.connectors.bridge.json_text import dumps, loads
from crossdock.connectors.bridge.paging import Page, read_all
from crossdock.connectors.bridge.session import BridgeSession
from crossdock.connectors.bridge.webhook import Event, read_event, verify
from crossdock.connectors.bridge.wire import Code, Cur, Day, Dec, PositiveDec, Ts, Wire, dec, fault_of, take, ts

__all__ = [
    "Answer",
    "BridgeApi",
    "BridgeSession",
    "BridgeSettings",
    "Capabilities",
    "Code",
    "Cur",
    "Day",
    "Dec",
    "Denied",
    "Event",
    "Page",
    "PositiveDec",
    "Problem",
    "Ts",
    "Wire",
    "dec",
    "dumps",
    "fault_of",
    "idempotency_key",
    "loads",
    "read_all",
    "read_capabilities",
    "read_event",
    "read_problem",
    "take",
    "ts",
    "verify",
]
