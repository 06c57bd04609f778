"""Systems: what each is and can do, how it answers, what failed last, and a probe on a wish."""

from typing import Annotated

from fastapi import Path

from crossdock.api.v1.entrance import Here, Prober, Reader, room
from crossdock.api.v1.problems import Refusal, problems
from crossdock.api.v1.shapes import Moment, Told
from crossdock.decide.health import Health
from crossdock.decide.probing import Verdict, advice, passed
from crossdock.decide.rights import may_probe
from crossdock.wiring.probing import probe_now
from crossdock.wiring.remotes import read_systems, users_of

TAGS = {"systems": "What each system is and can do, how it answers, and what failed last. No secret is shown."}
router = room("systems")
Name = Annotated[str, Path(max_length=200, pattern=r"^[^\x00]*$", examples=["khaos"])]


class LimitsState(Told):
    """What the settings allow, all workers together. burst: calls that may begin at once after a quiet time."""

    calls_per_second: float
    burst: float
    calls_at_once: int
    answer_seconds: float
    read_tries: int
    failures_to_stop: int
    stop_seconds: float


class FailedCallState(Told):
    """call: method and address, "" when the connector did not say. problem: what came of it."""

    at: Moment
    call: str
    problem: str


class StoppedFlowState(Told):
    """A flow whose last run ended at this system. times: in a row."""

    pairing: str
    flow: str
    at: Moment | None
    times: int
    problem: str


class LastProbeState(Told):
    """ended_at: null while it is under way. verdict: "" until then."""

    asked_at: Moment
    actor: str
    ended_at: Moment | None
    verdict: str


class System(Told):
    """health: those that somebody should look at come first. taken: how many calls at once workers hold leave for.
    failures: calls that failed in a row. failed_calls: that ever did. stopped: until when none is made. told_to_wait:
    by the system itself. failed: the newest. flows: that it stops. probed: the last probe a person asked for.
    may_probe: with this token's roles."""

    name: str
    title: str
    role: str
    address: str
    pairings: list[str]
    capabilities: list[str]
    health: Health
    limits: LimitsState
    calls_left: int | None
    taken: int
    failures: int
    failed_calls: int
    stopped: Moment | None
    told_to_wait: Moment | None
    failed: list[FailedCallState]
    flows: list[StoppedFlowState]
    probed: LastProbeState | None
    may_probe: bool


class Watermark(Told):
    """at: up to when the list was read to its end. moved_at: when that was last found."""

    pairing: str
    feed: str
    at: Moment
    moved_at: Moment


class Systems(Told):
    items: list[System]
    watermarks: list[Watermark]


class ProbeLineState(Told):
    """what: was tried. read, unreadable: records of one page. denied: the credentials may not, in the system's own
    words. advice: what to do; "" when it passed."""

    what: str
    passed: bool
    read: int
    unreadable: int
    problem: str
    denied: str
    advice: str


class ProbeState(Told):
    system: str
    verdict: Verdict
    says: str
    lines: list[ProbeLineState]


@router.get("/systems", operation_id="listSystems", summary="The systems of your pairings", responses=problems())
async def systems(here: Here, bearer: Reader) -> Systems:
    rows, marks = await read_systems(here, bearer.person)
    return Systems(
        items=[System.model_validate(row) for row in rows], watermarks=[Watermark.model_validate(row) for row in marks]
    )


@router.post(
    "/systems/{system}/probe", operation_id="probeSystem", summary="Try a system for real",
    description="Signs in and reads one page of each kind of record, within half a minute; writes nothing there. A "
    "system that does not answer is a verdict, not a failure of this call. 409 when it was probed in the last ten "
    "seconds, or is being probed.",
    responses=problems(404, 409),
)  # fmt: skip
async def probe(here: Here, bearer: Prober, system: Name) -> ProbeState:
    pairings = users_of(here, bearer.person, system)
    if not pairings:
        raise Refusal(404, "There is no such system of yours.")
    if not may_probe(bearer.person, pairings=pairings):
        raise Refusal(403, "A system is probed by those who settle for the integration desk in a pairing of it.")
    found = await probe_now(here, system, actor=bearer.person.name)
    lines = [
        ProbeLineState(
            what=one.what, passed=passed(one), read=one.read, unreadable=one.unreadable, problem=one.problem,
            denied=one.denied, advice=advice(one),
        )
        for one in found.lines
    ]  # fmt: skip
    return ProbeState(system=system, verdict=found.verdict, says=found.says, lines=lines)
