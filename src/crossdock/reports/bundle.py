"""Many files for somebody else's eyes, as a folder or one zip: written as they come, each with its hash, no secret in.

Nothing is kept in memory but the line at hand. The last file, `manifest.json`, names every other with its SHA-256, so
that whoever gets them can tell whether they are whole.
"""

import contextlib
import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import orjson

from crossdock.reports.plain import csv_line

SECRET_LEAST = 6  # a shorter one would be found in innocent words
REMOVED = b"(a secret was here)"
MANIFEST = "manifest.json"


class BundleRefused(Exception):
    """It cannot be written there; the text says why."""


class Sheet:
    """One file under way: what it comes to so far."""

    def __init__(self, out: IO[bytes], secrets: Sequence[bytes]) -> None:
        self._out, self._secrets, self._digest = out, secrets, hashlib.sha256()
        self.bytes = self.rows = self.secrets_removed = 0

    def write(self, raw: bytes) -> None:
        for secret in self._secrets:
            if secret in raw:
                self.secrets_removed += raw.count(secret)
                raw = raw.replace(secret, REMOVED)
        self._out.write(raw)
        self._digest.update(raw)
        self.bytes += len(raw)

    def row(self, cells: Sequence[Any]) -> None:
        """As comma-separated values; what a spreadsheet would run is quoted."""
        self.write(csv_line(cells).encode())
        self.rows += 1

    def entry(self, document: Any) -> None:
        """As one line of JSON."""
        self.write(orjson.dumps(document) + b"\n")
        self.rows += 1

    def told(self) -> dict[str, Any]:
        return {"sha256": self._digest.hexdigest(), "bytes": self.bytes, "rows": self.rows}


class Bundle:
    """files: name → what it came to. secrets_removed: how often a secret of ours stood in what was written."""

    def __init__(self, place: "_Folder | _Zip", secrets: Sequence[str]) -> None:
        self._place = place
        written = {form for one in secrets if len(one) >= SECRET_LEAST for form in _written(one)}
        self._secrets = sorted(written, key=len, reverse=True)
        self.files: dict[str, dict[str, Any]] = {}
        self.secrets_removed = 0

    @contextlib.contextmanager
    def file(self, name: str, about: str) -> Iterator[Sheet]:
        """about: what it holds, for whoever opens the manifest."""
        with self._place.open(name) as out:
            sheet = Sheet(out, self._secrets)
            yield sheet
        self.secrets_removed += sheet.secrets_removed
        self.files[name] = {"about": about, **sheet.told()}

    def manifest(self, said: dict[str, Any]) -> str:
        """Write the last file; returns its own SHA-256."""
        raw = orjson.dumps({**said, "files": self.files}, option=orjson.OPT_INDENT_2) + b"\n"
        with self._place.open(MANIFEST) as out:
            out.write(raw)
        return hashlib.sha256(raw).hexdigest()


def _written(secret: str) -> Iterator[bytes]:
    """As it would stand in text, in a quoted cell, and in JSON."""
    yield secret.encode()
    yield secret.replace('"', '""').encode()
    yield orjson.dumps(secret)[1:-1]


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, name: str) -> IO[bytes]:
        return (self._folder / name).open("wb")


class _Zip:
    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file

    def open(self, name: str) -> IO[bytes]:
        return self._file.open(name, "w", force_zip64=True)


@contextlib.contextmanager
def bundle(out: Path, *, secrets: Sequence[str] = ()) -> Iterator[Bundle]:
    """A new folder, or a new file that ends in .zip. What was begun and not finished is not left there as a zip, and
    a folder without a manifest is not finished. Raises BundleRefused."""
    if out.suffix.lower() == ".zip":
        yield from _zipped(out, secrets)
        return
    if out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise BundleRefused(f"{out} is there already and not empty: name a new folder, or a file that ends in .zip")
    out.mkdir(parents=True, exist_ok=True)
    yield Bundle(_Folder(out), secrets)


def _zipped(out: Path, secrets: Sequence[str]) -> Iterator[Bundle]:
    if out.exists():
        raise BundleRefused(f"{out} is there already: name a new file")
    out.parent.mkdir(parents=True, exist_ok=True)
    begun = out.with_name(f".{out.name}.part")
    try:
        with zipfile.ZipFile(begun, "w", zipfile.ZIP_DEFLATED) as file:
            yield Bundle(_Zip(file), secrets)
        begun.rename(out)
    finally:
        begun.unlink(missing_ok=True)
