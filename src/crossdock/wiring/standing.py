"""Where an order stands and why, in sentences, from what is remembered of it."""

from datetime import datetime

from crossdock.decide.where import Standing, where_it_stands
from crossdock.model.lifecycle import OrderState
from crossdock.store.lookups import Story


def standing(story: Story, now: datetime) -> tuple[str, ...]:
    return where_it_stands(
        Standing(
            state=OrderState(story.state), now=now, erp_ref=story.erp_ref, attempts=story.attempts,
            sent_at=story.sent_at, look_at=story.look_at, is_acknowledged=story.acknowledged_at is not None,
            acknowledge_problem=story.acknowledge_problem, shown_problem=story.shown_problem,
            open_cases=[(one["id"], one["desk"], one["cause"]) for one in story.cases if one["state"] == "open"],
            unfinished=[(one["key"], one["state"]) for one in story.despatches if one["state"] != "published"],
        )
    )  # fmt: skip
