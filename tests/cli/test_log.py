"""Repairs of damaged files are logged."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from xsfreader.cli import OK, main
from xsfreader.config import locate

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def fresh_logger() -> Iterator[None]:
    """Let this test's command open the log of this test's home."""
    logger = logging.getLogger("xsfreader")
    handlers, logger.handlers = logger.handlers, []
    yield
    for handler in logger.handlers:
        handler.close()
    logger.handlers = handlers


def test_damaged_state_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    paths = locate()
    assert main(["sync", "--source", "guide"]) == OK
    paths.state.write_bytes(b"not a database, but longer than the header of one is" * 40)
    assert main(["list", "--source", "guide"]) == OK
    warning = capsys.readouterr().err.splitlines()[0].removeprefix("xsfreader: ")
    assert "state.db" in warning
    assert warning in paths.log.read_text()
