"""`POST products-uuid/search`: the limits of its body, and its parameters as a list has them."""

import dataclasses
import json
from collections.abc import Mapping

from crossdock.sandbox.akeneo.errors import invalid
from crossdock.sandbox.akeneo.wire import Call, parsed_object

ATTRIBUTES_MAX, CRITERIA_MAX, VALUES_MAX = 800, 20, 800


def with_body(call: Call) -> Call:
    """The call with the body's parameters as if they had come in the query."""
    body = parsed_object(call.body)
    params = {name: _text(value) for name, value in body.items()}
    return dataclasses.replace(call, params={**call.params, **params})


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def check_search_size(params: Mapping[str, str]) -> None:
    if len((params.get("attributes") or "").split(",")) > ATTRIBUTES_MAX:
        raise invalid(f"You cannot request more than {ATTRIBUTES_MAX} attributes.")
    try:
        search = json.loads(params.get("search") or "{}")
    except json.JSONDecodeError:
        return  # told, with its own status, by whoever reads the search
    if not isinstance(search, dict):
        return
    conditions = [one for held in search.values() if isinstance(held, list) for one in held]
    if len(conditions) > CRITERIA_MAX:
        raise invalid(f"You cannot search with more than {CRITERIA_MAX} criteria.")
    lists = [one.get("value") for one in conditions if isinstance(one, dict)]
    if any(isinstance(value, list) and len(value) > VALUES_MAX for value in lists):
        raise invalid(f"You cannot search with more than {VALUES_MAX} values in a list.")
