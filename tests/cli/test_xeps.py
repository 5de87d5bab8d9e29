"""``xsfreader xeps`` without an archive or a match."""

from __future__ import annotations

import pytest

from xsfreader.cli import FAILURE, OK, main


@pytest.mark.parametrize("number", [[], ["198"]])
def test_without_an_archive_the_error_says_how_to_sync(
    capsys: pytest.CaptureFixture[str], number: list[str]
) -> None:
    assert main(["xeps", *number, "--source", "http://127.0.0.1:9/x.git"]) == FAILURE
    assert "xsfreader sync" in capsys.readouterr().err


def test_unknown_xep_is_a_one_line_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["xeps", "99999", "--source", "guide"]) == FAILURE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert main(["xeps", "XEP-0384", "--source", "guide"]) == OK
