"""Names as people type them."""

from collections.abc import Iterable

from crossdock.cli.told import Stop


def one_of(written: str, known: Iterable[str], *, what: str) -> str:
    """The known name that was meant: dashes and underscores are the same, and so is case. Raises Stop."""
    from crossdock.settings.words import did_you_mean

    names = list(known)
    folded = {name.casefold().replace("-", "_"): name for name in names}
    found = folded.get(written.casefold().replace("-", "_"))
    if found is not None:
        return found
    begun = [one for one in names if one.casefold().startswith(written.casefold())]
    hint = f'Did you mean "{begun[0]}"?' if len(begun) == 1 else did_you_mean(written, names)
    shown = ", ".join(name.replace("_", "-") for name in names) or "none"
    raise Stop(f"there is no {what} {written!r}. {hint + ' ' if hint else ''}There is: {shown}.")
