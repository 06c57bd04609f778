"""The demo is the main job of all five pairings at once, as a person runs it: `crossdock demo`, in its own process."""

import json
import subprocess
import sys

import psutil

from crossdock.cases.kinds import KINDS

NOT_IN_A_DAY = {
    "alert-undeliverable",  # the demo has nobody to tell
    "crossdock-defect",  # needs a defect of ours
    "order-changed-after-posting",  # of pairings whose ERP takes no change at all
    "price-write-rejected",  # the simulated shop takes every price that is published
}
PAIRINGS = {"oro-khaos", "oro-prima", "scayle-khaos", "akeneo-khaos", "wair-khaos"}


def left_running() -> set[int]:
    return {
        one.pid for one in psutil.process_iter(["cmdline"]) if "crossdock-demo-" in " ".join(one.info["cmdline"] or ())
    }


def test_a_trading_day_of_five_pairings_keeps_every_law_and_meets_every_kind_of_case() -> None:
    command = [sys.executable, "-c", "from crossdock.cli import main; main()", "demo", "--json"]
    before = left_running()
    done = subprocess.run(command, capture_output=True, text=True, timeout=1200, check=False)
    assert done.stdout, done.stderr[-4000:]
    assert left_running() <= before  # its database ended with it
    day = json.loads(done.stdout)
    assert {law: one["evidence"] for law, one in day["laws"].items() if not one["pass"]} == {}
    assert (len(day["laws"]), done.returncode) == (11, 0)
    assert (day["orders"]["lost"], day["orders"]["duplicated"], day["stock"]["oversold"]) == (0, 0, 0)
    assert day["orders"]["posted"] > 200
    assert [kind for kind in day["kinds_not_seen"] if kind not in NOT_IN_A_DAY] == []
    assert set(KINDS) >= NOT_IN_A_DAY
    pairings = {one["name"]: one for one in day["pairings"]}
    assert set(pairings) == PAIRINGS
    assert all(one["documents_in"] and one["settled"] and one["flows_run"] for one in pairings.values())
