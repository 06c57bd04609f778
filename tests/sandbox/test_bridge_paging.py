"""Feeds: order, cursors, updated_since, expiry, totals, and what the faults leave out."""

from datetime import timedelta

import pytest

from crossdock.sandbox.bridge import Problem
from tests.sandbox.bridge_caller import DAY, notes

EVERY = ["N0", "N1", "N2", "N3", "N4", "N5", "N6"]


async def test_a_walk_reads_every_row_once_in_order_of_change_and_key() -> None:
    async with notes() as client:
        assert await client.walk("/v1/notes?limit=2") == EVERY
        page = (await client.get("/v1/notes?limit=2")).json["page"]
        assert page["has_more"] is True
        assert page["total"] == 7
        assert len(page["next_cursor"]) <= 64
        assert (await client.get("/v1/notes")).json["page"] == {"next_cursor": None, "has_more": False, "total": 7}


async def test_updated_since_takes_the_moment_itself_and_is_pinned_by_the_cursor() -> None:
    async with notes() as client:
        assert await client.walk("/v1/notes?limit=2&updated_since=2026-01-01T00:01:00Z") == EVERY[2:]
        first = (await client.get("/v1/notes?limit=2&updated_since=2026-01-01T00:01:00Z")).json["page"]
        assert first["total"] == 5
        both = await client.get(f"/v1/notes?cursor={first['next_cursor']}&updated_since=2026-01-01T00:01:00Z")
        assert (both.status, both.json["code"]) == (400, "request-invalid")
    async with notes(since_inclusive=False) as client:
        assert await client.walk("/v1/notes?updated_since=2026-01-01T00:01:00Z") == EVERY[4:]


async def test_a_row_that_changes_during_the_walk_is_read_again() -> None:
    async with notes() as client:
        first = (await client.get("/v1/notes?limit=3")).json
        client.simulator.notes["N0"] = DAY + timedelta(hours=2)
        rest = (await client.get(f"/v1/notes?cursor={first['page']['next_cursor']}")).json
        keys = [row["key"] for row in first["data"] + rest["data"]]
        assert keys == [*EVERY, "N0"]
        assert rest["page"]["total"] == len(set(keys)) == 7


async def test_a_cursor_serves_again_until_it_expires() -> None:
    async with notes(cursor_seconds=60) as client:
        cursor = (await client.get("/v1/notes?limit=2")).json["page"]["next_cursor"]
        once, twice = [await client.get(f"/v1/notes?cursor={cursor}") for _ in range(2)]
        assert once.json["data"] == twice.json["data"]
        client.simulator.skew = timedelta(seconds=61)
        gone = await client.get(f"/v1/notes?cursor={cursor}")
        assert (gone.status, gone.json["code"], gone.json["retryable"]) == (410, "cursor-expired", False)
        cursor = (await client.get("/v1/notes?limit=2")).json["page"]["next_cursor"]
        assert (await client.simulator.act("expire_cursors", {})) == {"expired": 2}
        assert (await client.get(f"/v1/notes?cursor={cursor}")).status == 410


async def test_a_cursor_belongs_to_its_list() -> None:
    async with notes() as client:
        cursor = (await client.get("/v1/notes?limit=2")).json["page"]["next_cursor"]
        feeds = client.simulator.bridge.feeds
        with pytest.raises(Problem, match="another list"):
            feeds.page("others", [], {"cursor": cursor}, "GET /v1/others")


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "updated_since=yesterday",
                                   "updated_since=2026-01-01T00:00:00%2B01:00"])  # fmt: skip
async def test_queries_that_are_refused(query: str) -> None:
    async with notes() as client:
        answer = await client.get(f"/v1/notes?{query}")
        assert (answer.status, answer.json["code"]) == (400, "request-invalid")
        assert answer.json["errors"][0]["pointer"] == "?" + query.split("=")[0]


async def test_a_feed_cut_short_shows_only_in_its_total() -> None:
    async with notes() as client:
        await client.simulator.act("cut_feed_short", {"feed": "notes"})
        page = (await client.get("/v1/notes?limit=2")).json
        assert (len(page["data"]), page["page"]) == (2, {"next_cursor": None, "has_more": False, "total": 7})
        assert await client.walk("/v1/notes?limit=2") == EVERY
    async with notes(page_totals=False) as client:
        assert (await client.get("/v1/notes")).json["page"] == {"next_cursor": None, "has_more": False}


async def test_the_faults_of_lists() -> None:
    async with notes() as client:
        client.simulator.faults.set([{"kind": "short_list", "match": "GET /v1/notes", "count": 1}])
        short = (await client.get("/v1/notes")).json
        assert ([row["key"] for row in short["data"]], short["page"]["total"]) == (EVERY[:5], 7)
        client.simulator.faults.set([{"kind": "duplicate_row", "count": 1}])
        assert [row["key"] for row in (await client.get("/v1/notes")).json["data"]] == ["N0", *EVERY]
