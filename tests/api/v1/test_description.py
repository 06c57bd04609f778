"""The description holds for whatever is sent: schemathesis calls every operation with data that fit it and data that
do not, and finds no failure of ours, no answer that is not declared, and none of another shape."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.api.v1.conftest import Api, a_case

pytestmark = pytest.mark.asyncio(loop_scope="module")
ST = Path(sys.executable).with_name("st")
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,negative_data_rejection,ignored_auth,unsupported_method,allow_header_conformance"
)


async def schemathesis(api: Api, folder: Path, *more: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        ST, "run", f"{api.url}/openapi.json", "--header", f"Authorization: Bearer {api.secrets['root']}",
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
    for only in (["--exclude-operation-id", "revokeToken"], ["--include-operation-id", "revokeToken"]):
        # Apart: it takes numbers from the answers it got, and would revoke the token that it calls with.
        code, said = await schemathesis(api, tmp_path, *bounded, *only)
        assert code == 0, said
        assert "Rate limited" not in said, said  # else nothing behind the refusals was tried
        assert "Authentication failed" not in said, said
    assert (await api.get("root", "/me")).status == 200
