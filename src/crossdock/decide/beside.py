"""Two figures side by side: which words of them differ."""


def beside(ours: str, theirs: str) -> tuple[tuple[str, str, bool], ...]:
    """Part by part, as (ours, theirs, whether they differ). Parts are what commas part, where both have as many and
    some are alike; else the whole is one part."""
    left, right = ours.split(", "), theirs.split(", ")
    if len(left) == len(right):
        pairs = tuple((one, other, one != other) for one, other in zip(left, right, strict=True))
        if any(not differs for *_, differs in pairs):
            return pairs
    return ((ours, theirs, ours != theirs),)
