"""What a fact names as its source when a worker's report gave it: written, known again, told."""

import re

from stationmap.catalogue import tell
from stationmap.errors import Message

_REPORT = re.compile(r"workers' report (\d+)")
_WITH_REPORT = re.compile(r"together with workers' report (\d+)")


def of_report(number: int) -> str:
    """Return the source of a fact that comes from an accepted report."""
    return f"workers' report {number}"


def with_report(note: str, number: int) -> str:
    """Return why a report was decided together with another one: the clerk's note, and which one."""
    together = f"together with {of_report(number)}"
    return f"{note}；{together}" if note else together


def is_report(source: str) -> bool:
    """Tell whether a source is a report and nothing else."""
    return _REPORT.fullmatch(source) is not None


def beside(own: str, number: int) -> str:
    """Return a source that names a report beside what it names already, the last report only.

    Examples
    --------
    >>> beside("名单.xlsx；workers' report 3", 12)
    "名单.xlsx；workers' report 12"
    """
    kept = "；".join(part for part in own.split("；") if part and not is_report(part))
    return f"{kept}；{of_report(number)}" if kept else of_report(number)


def told(source: str) -> Message | str:
    """Return a source or a reason for a sentence: a report that stands alone as a message."""
    alone = _REPORT.fullmatch(source)
    return Message("workers' report {number}", {"number": alone[1]}) if alone else source


def spoken(source: str, language: str) -> str:
    """Return a source as a reader sees it: what it names of reports is told in his language.

    Examples
    --------
    >>> spoken("名单.xlsx；workers' report 12", "zh")
    '名单.xlsx；职工反馈 12'
    >>> spoken(with_report("已核实", 12), "zh")
    '已核实；随职工反馈 12 一并处理'
    """
    source = _WITH_REPORT.sub(
        lambda found: tell("together with workers' report {number}", language, number=found[1]), source
    )
    return _REPORT.sub(lambda found: tell("workers' report {number}", language, number=found[1]), source)
