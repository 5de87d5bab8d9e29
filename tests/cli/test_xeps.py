"""``xsfreader xeps`` says in a line what is not here."""

from __future__ import annotations

import pytest

from xsfreader.cli import FAILURE, OK, main


@pytest.mark.parametrize("number", [[], ["198"]])
def test_with_nothing_fetched_it_says_what_to_do(
    capsys: pytest.CaptureFixture[str], number: list[str]
) -> None:
    assert main(["xeps", *number, "--source", "http://127.0.0.1:9/x.git"]) == FAILURE
    assert "xsfreader sync" in capsys.readouterr().err


def test_an_unknown_xep_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["xeps", "99999", "--source", "guide"]) == FAILURE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert main(["xeps", "XEP-0384", "--source", "guide"]) == OK
