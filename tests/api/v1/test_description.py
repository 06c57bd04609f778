"""The description holds for whatever is sent: schemathesis calls every operation with data that fit it and data that
do not, and finds no failure of ours, no answer that is not declared, and none of another shape."""

import asyncio
import sys
from pathlib import Path

import pytest

from crossdock.decide.rights import Grant, Role
from crossdock.decide.scopes import Scope
from crossdock.wiring.people import People
from crossdock.wiring.tokens import Tokens
from tests.api.v1.conftest import PASSWORD, Api, a_case

pytestmark = pytest.mark.asyncio(loop_scope="module")
ST = Path(sys.executable).with_name("st")
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,negative_data_rejection,ignored_auth,unsupported_method,allow_header_conformance"
)


VIEWS = ("listViews", "keepView", "dropView")  # a person's: with a token of nobody they are refused, whatever is sent


async def schemathesis(api: Api, folder: Path, *more: str, token: str = "root") -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        ST, "run", f"{api.url}/openapi.json", "--header", f"Authorization: Bearer {api.secrets.get(token, token)}",
        "--checks", CHECKS, "--seed", "7", "--no-shrink", "--generation-database", "none",
        "--report", "json", "--report-json-path", str(folder / "report.json"), *more,
        cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_the_description_is_served_to_everybody(api: Api) -> None:
    answer = await api.get(None, "/openapi.json")
    assert (answer.status, answer.body["servers"]) == (200, [{"url": "/api/v1"}])


async def test_schemathesis_finds_no_failure_and_no_undeclared_answer(api: Api, tmp_path: Path) -> None:
    await a_case(api)
    # One worker: two threads that parse source at the same moment can trip CPython 3.11's own count of its depth.
    bounded = ("--phases", "coverage,fuzzing", "--max-examples", "3", "--workers", "1")
    apart = ("revokeToken", *VIEWS)
    for only in ([f"--exclude-operation-id={one}" for one in apart], ["--include-operation-id=revokeToken"]):
        # Apart: it takes numbers from the answers it got, and would revoke the token that it calls with.
        code, said = await schemathesis(api, tmp_path, *bounded, *only)
        assert code == 0, said
        assert "Rate limited" not in said, said  # else nothing behind the refusals was tried
        assert "Authentication failed" not in said, said
    assert (await api.get("root", "/me")).status == 200


async def test_schemathesis_finds_no_failure_with_a_token_that_is_somebody_s(api: Api, tmp_path: Path) -> None:
    pool, role = api.world.here.pool, Grant(role=Role.OPERATOR)
    await People(pool, "main").add("viola", display="", password=PASSWORD, grants=[role], actor="test")
    made = await Tokens(pool, "main").add(
        "viola-sheet", person="viola", scopes=[Scope.READ, Scope.CASES_SETTLE], days=1, actor="test"
    )
    bounded = ("--phases", "coverage,fuzzing", "--max-examples", "3")
    only = [f"--include-operation-id={one}" for one in VIEWS]
    code, said = await schemathesis(api, tmp_path, *bounded, *only, token=made.secret)
    assert code == 0, said
    assert "Authentication failed" not in said, said
