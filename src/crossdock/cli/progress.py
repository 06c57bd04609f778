"""How far long work has got: a bar on a terminal, nothing anywhere else. It goes to stderr; stdout is for results."""

from types import TracebackType

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from crossdock.cli.output import console


class Bar:
    """A context. quiet: never shown, as with --json."""

    def __init__(self, *, quiet: bool) -> None:
        shown = console(to_stderr=True)
        self._bar = (
            Progress(
                TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(),
                TimeElapsedColumn(), console=shown, transient=True,
            )
            if shown.is_terminal and not quiet
            else None
        )  # fmt: skip
        self._task = None if self._bar is None else self._bar.add_task("…", total=None)

    def __enter__(self) -> "Bar":
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def at(self, text: str, done: int = 0, of: int | None = None) -> None:
        """What is being done, and how much of it is. of: None while nobody knows how much there is."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=text, completed=done, total=of)
