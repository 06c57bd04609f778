"""Event bodies: the legacy Events API's, the Event Platform's, and a subscription's status notifications. Pure.

Only keys are taken from them: their order is not kept, and what they say may be a step old.
Source: Akeneo Events API, "Security", "Events"; Akeneo Event Platform, "Available events", "Concepts",
"Key platform behaviors"; pim-community-dev, ConsumeProductEventEndToEnd.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from crossdock.connectors.akeneo.jsondoc import Malformed, parse
from crossdock.connectors.akeneo.wire import moment
from crossdock.model.faults import DataFault
from crossdock.ports.systems import WebhookEvent

PLATFORM = "com.akeneo.pim.v1."
EVENTS_MAX = 10
Own = Callable[[str, str], bool]  # (kind of author, its name) → we caused it ourselves

KEYED: Mapping[str, str] = {  # kind of record, as `data` of a platform event names it → our word for it
    "product": "product",
    "product_model": "product-model",
    "family": "family",
    "attribute": "attribute",
    "attribute_option": "attribute-option",
    "attribute_group": "attribute-group",
    "category": "category",
    "asset": "asset",
    "reference_entity_record": "reference-entity",
}
NEEDED = frozenset({"product", "product_model"})  # whose events are worth nothing without a key


def nobody(kind: str, name: str) -> bool:
    return False


def to_event(raw: bytes, *, own: Own = nobody, by: str = "auto") -> WebhookEvent:
    """Any of the three. own: events it is true of name no subject. by: uuid, identifier, or whichever there is.

    An empty body, and a legacy body without events, is a test. Raises DataFault naming what is wrong.
    """
    if not raw.strip():
        return WebhookEvent(key=digest(raw), topic="test")
    try:
        body = parse(raw)
    except Malformed as error:
        raise DataFault("body", str(error)) from error
    if body == []:
        return WebhookEvent(key=digest(raw), topic="test")
    if not isinstance(body, dict):
        raise DataFault("body", f"must be a JSON object, was {type(body).__name__}")
    if "notification_type" in body:
        return _notification(body, raw)
    return _legacy(body, raw, own, by) if "events" in body else _platform(body, own, by)


def digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _legacy(body: Mapping[str, Any], raw: bytes, own: Own, by: str) -> WebhookEvent:
    events = body["events"]
    if not isinstance(events, list) or len(events) > EVENTS_MAX:
        raise DataFault("events", f"must be a list of at most {EVENTS_MAX} events")
    if not events:
        return WebhookEvent(key=digest(raw), topic="test")
    keys, topics, times = [], [], []
    subjects: list[tuple[str, str]] = []
    for at, event in enumerate(events):
        place = f"events[{at}]"
        if not isinstance(event, dict):
            raise DataFault(place, f"must be an object; was {event!r:.80}")
        keys.append(_text(event, "event_id", place))
        topics.append(_text(event, "action", place))
        times.append(_time(event, "event_datetime", place))
        if not own(str(event.get("author_type") or ""), str(event.get("author") or "")):
            subjects += _legacy_subjects(event, topics[-1], place, by)
    key = keys[0] if len(keys) == 1 else digest("\n".join(keys).encode())
    topic = topics[0] if len(set(topics)) == 1 else "events"
    return WebhookEvent(key=key, topic=topic, sent_at=max(times), subjects=tuple(dict.fromkeys(subjects)))


def _legacy_subjects(event: Mapping[str, Any], topic: str, place: str, by: str) -> Iterator[tuple[str, str]]:
    kind = KEYED.get(topic.partition(".")[0])
    if kind is None:
        return
    data = event.get("data")
    resource = data.get("resource") if isinstance(data, dict) else None
    if key := _key(kind, resource, f"{place}.data.resource", by):
        yield kind, key


def _platform(body: Mapping[str, Any], own: Own, by: str) -> WebhookEvent:
    key, topic, sent_at = _text(body, "id", ""), _text(body, "type", ""), _time(body, "time", "")
    data = body.get("data")
    data = data if isinstance(data, dict) else {}
    author = data.get("author")
    author = author if isinstance(author, dict) else {}
    ours = own(str(author.get("type") or ""), str(author.get("identifier") or ""))
    subjects = () if ours else tuple(_platform_subjects(topic, data, by))
    return WebhookEvent(key=key, topic=topic.removeprefix(PLATFORM), sent_at=sent_at, subjects=subjects)


def _platform_subjects(topic: str, data: Mapping[str, Any], by: str) -> Iterator[tuple[str, str]]:
    """A kind of event we do not know speaks of nothing of ours, and so does one of structure without a plain code."""
    name = topic.removeprefix(PLATFORM).partition(".")[0].replace("-", "_")
    if name in NEEDED:
        if key := _key(KEYED[name], data.get(name), f"data.{name}", by):
            yield KEYED[name], key
    elif name in KEYED:
        resource = data.get(name)
        code = resource.get("code") if isinstance(resource, dict) else None
        if isinstance(code, str) and code:
            yield KEYED[name], code


def _key(kind: str, resource: Any, place: str, by: str) -> str:
    """ "" for a product that has no identifier where products go by it: nobody can see it there."""
    if not isinstance(resource, dict):
        raise DataFault(place, f"must be an object; was {resource!r:.80}")
    if kind != "product":
        return _text(resource, "code", place)
    if by == "auto":
        return _text(resource, "uuid" if resource.get("uuid") else "identifier", place)
    if by == "identifier" and resource.get(by, by) in (None, ""):
        return ""
    return _text(resource, by, place)


def _notification(body: Mapping[str, Any], raw: bytes) -> WebhookEvent:
    topic = _text(body, "notification_type", "")
    return WebhookEvent(key=digest(raw), topic=topic, sent_at=_time(body, "timestamp", ""))


def _text(found: Mapping[str, Any], name: str, place: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        where = f"{place}.{name}" if place else name
        raise DataFault(
            where, "is missing; the event must give it" if value is None else f"must be text; {value!r:.80}"
        )
    return value


def _time(found: Mapping[str, Any], name: str, place: str) -> datetime:
    at = moment(found.get(name))
    if at is None:
        where = f"{place}.{name}" if place else name
        raise DataFault(where, f"must be a time with its zone; was {found.get(name)!r:.80}")
    return at
