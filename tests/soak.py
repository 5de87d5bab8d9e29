"""Tables of cases: a sharp few of them in each run of the tests, all in the soak."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Collection


def soaked(
    names: str, cases: Collection[Any], always: Collection[int] = (0,)
) -> pytest.MarkDecorator:
    """Parametrize a test by cases; run those of the numbers always, the others in the soak."""
    one = "," not in names
    return pytest.mark.parametrize(
        names,
        [
            pytest.param(
                *((case,) if one else case), marks=() if number in always else pytest.mark.soak
            )
            for number, case in enumerate(cases)
        ],
    )
