"""``xsfreader sync``: what it refuses, and watching a folder by hand."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.command import COMMAND
from tests.terminal import PATIENCE
from xsfreader.cli import main
from xsfreader.cli import sync as module
from xsfreader.cli.output import FAILURE, INTERRUPTED, OK, USAGE
from xsfreader.errors import UpstreamError

if TYPE_CHECKING:
    from pathlib import Path

POST = "---\ntitle: {}\ndate: 2020-01-01\n---\nText.\n"
NETWORK = ("--source", "http://127.0.0.1:9/x.git")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sync", "--offline"), "--offline"),
        (("images", "--offline"), "--offline"),
        (("specifications", "--offline"), "--offline"),
        (("sync", "--watch"), "--watch needs a folder"),
    ],
)
def test_impossible_request_is_a_usage_error(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    assert main([*arguments, *NETWORK]) == USAGE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert words in printed.err
    assert printed.err.count("\n") == 1


def test_specifications_follow_the_posts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, xeps = tmp_path / "config.toml", tmp_path / "xeps"
    xeps.mkdir()
    (xeps / "xep-0001.xml").write_text("<xep/>")
    config.write_text(f'xeps_source = "{xeps.as_posix()}"\n')
    arguments = ["sync", "--source", "guide", "--config", str(config)]
    assert main(arguments) == OK
    assert "specification" not in capsys.readouterr().out
    assert main([*arguments, "--offline", "--xeps"]) == OK
    assert capsys.readouterr().out.endswith("\n1 specification fetched, 0 already cached\n")
    config.write_text(f'xeps = "all"\nxeps_source = "{(xeps / "gone").as_posix()}"\n')
    assert main(arguments) == OK
    assert "the specifications were not updated: " in capsys.readouterr().err
    assert main([*arguments, "--xeps"]) == FAILURE
    assert "no such folder" in capsys.readouterr().err
    assert main(["sync", "--source", "guide", "--offline", "--xeps"]) == USAGE
    assert "--xeps needs the network" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="sends a signal")
def test_watching_a_folder_prints_a_line_for_each_change(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(POST.format("A"))
    arguments = [str(COMMAND), "sync", "--watch", "--source", str(tmp_path)]
    with subprocess.Popen(
        arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as watching:
        try:
            assert watching.stdout is not None
            assert watching.stdout.readline() == "1 post, 1 new, 0 changed, 0 removed\n"
            (tmp_path / "b.md").write_text(POST.format("B"))
            assert watching.stdout.readline() == "2 posts, 1 new, 0 changed, 0 removed\n"
            watching.send_signal(signal.SIGINT)
            assert watching.wait(PATIENCE) == INTERRUPTED
        finally:
            watching.kill()


@pytest.mark.parametrize("fails", [False, True])
def test_looking_through_a_large_folder_takes_little_of_a_core(
    monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    took, waited = 0.1, []

    class LargeFolder:
        def fingerprint(self) -> str:
            end = time.process_time() + took
            while time.process_time() < end:
                pass
            if fails:
                raise UpstreamError("too many files")
            return ""

    def wait(_requests: object, seconds: float) -> bool:
        waited.append(seconds)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_wait", wait)
    folder: Any = LargeFolder()
    with pytest.raises(KeyboardInterrupt):
        module._watch(folder, lambda _event: None, queue.SimpleQueue())
    assert waited[0] >= 49 * took
