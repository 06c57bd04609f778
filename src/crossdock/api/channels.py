"""A system that calls us: `/channels/{channel}/{pairing}/…` is handed to its connector, and the answer handed back."""

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from crossdock.api.hooks import Refused
from crossdock.model.faults import DataFault, Transient
from crossdock.ports.channel import Channel, ChannelReply, ChannelRequest
from crossdock.settings.pairing import AnyPairing, Flow
from crossdock.store.channels import PgChannelDesk
from crossdock.wiring.installation import Installation

log = structlog.get_logger()

BODY_MAX = 32 * 1024 * 1024  # an ERP sends its whole catalogue in a few uploads


async def answer(here: Installation, channel: str, pairing: str, tail: str, request: Request) -> Response:
    """Raises Refused: there is no such channel, or the body did not come whole."""
    connector, desk = _open(here, channel, pairing)
    asked = ChannelRequest(
        method=request.method, tail=tail, headers=request.headers, query=dict(request.query_params),
        body=await _body(request), base_url=_base(request, tail),
    )  # fmt: skip
    try:
        reply = await connector.answer_channel(asked, desk)
    except DataFault as fault:
        reply = _said(400, f"not taken: {fault}")
    except Transient as fault:
        reply = _said(500, f"{fault}; send it again")
    log.info("channel", channel=channel, pairing=pairing, method=request.method, tail=tail, status=reply.status)
    return Response(reply.body, reply.status, headers=dict(reply.headers), media_type=reply.media_type)


def _open(here: Installation, channel: str, name: str) -> tuple[Channel, PgChannelDesk]:
    pairing = here.project.pairings.get(name)
    if pairing is None:
        raise Refused(404, f"there is no pairing {name!r} here")
    for system in pairing.systems():
        kind = here.kind_of(system)
        connector = here.connectors[system]
        if kind.channel and kind.channel == channel and isinstance(connector, Channel):
            return connector, _desk(here, name, pairing, system)
    raise Refused(404, f"no system of pairing {name} calls at {channel!r}")


def _desk(here: Installation, name: str, pairing: AnyPairing, system: str) -> PgChannelDesk:
    entry = Flow.ORDER_ENTRY in pairing.runs() and getattr(pairing, "storefront", "") == system
    return PgChannelDesk(
        pool=here.pool, vault=here.vault, tenant=here.tenant, pairing=name, system=system,
        due=("orders",) if entry else (), looks=entry, hears=entry and Flow.COMPLETENESS in pairing.runs(),
    )  # fmt: skip


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > BODY_MAX:
                raise Refused(413, f"an upload holds at most {BODY_MAX} bytes")
            parts.append(part)
    except ClientDisconnect as error:
        raise Refused(400, "the upload was cut off; send it again") from error
    return b"".join(parts)


def _base(request: Request, tail: str) -> str:
    whole = str(request.url.replace(query="", fragment=""))
    return whole.removesuffix(tail).rstrip("/")


def _said(status: int, text: str) -> ChannelReply:
    return ChannelReply(status=status, body=(text + "\n").encode(), media_type="text/plain")
