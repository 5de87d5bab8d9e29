"""Commands as child processes: events, errors, and how they end."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import pictures
from tests.githost import Fault, GitHost, commit, new_repository
from xsfreader.config import Config, locate
from xsfreader.errors import JobError, UnreachableError
from xsfreader.library import Library
from xsfreader.library.job_events import Event, Failed, FetchResult, decode, encode
from xsfreader.library.jobs import Job
from xsfreader.limits import MEMORY_LIMIT
from xsfreader.reports import FetchReport, Progress, SyncReport, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 20.0
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def post(title: str) -> bytes:
    return f"---\ntitle: {title}\ndate: 2020-01-01\n---\nText.\n".encode()


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GitHost]:
    repository = new_repository(tmp_path / "served" / "blog.git")
    image = pictures.png((8, 4))
    commit(repository, {"content/blog/a.md": post("A"), "static/images/a.png": image})
    with GitHost(tmp_path / "served") as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "posts"
    (folder / "images").mkdir(parents=True)
    (folder / "a.md").write_bytes(post("A"))
    (folder / "images" / "a.png").write_bytes(pictures.png((8, 4)))
    return folder


def job_of(source: str | Path, *arguments: str) -> Job:
    with Library(Config(), locate(), str(source)) as library:
        return library.job(*arguments)


async def events_of(job: Job) -> list[Event]:
    events: list[Event] = []
    await job.run(events.append)
    return events


async def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.02)


def gone(pid: int) -> bool:
    """Return whether a process ended, zombies included."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def fake(code: str) -> Job:
    """Make a job that runs other code."""
    job = Job(["sync"], source="guide", config=None)
    job._command = [sys.executable, "-c", code]
    return job


@pytest.mark.parametrize(
    "event",
    [
        Progress("reading posts", 3, 9, "posts"),
        Progress("asking"),
        SyncReport("abc", 9, 1, 2, 3, 1, (UnreadableFile("ä.md", "why\udcff"),)),
        FetchReport("image", 1, 2, 3),
        FetchResult("/images/ä.png", "broken"),
    ],
)
def test_event_round_trips_through_one_line(event: Event) -> None:
    line = encode(event)
    assert line.isascii()
    assert "\n" not in line
    assert decode(line.encode()) == event


def test_error_keeps_its_class_and_message() -> None:
    event = decode(encode(Failed(UnreachableError("no network"))).encode())
    assert isinstance(event, Failed)
    assert type(event.error) is UnreachableError
    assert str(event.error) == "no network"
    unknown = decode(b'{"event": "error", "kind": "SystemExit", "message": "x"}')
    assert isinstance(unknown, Failed)
    assert type(unknown.error) is JobError


@pytest.mark.parametrize(
    "line",
    [b"", b"x", b"[]", b"{}", b'{"event": 3}', b'{"event": "progress"}', b'{"event": "synced"}',
     b'{"event": "result", "name": "x", "code": 1}', b"[" * 100_000, b"\xff"],
)  # fmt: skip
def test_invalid_line_is_an_error(line: bytes) -> None:
    with pytest.raises(JobError):
        decode(line)


async def test_sync_sends_progress_then_its_report(host: GitHost) -> None:
    events = await events_of(job_of(host.url("blog.git"), "sync"))
    assert isinstance(events[0], Progress)
    assert isinstance(events[-1], SyncReport)
    assert (events[-1].total, events[-1].new) == (1, 1)
    with Library(Config(), locate(), host.url("blog.git")) as library:
        assert library.count() == 1


async def test_failure_is_the_last_event(host: GitHost) -> None:
    url = host.url("blog.git")
    host.stop()
    last = (await events_of(job_of(url, "sync")))[-1]
    assert isinstance(last, Failed)
    assert isinstance(last.error, UnreachableError)
    assert "127.0.0.1 refused" in str(last.error)


async def test_child_uses_the_same_configuration(host: GitHost, tmp_path: Path) -> None:
    from xsfreader.config import load

    file = tmp_path / "other.toml"
    file.write_text(f'source = "{host.url("blog.git")}"\nimages = "all"\n')
    with Library(load(file), locate(file)) as library:
        events = await events_of(library.job("sync"))
    assert isinstance(events[-1], FetchReport)


@linux
async def test_password_is_not_in_the_arguments(host: GitHost) -> None:
    host.fault = Fault(delay=60)
    url = host.url("blog.git").replace("://", "://me:secret@")
    job = job_of(url, "sync")
    task = asyncio.create_task(job.run(lambda _event: None))
    await until(lambda: job._process)
    assert job._process is not None
    pid = job._process.pid
    await until(lambda: b"--progress" in Path(f"/proc/{pid}/cmdline").read_bytes())
    assert b"secret" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_cancelling_kills_a_child_that_waits_for_a_silent_server(host: GitHost) -> None:
    host.fault = Fault(delay=600)
    job = job_of(host.url("blog.git"), "sync")
    events: list[Event] = []
    task = asyncio.create_task(job.run(events.append))
    await until(lambda: events and job._process)
    process = job._process
    assert process is not None
    began = time.monotonic()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert time.monotonic() - began < PATIENCE
    assert process.returncode == -signal.SIGKILL
    assert not any(isinstance(event, Failed) for event in events)


async def test_folder_named_xsfreader_is_not_executed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "here" / "xsfreader"
    trap.mkdir(parents=True)
    for name in ("__init__.py", "__main__.py", "cli.py"):
        (trap / name).write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')")
    monkeypatch.chdir(trap.parent)
    events = await events_of(job_of(folder, "sync"))
    assert isinstance(events[-1], SyncReport)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import sys; sys.exit(3)", "sync ended unexpectedly (exit code 3)"),
        ("import os; os.kill(os.getpid(), 9)", "sync ended unexpectedly (SIGKILL)"),
        ("print('hello', flush=True); input()", "not an event"),
        ("print('x' * (5 << 20), flush=True); input()", "too long"),
    ],
)
async def test_crash_or_invalid_output_is_one_job_error(code: str, words: str) -> None:
    events = await events_of(fake(code))
    assert len(events) == 1
    assert isinstance(events[0], Failed)
    assert isinstance(events[0].error, JobError)
    assert words in str(events[0].error)


async def test_failure_to_start_is_one_job_error() -> None:
    job = fake("")
    job._command = ["/no/such/python"]
    [event] = await events_of(job)
    assert isinstance(event, Failed)
    assert "can't start sync" in str(event.error)


CRASH = "from xsfreader.cli.child import run_as_job; run_as_job(lambda: {})"


@linux
async def test_memory_limit_is_reported() -> None:
    [event] = await events_of(fake(CRASH.format(f"bytearray({2 * MEMORY_LIMIT})")))
    assert isinstance(event, Failed)
    assert f"more than {MEMORY_LIMIT >> 20} MB" in str(event.error)


async def test_unexpected_exception_is_an_error_and_logged(home: Path) -> None:
    log = home / "the.log"
    code = "from pathlib import Path; from xsfreader.log import set_log_file; "
    code += f"set_log_file(Path({str(log)!r})); "
    [event] = await events_of(fake(code + CRASH.format("1 / 0")))
    assert isinstance(event, Failed)
    assert "ZeroDivisionError" in str(event.error)
    assert "Traceback" in log.read_text()


def test_child_ends_when_its_standard_input_closes(host: GitHost) -> None:
    host.fault = Fault(delay=600)
    job = job_of(host.url("blog.git"), "sync")
    environment = {**os.environ, "XSFREADER_SOURCE": host.url("blog.git")}
    with subprocess.Popen(
        job._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        assert b"progress" in child.stdout.readline()
        child.stdin.close()
        assert child.wait(PATIENCE) != 0


PARENT = """
import asyncio, sys
from xsfreader.config import Config, locate
from xsfreader.library import Library

async def main():
    with Library(Config(), locate(), sys.argv[1]) as library:
        job = library.job("sync")
        await job.run(lambda _event: print(job._process.pid, flush=True))

asyncio.run(main())
"""


@linux
def test_child_ends_when_its_parent_is_killed(host: GitHost) -> None:
    host.fault = Fault(delay=600)
    arguments = [sys.executable, "-c", PARENT, host.url("blog.git")]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert not gone(child)
        parent.kill()
        end = time.monotonic() + PATIENCE
        while not gone(child):
            assert time.monotonic() < end, "the child goes on"
            time.sleep(0.05)


async def test_watched_folder_is_synced_when_it_changes(folder: Path) -> None:
    job = job_of(folder, "sync", "--watch")
    reports: list[SyncReport] = []
    failures: list[Failed] = []

    def receive(event: Event) -> None:
        if isinstance(event, SyncReport):
            reports.append(event)
        elif isinstance(event, Failed):
            failures.append(event)

    task = asyncio.create_task(job.run(receive))
    await until(lambda: len(reports) == 1)
    (folder / "b.md").write_bytes(post("B"))
    await until(lambda: len(reports) == 2)
    assert (reports[1].total, reports[1].new) == (2, 1)
    job.send("sync")
    await until(lambda: len(reports) == 3)
    assert reports[2].new == 0
    folder.rename(folder.with_name("away"))
    await until(lambda: failures)
    await asyncio.sleep(1.5)
    assert len(failures) == 1
    folder.with_name("away").rename(folder)
    await until(lambda: len(reports) == 4)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("kind", ["git", "folder"])
async def test_image_is_in_our_file_when_its_event_arrives(
    host: GitHost, folder: Path, kind: str
) -> None:
    source = host.url("blog.git") if kind == "git" else str(folder)
    await events_of(job_of(source, "sync"))
    job = job_of(source, "images")
    answers: list[Event] = []
    task = asyncio.create_task(job.run(answers.append))
    job.send("/images/a.png")
    job.send("/images/none.png")
    await until(lambda: len(answers) == 2)
    if kind == "git":
        host.stop()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert answers == [
        FetchResult("/images/a.png"),
        FetchResult("/images/none.png", "missing on the site"),
    ]
    with Library(Config(), locate(), source) as library:
        status = library.images.look_up(["/images/a.png"])["/images/a.png"]
        assert library.images._file.get(status.blob) == pictures.png((8, 4))


async def test_image_without_a_network_is_not_reachable(host: GitHost) -> None:
    await events_of(job_of(host.url("blog.git"), "sync"))
    job = job_of(host.url("blog.git"), "images")
    host.stop()
    answers: list[Event] = []
    task = asyncio.create_task(job.run(answers.append))
    job.send("/images/a.png")
    await until(lambda: answers)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    [answer] = answers
    assert isinstance(answer, FetchResult)
    assert not answer.reachable
    assert not answer.final
