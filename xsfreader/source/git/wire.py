"""Git's wire protocol over HTTP, as a client that only reads: version 2, and 0 where it must.

The framing is a few lines and is all that a sync with nothing new needs, so nothing of dulwich
is loaded for it. https://git-scm.com/docs/protocol-v2 is the source of the rules.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from xsfreader import __version__
from xsfreader.errors import UpstreamError
from xsfreader.source.names import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from xsfreader.source.web.transport import Transport

AGENT: Final = f"agent=xsfreader/{__version__}"
SERVICE: Final = "application/x-git-upload-pack"


class Mark(Enum):
    """Packets that carry no data."""

    FLUSH = 0
    DELIMITER = 1
    END = 2


def frame(*lines: str | Mark) -> bytes:
    """Packets as they go to a server."""
    return b"".join(
        f"{line.value:04x}".encode()
        if isinstance(line, Mark)
        else f"{len(line.encode()) + 5:04x}{line}\n".encode()
        for line in lines
    )


def packets(chunks: Iterable[bytes]) -> Iterator[bytes | Mark]:
    """Packets as they come from a server.

    Raises:
        UpstreamError: What comes is no sequence of packets, or ends within one.
    """
    held = b""
    for chunk in chunks:
        held += chunk
        at = 0
        while len(held) - at >= 4:
            size = _length(held[at : at + 4])
            if size < 4:
                yield Mark(size)
                at += 4
            elif len(held) - at < size:
                break
            else:
                yield held[at + 4 : at + size]
                at += size
        held = held[at:]
    if held:
        raise UpstreamError("the server's answer ends in the middle: try again")


def _length(prefix: bytes) -> int:
    if not re.fullmatch(rb"[0-9a-fA-F]{4}", prefix) or (size := int(prefix, 16)) == 3:
        raise UpstreamError("the server's answer is not Git's: check the address")
    return size


def is_id(text: str) -> bool:
    """Whether the text is an object's id (SHA-1 in hex)."""
    return re.fullmatch(r"[0-9a-f]{40}", text) is not None


class Advertisement(NamedTuple):
    """What a server says it can do, before anything is asked."""

    version: int
    """0 or 2."""
    capabilities: Mapping[str, str]
    """Name to value, empty for those without one."""
    refs: Mapping[str, str]
    """Name to commit in version 0, where the server lists all of them; empty in version 2."""

    @property
    def features(self) -> frozenset[str]:
        """What may be asked of a fetch: ``shallow``, ``filter`` and the like."""
        if self.version == 2:
            return frozenset(self.capabilities.get("fetch", "").split())
        return frozenset(self.capabilities)


def greet(transport: Transport) -> Advertisement:
    """Ask a server what it can do.

    Raises:
        SourceError: No answer, or that of something else than a Git server we understand.
    """
    chunks = transport.get(
        "info/refs?service=git-upload-pack",
        headers={"Git-Protocol": "version=2"},
        kind=SERVICE + "-advertisement",
    )
    lines = [_line(p) for p in packets(chunks) if not isinstance(p, Mark)]
    if lines and lines[0].startswith("# service="):
        del lines[0]
    if lines and lines[0] == "version 2":
        advertisement = Advertisement(2, _capabilities(lines[1:]), {})
    else:
        advertisement = _advertisement_v0(lines)
    if advertisement.capabilities.get("object-format", "sha1") != "sha1":
        raise UpstreamError(f"{transport.address} uses SHA-256, which is not supported")
    return advertisement


def _capabilities(lines: Iterable[str]) -> dict[str, str]:
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def _advertisement_v0(lines: Sequence[str]) -> Advertisement:
    if not lines or "\0" not in lines[0]:
        raise UpstreamError("the server speaks a version of Git's protocol that is not supported")
    first, _, words = lines[0].partition("\0")
    capabilities = _capabilities(words.split())
    if "side-band-64k" not in capabilities:
        raise UpstreamError("the server is too old: it can't send errors beside data")
    refs = {}
    for line in (first, *lines[1:]):
        commit, _, name = line.partition(" ")
        if is_id(commit):
            refs[name] = commit
    return Advertisement(0, capabilities, refs)


def find_commit(
    transport: Transport, advertisement: Advertisement, branch: str | None
) -> str | None:
    """The newest commit of a branch, None where there is no such branch.

    Args:
        transport: How to reach the server.
        advertisement: What it said when it was greeted.
        branch: None for the default branch.
    """
    name = "HEAD" if branch is None else "refs/heads/" + branch.removeprefix("refs/heads/")
    if advertisement.version != 2:
        return advertisement.refs.get(name)
    asked = frame("command=ls-refs", AGENT, Mark.DELIMITER, f"ref-prefix {name}", Mark.FLUSH)
    for packet in _ask(transport, asked, advertisement):
        if not isinstance(packet, Mark):
            commit, _, ref = _line(packet).partition(" ")
            if ref == name and is_id(commit):
                return commit
    return None


def fetch(
    transport: Transport,
    advertisement: Advertisement,
    ids: Sequence[str],
    *,
    commit: bool = False,
    trees_only: bool = False,
) -> Iterator[bytes]:
    """Ask for objects and yield the pack that comes, piece by piece.

    Args:
        transport: How to reach the server.
        advertisement: What it said when it was greeted.
        ids: What to bring.
        commit: They are commits: bring them at depth 1, with trees and files.
        trees_only: Leave the files of the commit out, where the server can.

    Raises:
        SourceError: No answer, or the server refuses.
    """
    asked = [f"want {name}" for name in ids]
    options = ["deepen 1"] if commit and "shallow" in advertisement.features else []
    if trees_only:
        options.append("filter blob:none")
    if advertisement.version == 2:
        body = frame(
            "command=fetch",
            AGENT,
            Mark.DELIMITER,
            "ofs-delta",
            "no-progress",
            *asked,
            *options,
            "done",
            Mark.FLUSH,
        )
        answer = _ask(transport, body, advertisement)
        for packet in answer:
            if packet == b"packfile\n":
                return _unbanded(answer)
    else:
        asked[0] += f" side-band-64k ofs-delta no-progress {AGENT}"
        answer = _ask(transport, frame(*asked, *options, Mark.FLUSH, "done"), advertisement)
        for packet in answer:
            if packet == b"NAK\n":
                return _unbanded(answer)
    raise UpstreamError("the server sends nothing of what was asked for: try again later")


def _ask(transport: Transport, body: bytes, advertisement: Advertisement) -> Iterator[bytes | Mark]:
    chunks = transport.post(
        "git-upload-pack",
        body,
        headers={
            "Content-Type": SERVICE + "-request",
            **({"Git-Protocol": "version=2"} if advertisement.version == 2 else {}),
        },
        kind=SERVICE + "-result",
    )
    for packet in packets(chunks):
        if not isinstance(packet, Mark) and packet.startswith(b"ERR "):
            raise UpstreamError(f"the server refuses: {_line(packet[4:])}")
        yield packet


def _unbanded(answer: Iterator[bytes | Mark]) -> Iterator[bytes]:
    """The data of a multiplexed answer; narration is dropped, an error raised."""
    for packet in answer:
        if isinstance(packet, Mark):
            return
        if packet[:1] == b"\x01":
            yield packet[1:]
        elif packet[:1] == b"\x03":
            raise UpstreamError(f"the server gave up: {_line(packet[1:])}")


def _line(packet: bytes) -> str:
    """A packet as text; what a person may see of it has no control characters but NUL."""
    text = packet.rstrip(b"\n")
    return "\0".join(printable(part) for part in text.split(b"\0"))
