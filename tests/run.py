"""What `make test` runs: `python -m tests.run`.

First the pure packages alone, which must be covered branch by branch; then everything else; then the chaos tests, which
kill processes and leave the machine little else to do; last the demo. Ends with the first exit code that is not 0.
"""

import os
import subprocess
import sys
import tempfile

PURE = ("model", "decide", "cases")
DEMO = "tests/chaos/test_demo.py"
QUIET = ["-q", "-p", "no:cacheprovider"]

STEPS: tuple[tuple[str, list[str]], ...] = (
    (
        "the pure packages, every branch",
        [
            *(f"tests/{name}" for name in PURE), "-n", "2", "--cov", "--cov-fail-under=100",
            "--cov-report=term-missing:skip-covered",
        ],
    ),
    # Slow tests stand side by side: in small portions both workers get some of them.
    (
        "everything else",
        ["tests", "-n", "2", "--maxschedchunk", "4", *(f"--ignore=tests/{name}" for name in (*PURE, "chaos"))],
    ),
    ("chaos", ["tests/chaos", f"--ignore={DEMO}", "-n", "2", "--maxschedchunk", "1"]),
    # A trading day is about what meets when: it has the machine to itself, as whoever types `make demo` has.
    ("the demo", [DEMO]),
)  # fmt: skip


def main() -> int:
    # A test takes nothing from the person who runs it, and leaves nothing behind.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CROSSDOCK_")}
    with tempfile.TemporaryDirectory(prefix="crossdock-coverage-") as folder:
        environ["COVERAGE_FILE"] = f"{folder}/coverage"
        for title, arguments in STEPS:
            print(f"== {title}", flush=True)
            command = [sys.executable, "-m", "pytest", *QUIET, *arguments]
            code = subprocess.run(command, env=environ, check=False).returncode
            if code:
                return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
