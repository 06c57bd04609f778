"""One message through one channel, by Apprise: which plugin speaks it, and how it went.

Only the plugins that a channel may be of are ever imported, one by one: Apprise's own look-up loads all of them.
"""

import importlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from crossdock.ports.config import Secret
from crossdock.settings.alerts import MAIL, OWN_HOST, AlertSettings, address_problem, scheme_of

PLUGINS: Mapping[str, tuple[str, str]] = {
    "discord": ("discord", "NotifyDiscord"), "form": ("custom_form", "NotifyForm"),
    "gchat": ("google_chat", "NotifyGoogleChat"), "gotify": ("gotify", "NotifyGotify"),
    "json": ("custom_json", "NotifyJSON"), "mailto": ("email.base", "NotifyEmail"),
    "mmost": ("mattermost", "NotifyMattermost"), "ntfy": ("ntfy", "NotifyNtfy"),
    "opsgenie": ("opsgenie", "NotifyOpsgenie"), "pagerduty": ("pagerduty", "NotifyPagerDuty"),
    "pover": ("pushover", "NotifyPushover"), "rocket": ("rocketchat", "NotifyRocketChat"),
    "slack": ("slack", "NotifySlack"), "tgram": ("telegram", "NotifyTelegram"),
    "workflows": ("workflows", "NotifyWorkflows"), "wxteams": ("webexteams", "NotifyWebexTeams"),
    "xml": ("custom_xml", "NotifyXML"), "zulip": ("zulip", "NotifyZulip"),
}  # fmt: skip
"""Scheme, without the s of the safe one → module and class of Apprise."""
FAILED = "it was not taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """html: for mail; everything else is given the text."""

    title: str
    text: str
    html: str


def send(url: Secret, note: Note, settings: AlertSettings, *, people: Sequence[str] | None = None) -> str:
    """Send it now, in this thread. people: instead of the recipients that a mail address names.

    Returns "" when it was taken, else why not, in words that hold nothing of the address.
    """
    from crossdock.wiring.guarded import Guard, guarded_by

    scheme = scheme_of(url)
    if problem := address_problem(url.get_secret_value()):
        return problem
    guard = Guard(
        hosts=frozenset(settings.hosts) if scheme in OWN_HOST else None,
        private_hosts=frozenset(settings.private_hosts),
    )
    try:
        with guarded_by(guard):
            plugin = _plugin(scheme)
            parts = plugin.parse_url(url.get_secret_value())
            if not parts:
                return "Apprise cannot read its address"
            if people is not None:
                parts |= {"targets": list(people), "cc": None, "bcc": None}
            speaker = plugin(**parts, asset=_asset())
            body, form = (note.html, "html") if scheme in MAIL else (note.text, "text")
            taken = speaker.notify(body=body, title=note.title, body_format=form)
    except TypeError as error:  # what a plugin says of an address that it cannot use, which it may quote
        return f"Apprise cannot use its address: {type(error).__name__}"
    except Exception as error:  # noqa: BLE001 - a plugin may fail in any way, and its words may hold the address
        return guard.problem or f"{FAILED}: {type(error).__name__}"
    return "" if taken else guard.problem or FAILED


@cache
def _plugin(scheme: str) -> Any:
    from crossdock.wiring.guarded import put_before

    for name in ("apprise", "urllib3", "requests"):  # they would write addresses, which hold secrets
        logging.getLogger(name).setLevel(logging.CRITICAL)
    place, name = PLUGINS.get(scheme) or PLUGINS[scheme.removesuffix("s")]
    module = importlib.import_module(f"apprise.plugins.{place}")
    put_before(module)
    if scheme in MAIL:
        put_before(importlib.import_module("apprise.plugins.email.smtp"))
    return getattr(module, name)


@cache
def _asset() -> Any:
    from apprise import AppriseAsset

    return AppriseAsset(
        app_id="Crossdock", app_desc="Crossdock", app_url="", secure_logging=True, http_redirects=False,
        storage_mode="memory", interpret_emojis=False,
    )  # fmt: skip
