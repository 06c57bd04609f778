"""A call goes to the configured address alone: not where a link, a redirect or a name server would have it."""

import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crossdock.connectors.hosts import GuardedResolver, is_metadata, joined
from crossdock.connectors.http import HttpClient
from crossdock.model.faults import ConfigFault, Transient
from tests.connectors.gate import FreeGate, HandClock
from tests.connectors.stub import Stub, stubbed

BASE = "https://shop.example/api"


@pytest.mark.parametrize("path", ["/orders?page=2", "", f"{BASE}/orders", "/../else", "/a@b.example/c", "//x.example/"])
def test_a_path_stays_with_the_configured_server(path: str) -> None:
    assert joined(BASE, path).startswith("https://shop.example/")


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("https://shop.example", "https://shop.example.thief.example/orders"),
        ("https://shop.example", ".thief.example/orders"),
        ("https://shop.example", "@thief.example/orders"),
        ("https://shop.example", ":8443/orders"),
        ("https://shop.example", "https://shop.example:pass@thief.example/"),
        ("https://shop.example", "name@shop.example/"),
        ("https://shop.example:44", "3/orders"),
        ("https://shop.example", ":99999999/"),
    ],
)
def test_what_leads_to_another_server_is_refused(base: str, path: str) -> None:
    with pytest.raises(ConfigFault, match=r"is refused: only https://shop\.example") as caught:
        joined(base, path)
    assert caught.value.setting == "base_url"


async def test_a_link_to_another_server_is_never_called() -> None:
    async with stubbed(Stub()) as thief, stubbed(Stub()) as shop, calling(shop.url) as http:
        shop.on("GET", "/orders", web.json_response({}))
        assert (await http.read("GET", f"{shop.url}/orders")).status == 200
        with pytest.raises(ConfigFault, match="only"):
            await http.read("GET", thief.url.removeprefix(shop.url[: shop.url.rindex(":")]) + "/orders")
        assert thief.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_an_answer_and_not_followed(status: int) -> None:
    async with stubbed(Stub()) as thief, stubbed(Stub()) as shop, calling(shop.url) as http:
        shop.on("POST", "/orders", web.Response(status=status, headers={"Location": f"{thief.url}/take"}))
        assert (await http.send("POST", "/orders", body=b"{}")).status == status
        assert (len(shop.asked), thief.asked) == (1, [])


@pytest.mark.parametrize(
    ("address", "theirs"),
    [
        ("169.254.169.254", True), ("169.254.0.1", True), ("fe80::1", True), ("fe80::1%eth0", True),
        ("fd00:ec2::254", True), ("100.100.100.200", True), ("192.0.0.192", True), ("::ffff:169.254.169.254", True),
        ("10.0.0.8", False), ("127.0.0.1", False), ("192.168.1.4", False), ("93.184.216.34", False), ("::1", False),
        ("fd00::8", False), ("100.100.100.201", False),
    ],
)  # fmt: skip
def test_which_addresses_a_machine_tells_its_secrets_at(address: str, theirs: bool) -> None:
    assert is_metadata(address) is theirs


class Names(AbstractResolver):
    """A name server that answers what it likes."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[Any]:
        return [
            {
                "hostname": host, "host": one, "port": port, "proto": 0, "flags": socket.AI_NUMERICHOST,
                "family": socket.AF_INET6 if ipaddress.ip_address(one).version == 6 else socket.AF_INET,
            }
            for one in self.addresses
        ]  # fmt: skip

    async def close(self) -> None: ...


@pytest.mark.parametrize("addresses", [("169.254.169.254",), ("127.0.0.1", "169.254.169.254"), ("fd00:ec2::254",)])
async def test_a_name_that_leads_to_the_metadata_is_refused(
    addresses: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crossdock.connectors.http.GuardedResolver", lambda: GuardedResolver(Names(*addresses)))
    async with calling("http://shop.example:9") as http:
        with pytest.raises(ConfigFault, match=r"shop\.example leads to .* link-local or metadata address") as caught:
            await http.read("GET", "/latest")
        assert caught.value.setting == "base_url"


async def test_a_name_is_followed_to_any_other_address_and_figures_need_no_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("crossdock.connectors.http.GuardedResolver", lambda: GuardedResolver(Names("127.0.0.1")))
    async with stubbed(Stub()) as shop:
        shop.on("GET", "/orders", web.json_response({}))
        for host in ("shop.example", "127.0.0.1"):
            async with calling(shop.url.replace("127.0.0.1", host)) as http:
                assert (await http.read("GET", "/orders")).status == 200
        assert len(shop.asked) == 2


async def test_a_certificate_nobody_vouches_for_is_refused_unless_its_bundle_is_named(tmp_path: Path) -> None:
    bundle, context = own_certificate(tmp_path)
    async with tls_server(context) as url:
        async with calling(url) as http:
            with pytest.raises(Transient, match="certificate verify failed"):
                await http.send("GET", "/")
        async with calling(url, ca_bundle=str(bundle)) as http:
            assert (await http.send("GET", "/")).body == b"here"
        async with calling(url.replace("127.0.0.1", "localhost"), ca_bundle=str(bundle)) as http:
            with pytest.raises(Transient, match=r"verify failed.*Hostname|not valid for 'localhost'|doesn't match"):
                await http.send("GET", "/")


@asynccontextmanager
async def calling(url: str, **options: Any) -> AsyncIterator[HttpClient]:
    async with HttpClient(url, gate=FreeGate(), clock=HandClock(), timeout_seconds=5.0, **options) as http:
        yield http


@asynccontextmanager
async def tls_server(context: ssl.SSLContext) -> AsyncIterator[str]:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=b"here")

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    try:
        yield f"https://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def own_certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that only itself vouches for, as PEM and ready to serve."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "crossdock test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    bundle, whole = folder / "bundle.pem", folder / "whole.pem"
    bundle.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    whole.write_bytes(private + bundle.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(whole)
    return bundle, context
