"""Under which licence the register is given away: a setting of whoever publishes it."""

from dataclasses import dataclass

NONE_NAMED = "No licence is named: ask whoever publishes this register before you publish it further."


@dataclass(frozen=True, slots=True)
class Licence:
    """The words of a licence and where it is read in full.

    Parameters
    ----------
    text : str
        Such as ``CC BY 4.0, 某某市总工会``; by default nothing is granted.
    url : str
        Where it stands in full, "" for nowhere.
    """

    text: str = NONE_NAMED
    url: str = ""
