"""The `search` parameter: read, checked, and turned into one question about a row of the index."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from crossdock.sandbox.akeneo.errors import Json, invalid, php_type, plain
from crossdock.sandbox.akeneo.filters import ON_MODELS, ON_PRODUCTS, Condition, with_children
from crossdock.sandbox.akeneo.index import Row, SearchIndex
from crossdock.sandbox.akeneo.model import PRODUCT, Pim
from crossdock.sandbox.akeneo.value_filters import check_place, operators_for, value_filter

Question = Callable[[Row], bool]


def read_search(text: str, *, refusal: int) -> dict[str, list[Json]]:
    """Property → conditions. refusal: status for text that is no JSON (400 on products, 422 on models)."""
    try:
        search = json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError:
        raise plain(refusal, "Search query parameter should be valid JSON.") from None
    if not isinstance(search, dict):
        if search == []:
            return {}
        raise plain(refusal, "Search query parameter should be valid JSON.")
    for name, conditions in search.items():
        if not isinstance(conditions, list) or not all(isinstance(one, dict) for one in conditions):
            shape = f'{{"{name}":[{{"operator": "my_operator", "value": "my_value"}}]}}'
            raise invalid(f'Structure of filter "{name}" should respect this structure: {shape}')
        for one in conditions:
            if "operator" not in one:
                raise invalid(f'Operator is missing for the property "{name}".')
            if not isinstance(one["operator"], str):
                raise invalid(f'Operator has to be a string, "{php_type(one["operator"])}" given.')
    return search


class Searcher:
    """Answers what rows a `search` leaves. All its conditions must hold."""

    def __init__(self, pim: Pim, index: SearchIndex) -> None:
        self.pim = pim
        self.index = index

    def find(self, kind: str, params: Mapping[str, str], *, unknown: int = 422) -> list[Row]:
        """Rows of one kind, in no order. unknown: status for a property that is none. Raises PimError."""
        self.index.catch_up()
        refusal = 400 if kind == PRODUCT else 422
        search = read_search(params["search"], refusal=refusal) if params.get("search") else {}
        questions = [
            self._question(kind, name, one, params, unknown) for name, held in search.items() for one in held
        ]  # fmt: skip
        questions += self._implied(search, params)
        return [row for row in self.index.rows[kind].values() if all(ask(row) for ask in questions)]

    def _implied(self, search: Mapping[str, Any], params: Mapping[str, str]) -> list[Question]:
        """`scope` cuts the list down to the channel's tree, unless the search has its own categories."""
        channel = self.pim.table("channels").get(params.get("scope", ""))
        if channel is None or "categories" in search:
            return []
        tree = with_children(self.pim, {channel["category_tree"]})
        return [lambda row: bool(row.categories & tree)]

    def _question(self, kind: str, name: str, raw: Json, params: Mapping[str, str], unknown: int) -> Question:
        condition = Condition(self.pim, self.index, name, raw["operator"], raw.get("value"), raw)
        known = (ON_PRODUCTS if kind == PRODUCT else ON_MODELS).get(name)
        if known is not None:
            operators, keep = known
            if condition.operator not in operators:
                raise condition.unsupported()
            return lambda row: keep(row, condition)
        return self._value_question(condition, params, unknown)

    def _value_question(self, condition: Condition, params: Mapping[str, str], unknown: int) -> Question:
        attribute = self.pim.attribute(condition.name)
        if attribute is None:
            text = f'"{condition.name}" does not exist or you do not have permission to access it.'
            raise plain(unknown, text)
        locale = condition.raw.get("locale", params.get("search_locale"))
        scope = condition.raw.get("scope", params.get("search_scope"))
        if condition.operator not in operators_for(attribute):
            raise condition.unsupported()
        check_place(self.pim, attribute, locale, scope)
        return lambda row: value_filter(row, condition, attribute, locale, scope)
