"""Where no message goes, whatever an address says: tried with servers that would have answered."""

import socket
from typing import Any
from unittest import mock

import pytest
from pydantic import SecretStr

from crossdock.settings.alerts import AlertSettings
from crossdock.settings.problem import SettingsError
from crossdock.wiring.guarded import Guard, Refused, Session, guarded_by
from crossdock.wiring.outlet import PLUGINS, Note, _plugin, send
from tests.alerts.conftest import TOKEN, Hook, Post, load_alerts, told

NOTE = Note(title="Title", text="Text", html="<p>Text</p>")
real_lookup = socket.getaddrinfo


def allowing(*hosts: str, private: tuple[str, ...] = ()) -> AlertSettings:
    return AlertSettings(hosts=hosts, private_hosts=private)


def said(url: str, settings: AlertSettings) -> str:
    return send(SecretStr(url), NOTE, settings)


@pytest.mark.parametrize("scheme", ["json", "xml", "form"])
def test_a_host_that_the_settings_do_not_name_is_not_spoken_to(scheme: str, hook: Hook) -> None:
    answer = said(f"{scheme}://127.0.0.1:{hook.port}/hook", allowing("hooks.example", private=()))
    assert answer == "the host 127.0.0.1 does not stand in alerts.hosts"
    assert hook.paths == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_not_spoken_to_unless_the_settings_say_so(host: str, hook: Hook) -> None:
    assert "private address" in said(f"json://{host}:{hook.port}/hook", allowing(host))
    assert hook.paths == []


@pytest.mark.parametrize("host", ["169.254.169.254", "[fd00:ec2::254]", "[::ffff:169.254.169.254]"])
def test_the_address_that_hands_out_keys_is_never_spoken_to(host: str) -> None:
    plain = host.strip("[]")
    with pytest.raises(Refused, match="never spoken to"):
        Guard(hosts=frozenset({plain}), private_hosts=frozenset({plain})).addresses(plain, 80)
    assert said(f"json://{host}/latest/meta-data", allowing(plain, private=(plain,))) != ""


async def test_a_name_that_leads_into_the_house_is_not_followed(hook: Hook) -> None:
    def inside(host: Any, *given: Any, **more: Any) -> Any:
        return real_lookup("127.0.0.1" if host == "hooks.example" else host, *given, **more)

    with mock.patch.object(socket, "getaddrinfo", inside):
        answer = said(f"json://hooks.example:{hook.port}/hook", allowing("hooks.example"))
    assert "private address" in answer
    assert hook.paths == []


async def test_a_name_is_looked_up_once_and_spoken_to_where_it_was_judged(hook: Hook) -> None:
    """Whoever answers differently the second time is not asked a second time."""
    asked: list[Any] = []

    def first_outside(host: Any, *given: Any, **more: Any) -> Any:
        if host != "hooks.example":
            return real_lookup(host, *given, **more)
        asked.append(host)
        return real_lookup("192.0.2.1" if len(asked) == 1 else "127.0.0.1", *given, **more)

    guard = Guard(hosts=frozenset({"hooks.example"}), private_hosts=frozenset())
    with mock.patch.object(socket, "getaddrinfo", first_outside), pytest.raises(Refused):
        guard.addresses("hooks.example", 80)  # 192.0.2.1 is for books, and private to Python
    asked.clear()
    spoken: list[str] = []
    with mock.patch.object(socket, "getaddrinfo", first_outside):
        guard.private_hosts = frozenset({"hooks.example"})
        guard.first("hooks.example", 80, lambda address: spoken.append(address))
    assert (spoken, len(asked)) == (["192.0.2.1"], 1)


@pytest.mark.parametrize("where", ["/elsewhere", "http://169.254.169.254/latest/meta-data", "https://hooks.example/"])
async def test_no_redirect_is_followed(where: str, hook: Hook) -> None:
    import asyncio

    hook.elsewhere = where
    settings = allowing("127.0.0.1", private=("127.0.0.1",))
    answer = await asyncio.to_thread(said, f"json://127.0.0.1:{hook.port}/hook?redirects=yes", settings)
    assert answer == "it answered 307, a redirect, which is not followed"
    assert hook.paths == ["POST /hook"]


def test_a_mail_server_is_held_to_the_same(post: Post) -> None:
    elsewhere = f"mailto://example.com:{post.port}?smtp=127.0.0.1&from=a@b.example&to=c@d.example&mode=insecure"
    assert said(elsewhere, allowing("example.com")) == "the host 127.0.0.1 does not stand in alerts.hosts"
    assert "private address" in said(post.url(), allowing("127.0.0.1"))
    assert post.mails == []


def test_a_service_of_apprise_is_not_spoken_to_inside_the_house() -> None:
    def inside(host: Any, *given: Any, **more: Any) -> Any:
        return real_lookup("10.0.0.7", *given, **more)

    with mock.patch.object(socket, "getaddrinfo", inside):
        answer = said("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general", AlertSettings())
    assert answer == (
        "the host hooks.slack.com stands for a private address, and does not stand in alerts.private_hosts"
    )


@pytest.mark.parametrize("scheme", sorted(PLUGINS))
def test_every_plugin_goes_through_the_guard(scheme: str) -> None:
    """It has no other way out: what it imported stands for ours."""
    import sys

    module = sys.modules[_plugin(scheme).__module__]
    assert {type(getattr(module, name)).__name__ for name in ("requests", "smtplib") if hasattr(module, name)} == {
        "_Instead"
    }


def test_without_a_guard_nothing_goes_out() -> None:
    with pytest.raises(Refused), Session() as session:
        session.get("http://127.0.0.1:1/")


def test_no_proxy_and_no_password_of_the_environment_is_taken() -> None:
    with guarded_by(Guard(hosts=None, private_hosts=frozenset())), Session() as session:
        assert session.trust_env is False


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("file:///etc/passwd", "must begin with one of"),
        ("http://hooks.example/x", "must begin with one of"),
        ("apprise://hooks.example/x", "must begin with one of"),
        (f"slack://{TOKEN}/b/c?template=file:///etc/passwd", "may not say template"),
        (f"json://u:{TOKEN}@hooks.example/?redirect=yes&verify=no", "may not say redirect, verify"),
        (f"json://u:{TOKEN}@/", "names no host"),
        (f"json://{TOKEN}\nX: y", "a space or a character"),
        (f"json://[{TOKEN}", "names no host"),
    ],
)
def test_an_address_that_will_not_do_is_refused_with_the_settings_and_not_shown(
    url: str, why: str, tmp_path: Any
) -> None:
    with pytest.raises(SettingsError) as refused:
        load_alerts(tmp_path, told(), MAIL="mailto://a.example", HOOK=url)
    assert why in str(refused.value)
    assert TOKEN not in str(refused.value)
    assert why in said(url, AlertSettings())
