"""What operators meet in the Prefect UI: forms in plain Swedish, and refusals as sentences.

Prefect puts the docstring and the parameter's name in a form, and a failure's English type and
traceback in its log. Every flow is made here instead: its fields speak Swedish, and what it refuses
ends as a failed run whose message says what happened and what to do (the same that the command line
prints). No error's own words pass: what is unforeseen is a code and a place (``tasks.discreet``).
"""

import datetime as dt
import functools
import inspect
import logging
import re
from collections.abc import Callable
from typing import Annotated, Any, Final, ParamSpec, TypeVar, cast, get_type_hints

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.flows import Flow
from prefect.states import Failed
from pydantic import BeforeValidator, Field
from pydantic.fields import FieldInfo

from archive_store.errors import KanalarkivError
from flows.naming import run_name
from flows.outcome import spoken
from tasks.discreet import discreet

P = ParamSpec("P")
R = TypeVar("R")

_RAISED_AGAIN: Final = "Engine execution exited with unexpected exception"
_ENDED_BY: Final = re.compile(
    r"""Finished in state Failed\(['"]Task run encountered an exception \w+Error: [a-z0-9-]+: """
)
"""What Prefect says in English of an error of ours, that the run itself tells as its sentence."""


def _listed(given: Any) -> Any:
    """None means an empty list: so the form shows a list at once, with nothing in it."""
    return () if given is None else given


Listed = BeforeValidator(_listed)

Channels = Annotated[
    tuple[str, ...],
    Listed,
    Field(
        title="Kanaler",
        description="Kanalernas id i registret. Lämna tomt: då gäller körningen alla kanaler.",
    ),
]
AsOf = Annotated[
    dt.datetime | None,
    Field(
        title="Tidpunkt (bara övning)",
        description="Den tid som reglerna ska gå efter. Låt None stå: då gäller nu. Annat godtas "
        "bara i ett övningsarkiv.",
    ),
]
AsOfRead = Annotated[
    dt.datetime | None,
    Field(
        title="Tidpunkt",
        description="Den tid som räkningen ska utgå från. Låt None stå: då gäller nu.",
    ),
]
Year = Annotated[int | None, Field(title="År", description="Låt None stå: då gäller förra året.")]
ListId = Annotated[
    str,
    Field(
        title="Lista",
        description="Gallringslistans id, som det står i förslagets meddelande, till exempel "
        "2025-12-29-kommunstyrelsen-1.",
    ),
]


def for_operators(
    *, name: str, description: str, **options: Any
) -> Callable[[Callable[P, R]], Flow[P, R]]:
    """Make a function a flow that operators start and read in the Prefect UI.

    Args:
        name: the flow's name; its runs are named after it.
        description: what it does, in Swedish.
        options: as Prefect's ``flow`` takes them.

    Returns:
        A decorator. Parameters are annotated with a ``Field`` that has title and description.
    """

    def made(function: Callable[P, R]) -> Flow[P, R]:
        fields = _fields(function)
        told = _told(function, name)
        helps = (f"    {key}: {field.description}" for key, field in fields.items())
        told.__doc__ = "\n".join([description, "", "Args:", *helps])
        found: Flow[P, R] = flow(
            name=name,
            description=description,
            flow_run_name=run_name(name),
            persist_result=False,
            **options,
        )(told)
        for key, field in fields.items():
            found.parameters.properties[key]["title"] = field.title
        return found

    return made


def _fields(function: Callable[..., Any]) -> dict[str, FieldInfo]:
    """Each parameter's field, as its annotation says it."""
    hints = get_type_hints(function, include_extras=True)
    return {
        name: next(each for each in hints[name].__metadata__ if isinstance(each, FieldInfo))
        for name in inspect.signature(function).parameters
    }


def _told(function: Callable[P, R], name: str) -> Callable[P, R]:
    """The function, ending with a failed state that speaks where it would raise."""
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def awaited(*args: P.args, **kwargs: P.kwargs) -> Any:
            try:
                with discreet(name):
                    return await function(*args, **kwargs)
            except KanalarkivError as error:
                return refused(error)

        return cast("Callable[P, R]", awaited)

    @functools.wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with discreet(name):
                return function(*args, **kwargs)
        except KanalarkivError as error:
            return cast("R", refused(error))

    return called


def refused(error: KanalarkivError) -> State[Any]:
    """The end of a run that was refused; the error stays with it for the command line."""
    error.__context__ = error.__cause__ = None  # what it came from may quote words
    return Failed(message=spoken(error), data=error)


class _Plain(logging.Filter):
    """Lets an error of our own into Prefect's log as its sentence, without a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, KanalarkivError):
            if record.msg == _RAISED_AGAIN:
                return False
            record.msg, record.args, record.exc_info = spoken(error), (), None
        return _ENDED_BY.match(str(record.msg)) is None


for _logger in ("prefect.flow_runs", "prefect.task_runs"):
    logging.getLogger(_logger).addFilter(_Plain())
