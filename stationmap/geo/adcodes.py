"""The codes of administrative areas (GB/T 2260 and the longer ones of townships), as digits and as cells of a file."""

import json
from collections.abc import Mapping

import numpy as np

NATION = "100000"
_MUNICIPALITIES = ("11", "12", "31", "50")


def ancestor_codes(adcode: str) -> tuple[str, ...]:
    """Return the codes that may stand above a code by the rule of its digits, the nearest first.

    Examples
    --------
    >>> ancestor_codes("429005")
    ('429000', '420000', '100000')
    """
    if not adcode.isdecimal() or len(adcode) not in (6, 9, 12):
        return ()
    cuts = (adcode[:9], adcode[:6], adcode[:4] + "00", adcode[:2] + "0000", NATION)
    codes = dict.fromkeys(code for code in cuts if len(code) <= len(adcode) and code != adcode)
    return tuple(codes)


def likely_level(adcode: str) -> str:
    """Return the level that a code has by the rule of its digits; "" for what is no code.

    Examples
    --------
    >>> likely_level("420000"), likely_level("420100"), likely_level("429005")
    ('province', 'city', 'district')
    """
    if not adcode.isdecimal() or len(adcode) < 6:
        return ""
    if len(adcode) > 6:
        return "street"
    if adcode == NATION:
        return "country"
    return "province" if adcode.endswith("0000") else "city" if adcode.endswith("00") else "district"


def likely_parent(adcode: str) -> str:
    """Return the code above a code by the rule of its digits; "" for what is no code.

    Districts of municipalities, and counties numbered 90 that no city governs, hang under the province.

    Examples
    --------
    >>> likely_parent("410105"), likely_parent("429005"), likely_parent("310101")
    ('410100', '420000', '310000')
    """
    above = [code for code in ancestor_codes(adcode) if not code.endswith("9000")]
    if adcode.startswith(_MUNICIPALITIES) and len(adcode) == 6:
        above = [code for code in above if code.endswith("0000")]
    return above[0] if above else ""


def cell_text(value: object) -> str:
    """Return a cell as text: whole numbers without a point, nothing for None and NaN."""
    if value is None or value != value:
        return ""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def cell_code(value: object) -> str:
    """Return a cell that holds a code, or DataV's parent (an object) or route (a list, its last counts)."""
    if isinstance(value, str) and value.strip()[:1] in ("{", "["):
        try:
            value = json.loads(value)
        except ValueError:
            return ""
    if isinstance(value, Mapping):
        return cell_code(value.get("adcode"))
    if isinstance(value, list | tuple | np.ndarray):
        return cell_code(value[-1]) if len(value) else ""
    code = cell_text(value)
    if code.isdecimal() and len(code) == 9 and code.startswith("156"):
        return code[3:]  # the country's number before the code, as in GB 2260 layers
    while code.isdecimal() and len(code) in (9, 12) and code.endswith("000"):
        code = code[:-3]
    return code
