"""Work that can be left behind, whatever it waits for."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from xsfreader.errors import StoppedError, UnreachableError
from xsfreader.model import Progress
from xsfreader.source.web import patience
from xsfreader.source.web.patience import patiently

if TYPE_CHECKING:
    from collections.abc import Callable


def nothing(_: object = None) -> None:
    """Take anything, do nothing."""


def test_the_result_and_the_progress_come_back_in_the_callers_thread() -> None:
    told: list[tuple[Progress, threading.Thread]] = []

    def work(tell: Callable[[Progress], None]) -> threading.Thread:
        tell(Progress("one"))
        tell(Progress("two"))
        return threading.current_thread()

    thread = patiently(
        work,
        progress=lambda item: told.append((item, threading.current_thread())),
        stopped=lambda: False,
        abandon=nothing,
    )
    here = threading.current_thread()
    assert told == [(Progress("one"), here), (Progress("two"), here)]
    assert thread is not here
    assert thread.daemon


def test_what_the_work_raises_is_raised_here() -> None:
    def work(_: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        patiently(work, progress=nothing, stopped=lambda: False, abandon=nothing)


def test_work_that_hears_nothing_is_left_behind_and_can_tell_no_more() -> None:
    release, abandoned = threading.Event(), threading.Event()
    outcome: list[BaseException] = []
    told: list[Progress] = []

    def work(tell: Callable[[Progress], None]) -> None:
        tell(Progress("started"))
        release.wait()
        try:
            tell(Progress("too late"))
        except StoppedError as error:
            outcome.append(error)

    with pytest.raises(StoppedError):
        patiently(work, progress=told.append, stopped=lambda: bool(told), abandon=abandoned.set)
    assert abandoned.is_set()
    release.set()
    for thread in threading.enumerate():
        if thread.name == "xsfreader-transfer":
            thread.join()
    assert told == [Progress("started")]
    assert len(outcome) == 1


def test_work_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "DEADLINE_SECONDS", 0.0)
    release = threading.Event()

    with pytest.raises(UnreachableError, match="too slow"):
        patiently(
            lambda _: release.wait(),
            progress=nothing,
            stopped=lambda: False,
            abandon=release.set,
        )
