"""Nothing of a person crosses a step: errors arrive as a code and a place."""

import pickle
import traceback

import pytest

from archive_store.errors import ChannelError, KanalarkivError
from tasks.discreet import StepError, discreet

WORDS = "Anna Åkesson undrar när det blir klart"


def _told(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


def test_a_foreign_error_crosses_as_code_and_place() -> None:
    with pytest.raises(StepError) as caught, discreet("harvest", "kommunbloggen"):
        int(WORDS)
    assert caught.value.code == "unforeseen-harvest"
    assert "kommunbloggen" in caught.value.sv
    assert "ValueError in test_discreet.py" in caught.value.en
    assert WORDS not in _told(caught.value)


def test_our_own_error_crosses_as_it_was_without_its_cause() -> None:
    def fetch() -> None:
        try:
            int(WORDS)
        except ValueError as error:
            raise ChannelError("bad-answer", sv="a: fel", en="a: wrong") from error

    with pytest.raises(ChannelError) as caught, discreet("harvest", "a"):
        fetch()
    assert (caught.value.code, caught.value.sv) == ("bad-answer", "a: fel")
    assert WORDS not in _told(caught.value)


def test_an_error_survives_the_way_between_processes() -> None:
    error = KanalarkivError("x", sv="på svenska", en="in English")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - made here
    assert (again.code, again.sv, again.en) == ("x", "på svenska", "in English")
