"""Pages of a list: the link to the next one, and the members that say how many there are."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import request


def next_address(cursor: str | None, *, without: tuple[str, ...] = ()) -> str | None:
    """Return the address of the next page of the present question, None after the last one.

    Parameters
    ----------
    cursor : str or None
        Where the next page begins.
    without : tuple of str
        Parameters that the cursor stands for.
    """
    if cursor is None:
        return None
    left_out = ("cursor", *without)
    asked = [(name, value) for name, value in request.args.items(multi=True) if name not in left_out]
    return f"{request.path}?{urlencode([*asked, ('cursor', cursor)], errors='replace')}"


def collection(
    features: Sequence[Mapping[str, Any]], matched: int, cursor: str | None, **members: Any
) -> dict[str, Any]:
    """Return a page of Features as a FeatureCollection: how many there are in all, and where the next page begins.

    ``next`` is an address only for a question that was asked in an address: a posted position stays out of any.
    """
    return {
        "type": "FeatureCollection",
        "features": features,
        "numberMatched": matched,
        "numberReturned": len(features),
        "cursor": cursor,
        "next": None if request.method == "POST" else next_address(cursor),
        **members,
    }
