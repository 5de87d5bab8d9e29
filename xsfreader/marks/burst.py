"""One burst: read what other machines published, merge it, publish what no item has yet.

Whatever fails, at whatever step: the state is whole, since marks are only merged into it, and
what did not reach the server is simply what the next burst finds lacking.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from xsfreader.errors import UpstreamError
from xsfreader.log import log
from xsfreader.marks.items import can_travel, device_of, from_xml, item_of, recent_item, to_xml
from xsfreader.reports import MarksReport
from xsfreader.store.merging_marks import TimedMarks, merge_into

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from xml.etree.ElementTree import Element

CONFIGURATION = MappingProxyType(
    {
        "pubsub#access_model": "whitelist",
        "pubsub#persist_items": "1",
        "pubsub#max_items": "max",
        "pubsub#send_last_published_item": "never",
    }
)
"""Of the node. Servers default to one item, which all contacts may read."""
MOST_ITEMS = 200
"""Above that, the machine that has been silent for longest loses its items, not its marks: a
server may keep no more than 256."""
_ENOUGH_ITEMS = 256
FUTURE_MILLISECONDS = 366 * 24 * 60 * 60 * 1000
"""How far ahead the clock of another machine may be."""
MOST_RECENT = 16
"""Posts in the small item of a machine; more are moved to the other items, in larger stanzas."""


class PreconditionError(Exception):
    """The node isn't configured as the publisher demands."""


class Server(Protocol):
    """What a burst asks a server for; each call is one stanza and its answer.

    Raises XsfreaderError where something is refused, or no answer comes.
    """

    async def read(self) -> tuple[Mapping[str, str] | None, Mapping[str, Element]]:
        """Return the configuration of the node, None if there is none, and its items by id."""

    async def create(self, configuration: Mapping[str, str]) -> None:
        """Create the node; fine if another machine has just done so."""

    async def configure(self, configuration: Mapping[str, str]) -> None:
        """Change the configuration of the node."""

    async def publish(self, item: str, content: Element) -> None:
        """Write an item, if the node is private and keeps items. Raises PreconditionError."""

    async def retract(self, item: str) -> None:
        """Remove an item; one that is gone already is fine."""


class State(Protocol):
    """The reader's state, as far as a burst needs it."""

    def timed_marks(self) -> dict[str, TimedMarks]:
        """Return all marks, by permalink."""

    def lower_times(self, latest: int, to: int) -> None:
        """Set the times later than one to another."""

    def merge_timed_marks(self, marks: Iterable[TimedMarks]) -> int:
        """Merge marks; return how many posts changed."""


async def burst(server: Server, state: State, device: str, now: int) -> MarksReport:
    """Bring a machine's state and the server's node to the same marks.

    ``now`` is in milliseconds since 1970. It is about right, as the certificate of the server
    is valid; so marks from long after it were made by a clock that was wrong for a while. They
    are as good as others of today.
    """
    configuration, contents_found = await server.read()
    if configuration is None:
        await server.create(CONFIGURATION)
    elif not _is_right(configuration):
        await server.configure(CONFIGURATION)
    latest = now + FUTURE_MILLISECONDS
    state.lower_times(latest, now)
    items = _read(contents_found, latest)
    received = state.merge_timed_marks(each for marks in items.values() for each in marks.values())
    stale = _stale(items, device)
    published: dict[str, TimedMarks] = {}
    for item, marks in items.items():
        if item not in stale:
            merge_into(published, marks.values())
    known = state.timed_marks()
    lacking = {key: each for key, each in known.items() if _is_lacking(each, published)}
    contents: dict[str, dict[str, TimedMarks]] = {}
    recent = recent_item(device)
    if lacking:
        new = _current(items.get(recent, {}), known) | lacking
        if len(new) <= MOST_RECENT:
            contents[recent] = new
        else:
            for key, each in new.items():
                item = item_of(device, key)
                held = items.get(item, {})
                contents.setdefault(item, _current(held, known))[key] = each
            stale |= items.keys() & {recent}
    for item in sorted(contents):
        await _publish(server, item, to_xml(contents[item].values()))
    for item in sorted(stale):
        await server.retract(item)
    return MarksReport(received, len(lacking))


def _is_right(found: Mapping[str, str]) -> bool:
    """Compare a configuration; a server may show its maximum as a number, and lack a field."""
    for name, wanted in CONFIGURATION.items():
        value = found.get(name, wanted)
        if name == "pubsub#max_items" and value.isdecimal() and int(value) >= _ENOUGH_ITEMS:
            continue
        if value not in ((wanted, "true") if wanted == "1" else (wanted,)):
            return False
    return True


async def _publish(server: Server, item: str, content: Element) -> None:
    try:
        await server.publish(item, content)
    except PreconditionError:
        await server.configure(CONFIGURATION)
        try:
            await server.publish(item, content)
        except PreconditionError:
            raise UpstreamError("the server doesn't keep the node for marks private") from None


def _read(items: Mapping[str, Element], latest: int) -> dict[str, dict[str, TimedMarks]]:
    """Read the items that are as we write them; others stay as they are."""
    read = {}
    for item, content in items.items():
        if device_of(item) is None:
            continue
        try:
            read[item] = from_xml(content, latest)
        except ValueError as error:
            log().info("marks: item %s ignored: %s", item, error)
    return read


def _is_lacking(known: TimedMarks, published: Mapping[str, TimedMarks]) -> bool:
    before = published.get(known.permalink, TimedMarks(known.permalink))
    return before.merged(known) != before and can_travel(known.permalink)


def _current(
    held: Mapping[str, TimedMarks], known: Mapping[str, TimedMarks]
) -> dict[str, TimedMarks]:
    """Return the marks of an item as they are known now."""
    return {key: known.get(key, each) for key, each in held.items()}


def _stale(items: Mapping[str, Mapping[str, TimedMarks]], device: str) -> set[str]:
    """Return the items to take over, of as few machines as needed.

    The stalest machine takes over none: so no two machines remove each other's items.
    """
    newest: dict[str, int] = {}
    for item, marks in items.items():
        owner = device_of(item) or ""
        times = [max(m.read_at, m.starred_at, m.place_at) for m in marks.values()]
        newest[owner] = max([newest.get(owner, 0), *times])
    stale: set[str] = set()
    for owner in sorted(newest, key=lambda each: (newest[each], each)):
        if len(items) - len(stale) <= MOST_ITEMS or owner == device:
            break
        stale |= {item for item in items if device_of(item) == owner}
    return stale
