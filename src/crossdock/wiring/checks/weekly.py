"""What is asked every week."""

from crossdock.decide import checks as judge
from crossdock.decide.checks import Answer
from crossdock.settings.pairing import Flow
from crossdock.wiring.certificates import certificate_end
from crossdock.wiring.checks.table import WEEKLY, CheckDesk, check

UNUSED_DAYS = 90


@check(
    "filters", WEEKLY, "Which orders did settings leave out?",
    how="Orders first left out within the week, counted by the setting that does it.", flows=[Flow.COMPLETENESS],
)  # fmt: skip
async def filters(desk: CheckDesk) -> Answer:
    return judge.judge_filters(await desk.book.left_out_lately(), f"crossdock completeness {desk.name} --last --list")


@check(
    "mappings", WEEKLY, "Which mappings does nobody use any more?",
    how=f"Entries for SKUs, units, tax, shipping and payment that no order of {UNUSED_DAYS} days asked for.",
    flows=[Flow.ORDER_ENTRY],
)  # fmt: skip
async def mappings(desk: CheckDesk) -> Answer:
    return judge.judge_maps(await desk.book.maps_unused(UNUSED_DAYS), UNUSED_DAYS)


@check(
    "accepted", WEEKLY, "What did people accept?",
    how="Cases of which a named person accepted the consequence within the week, by kind; each has its reason.",
)  # fmt: skip
async def accepted(desk: CheckDesk) -> Answer:
    return judge.judge_accepted(await desk.book.accepted_lately())


@check(
    "certificates", WEEKLY, "Does a certificate of a system end soon?",
    how="Each system is spoken to over TLS, and the end of its certificate is read; act from seven days before it.",
)  # fmt: skip
async def certificates(desk: CheckDesk) -> Answer:
    urls = {name: desk.here.project.systems[name].base_url for name in desk.settings.systems()}
    ends = {name: await certificate_end(url) for name, url in urls.items() if url.startswith("https://")}
    return judge.judge_certificates(ends, desk.now)
