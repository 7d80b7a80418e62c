"""Questions of every shape against every route of the open interface, made from its own description by schemathesis.

Nothing may fail inside, no answer may differ from what is described, what the description allows is answered and what
it forbids is refused.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from stationmap.web.api.openapi import document
from stationmap.web.app import Settings, create_app
from tests.browser import town

EXAMPLES = 25
OPERATIONS = [(path, method, item[method]) for path, item in document()["paths"].items() for method in item]
# What no schema of single parameters can say, so that a question that fits each may still be refused.
ACROSS = {
    "/api/v1/within": "lon and lat, or bbox; south before north",
    "/api/v1/stations": "south before north; a cursor is one that was given; a day that the month has",
    "/api/v1/download/stations.{format}": "as stations",
    "/api/v1/clusters": "south before north",
    "/api/v1/search": "as stations; lon with lat",
    "/api/v1/places": "lon with lat",
    "/api/v1/nearest": "any and open may not differ; a day that the month has",
    "/api/v1/changes": "a revision that the ledger had; a cursor is one that was given",
    "/api/v1/stations/{id}/reports": "when it was seen lies within 2000 to 2100",
    "/api/v1/stations/{id}/confirmations": "when it was seen lies within 2000 to 2100",
}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    ledger = town.build(tmp_path_factory.mktemp("schemathesis") / "town.sqlite")
    app = create_app(Settings(database=ledger, clock=lambda: town.NOON))
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    app.extensions["live"].close()


def without_empty(case: schemathesis.Case) -> bool:
    """Tell whether no parameter is empty: such a one counts as left out, whatever its schema."""
    body = case.body if isinstance(case.body, dict) else {}
    given = [*(case.query or {}).values(), *body.values()]
    values = [value for some in given for value in (some if isinstance(some, list) and some else [some])]
    return not any(value in ("", None, [], {}) for value in values)


# schemathesis lets files that are sent to it fall unclosed.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(
    ("path", "method", "described"), OPERATIONS, ids=lambda part: part if isinstance(part, str) else ""
)
def test_every_question_is_answered_as_described(
    api: Any, path: str, method: str, described: dict[str, Any], mode: GenerationMode
) -> None:
    if mode is GenerationMode.NEGATIVE and not (described.get("parameters") or described.get("requestBody")):
        pytest.skip("there is nothing to get wrong")
    excluded = [positive_data_acceptance] if path in ACROSS else []

    @given(case=api[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    def holds(case: schemathesis.Case) -> None:
        assume(mode is GenerationMode.POSITIVE or without_empty(case))
        response = case.call(headers={"Accept-Encoding": "identity"})
        refused = [negative_data_rejection] if response.status_code in (413, 414) else []  # too long is refused too
        case.validate_response(response, excluded_checks=[*excluded, *refused])

    holds()
