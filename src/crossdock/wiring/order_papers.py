"""What an order consists of beside its story: its sums on both sides, and its document as it was sent."""

from collections.abc import Sequence

import orjson

from crossdock.decide.order_sums import Sum, order_sums
from crossdock.model import as_json
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.sales_order import SalesOrder
from crossdock.store.lookups import Story, read_raw
from crossdock.wiring.installation import Installation


def read_sums(story: Story) -> Sequence[Sum]:
    """None of an order that could not be read, or that was erased."""
    if not story.document or "lines" not in story.document:
        return ()
    resolved = as_json.loads(ResolvedOrder, orjson.dumps(story.resolved)) if story.resolved else None
    return order_sums(as_json.loads(SalesOrder, orjson.dumps(story.document)), resolved)


async def read_document(here: Installation, story: Story, *, actor: str) -> str | None:
    """As the storefront sent it, laid out line by line where it is JSON; None when it is no longer kept. It is noted
    who read it. Raises KeyMissing."""
    body = await read_raw(here.pool, here.vault, here.tenant, story, actor=actor)
    if body is None:
        return None
    try:
        return orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        return body.decode("utf-8", "replace")
