"""Click in the user's language: help, headings and usage faults told from the catalogue."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import click

from stationmap.catalogue import DEFAULT_LANGUAGE, LANGUAGES, tell
from stationmap.errors import InvalidValue, Message

EXAMPLES = "Examples"
_ARGUMENTS = {
    "file": Message("A file to name here"),
    "ids": Message("The id"),
    "number": Message("The number"),
    "station_id": Message("The id of the station"),
    "text": Message("The text"),
    "what": Message("What to load,"),
    "year": Message("The year"),
}


def language(ctx: click.Context | None = None) -> str:
    """Return the language of the running command: ``--lang``, else STATIONMAP_LANG, else Chinese."""
    ctx = ctx or click.get_current_context(silent=True)
    while ctx is not None:
        chosen = ctx.meta.get("stationmap.lang")
        if chosen:
            return str(chosen)
        ctx = ctx.parent
    return DEFAULT_LANGUAGE


def say(text: str, **values: object) -> None:
    """Print a sentence of the catalogue."""
    click.echo(tell(text, language(), **values))


def note(text: str, **values: object) -> None:
    """Print a sentence of the catalogue to standard error: progress and remarks, never results."""
    click.echo(tell(text, language(), **values), err=True)


class Option(click.Option):
    """An option whose help is a sentence of the catalogue."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the line of the option, told in the language of the context."""
        record = super().get_help_record(ctx)
        if record is None or not self.help:
            return record
        chosen = language(ctx)
        text = record[1].replace(self.help, tell(self.help, chosen))
        return record[0], text.replace("[required]", tell("[required]", chosen))


class Command(click.Command):
    """A command whose help, headings and examples are told in the user's language."""

    def __init__(self, *arguments: Any, examples: Sequence[str] = (), **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.examples = examples
        self.params.append(_language_option())

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write usage, text, options and examples."""
        format_told_help(self, ctx, formatter)
        write_examples(self.examples, ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of the help in the user's language."""
        return tell(self.help or "", language())


class Group(click.Group):
    """A group of told commands, each in a module of its own that is imported when its name is called."""

    command_class = Command

    def __init__(self, *arguments: Any, examples: Sequence[str] = (), **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.examples = examples
        self.params.append(_language_option())

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write usage, text, options and the commands in reading order."""
        format_told_help(self, ctx, formatter)
        rows = [(name, command.get_short_help_str()) for name, command in self.commands.items()]
        with formatter.section(tell("Commands", language(ctx))):
            formatter.write_dl(rows)
        write_examples(self.examples, ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the help in the user's language."""
        return tell(self.help or "", language())

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a newcomer meets them."""
        return list(self.commands)


def format_told_help(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write what commands and groups share: usage line, help text, options."""
    chosen = language(ctx)
    pieces = command.collect_usage_pieces(ctx)
    formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=tell("Usage: ", chosen))
    if command.help:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(tell(command.help, chosen))
    records = [record for p in command.get_params(ctx) if (record := p.get_help_record(ctx))]
    if records:
        with formatter.section(tell("Options", chosen)):
            formatter.write_dl([(names, tell(text, chosen)) for names, text in records])


def write_examples(examples: Sequence[str], ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write the examples of a command or group, if it has any."""
    if examples:
        with formatter.section(tell(EXAMPLES, language(ctx))):
            for line in examples:
                formatter.write_text(line)


def _remember_language(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is None:
        return
    if value not in LANGUAGES:
        raise InvalidValue("{value!r} is no language of stationmap. Take zh or en.", value=value)
    ctx.meta["stationmap.lang"] = value


def _language_option() -> Option:
    return Option(
        ["--lang"],
        envvar="STATIONMAP_LANG",
        metavar="zh|en",
        is_eager=True,
        expose_value=False,
        callback=_remember_language,
        help="Language of what is said: zh (default) or en.",
    )


def option(*names: str, **keywords: Any) -> Callable[[Any], Any]:
    """Decorate like :func:`click.option`, with told help."""
    return click.option(*names, cls=Option, **keywords)


def called(param: click.Parameter | None) -> str | Message:
    """Return what a fault calls a parameter: an option as it is typed, an argument, which has no name, in words."""
    if isinstance(param, click.Argument):
        return _ARGUMENTS[str(param.name)]
    return param.opts[0] if param else ""


def clerk() -> str:
    """Return who is named in the history where a clerk names nobody."""
    return tell("clerk", language())


class Number(click.ParamType[Any]):
    """A finite number within bounds; faults quote the value."""

    name = "number"

    def __init__(self, least: float, most: float, *, whole: bool = False) -> None:
        self.least, self.most, self.whole = least, most, whole

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number, or say what it must be."""
        del ctx
        try:
            number = int(value) if self.whole else float(value)
        except (ValueError, OverflowError):
            number = float("nan")
        if not self.least <= number <= self.most:
            raise InvalidValue(
                "{option} {value!r} must be a number from {least:g} to {most:g}.",
                option=called(param),
                value=value,
                least=self.least,
                most=self.most,
            )
        return number


class OneOf(click.Choice[str]):
    """One of a few words; faults quote the value and name them all."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word, or say which there are."""
        del ctx
        if value not in self.choices:
            raise InvalidValue(
                "{option} {value!r} must be one of: {known}.",
                option=called(param),
                value=value,
                known=tuple(self.choices),
            )
        return str(value)


class Instant(click.ParamType[Any]):
    """An ISO 8601 date and time, with or without an offset."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the instant; without an offset it is naive: the place's local time."""
        del param, ctx
        if isinstance(value, datetime):
            return value
        try:
            instant = datetime.fromisoformat(str(value).strip())
        except ValueError:
            raise InvalidValue(
                "--at {value!r} is no date and time. Write it like 2026-10-10T12:00.", value=value
            ) from None
        if not 1990 <= instant.year <= 2200:
            raise InvalidValue("--at {value!r} lies outside the years 1990 to 2200.", value=value)
        return instant


class Day(click.ParamType[Any]):
    """A date, as lists write it: 2026-12-01, 2026年12月1日."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day, or say how to write one."""
        del ctx
        if isinstance(value, date):
            return value
        written = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", str(value).strip())
        try:
            year, month, day = map(int, written.groups() if written else ())
            return date(year, month, day)
        except ValueError:
            raise InvalidValue(
                "{option} {value!r} is no date. Write it like 2026-12-01.",
                option=called(param),
                value=value,
            ) from None


class Pair(click.ParamType[Any]):
    """``field=column``: which column of the file holds a field; or another pair of words."""

    name = "field=column"

    def __init__(self, example: str = "name=站点名称") -> None:
        self._example = example

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return field and column."""
        del ctx
        if isinstance(value, tuple):
            return value
        field, equals, column = str(value).partition("=")
        if not (field.strip() and equals and column.strip()):
            raise InvalidValue(
                "{option} {value!r} must be two words with = between, such as {example}.",
                option=called(param),
                value=value,
                example=self._example,
            )
        return field.strip(), column.strip()
