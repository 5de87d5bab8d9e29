"""The list's folds and entries as a tree, read from the library only as far as it is seen.

No screen in here: rows, and which of them the cursor goes to next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from xsfreader.model import Entry, Fold

    Load = Callable[[str | None, Entry | None, int], list[Entry]]
    """Reads entries: below which key, behind which other, at most how many, -1 for all."""

STRETCH = 300
"""Entries read at once; the others come when the cursor nears them."""
MARGIN = 100
"""How near that is, in rows."""


class Shelf:
    """Entries below one heading, the first of them read, the others to come."""

    def __init__(self, load: Load, key: str | None) -> None:
        self._load = load
        self._key = key
        self.entries: list[Entry] = []
        self.whole = False
        """Whether there are no others."""

    def more(self, least: int = 0) -> None:
        """Read the next stretch, longer where so many are asked for; -1 reads all."""
        after = self.entries[-1] if self.entries else None
        # Each as long as all before it: what is walked to its end is read in a few.
        limit = max(least, STRETCH, len(self.entries)) if least >= 0 else -1
        found = self._load(self._key, after, limit)
        self.entries.extend(found)
        self.whole = limit < 0 or len(found) < limit


class Node:
    """A fold of the list; what lies below is read when it first opens."""

    def __init__(self, fold: Fold) -> None:
        self.fold = fold
        self.open = False
        self.folds: list[Node] | None = None
        self.shelf: Shelf | None = None


class Row(NamedTuple):
    """A row of the list: a fold's heading, or an entry."""

    depth: int
    node: Node | None = None
    entry: Entry | None = None
    parent: Node | None = None

    @property
    def key(self) -> str:
        """The same for the same fold or post, whatever stands around it."""
        if self.entry is not None:
            return self.entry.permalink
        return f"fold:{self.node.fold.key}" if self.node else ""


def _holds(fold: Fold, unread: bool) -> bool:  # noqa: FBT001
    """Whether a step finds something in it."""
    return bool(fold.unread if unread else fold.total)


class PostTree:
    """Folds, open or closed, and the rows that this makes."""

    def __init__(
        self,
        load_folds: Callable[[str | None], list[Fold]],
        load_entries: Load,
        *,
        flat: bool = False,
    ) -> None:
        """Take what reads folds and entries; ``flat`` has no folds, every entry is a row."""
        self.load_folds = load_folds
        self.load_entries = load_entries
        self.flat = flat
        self.rows: list[Row] = []
        self.roots: list[Node] = []
        self.loose = Shelf(load_entries, None)
        """The entries of a flat list."""
        self._ends: dict[int, Shelf] = {}
        """Rows behind which there are more entries to read."""

    def load(self, opened: frozenset[str] = frozenset()) -> None:
        """Read anew, as far as it was read; folds whose keys are in ``opened`` open."""
        held = {row.node.fold.key: row.node.shelf for row in self.rows if row.node}
        lengths = {key: len(shelf.entries) for key, shelf in held.items() if shelf}
        loose, self.loose = self.loose, Shelf(self.load_entries, None)
        self.roots = []
        if self.flat:
            self.loose.more(len(loose.entries))
        else:
            self.roots = [Node(fold) for fold in self.load_folds(None)]
            self._open_all(self.roots, opened, lengths)
        self._flatten()

    def _open_all(self, nodes: list[Node], opened: frozenset[str], lengths: dict[str, int]) -> None:
        for node in nodes:
            if node.fold.key in opened:
                self._open(node, lengths.get(node.fold.key, 0))
                self._open_all(node.folds or [], opened, lengths)

    def _open(self, node: Node, least: int = 0) -> None:
        node.open = True
        if node.fold.folds:
            if node.folds is None:
                node.folds = [Node(fold) for fold in self.load_folds(node.fold.key)]
        elif node.shelf is None:
            node.shelf = Shelf(self.load_entries, node.fold.key)
            node.shelf.more(least)

    @property
    def opened(self) -> frozenset[str]:
        """Keys of the folds that are open."""
        return frozenset(row.node.fold.key for row in self.rows if row.node and row.node.open)

    def toggle(self, node: Node, *, to: bool | None = None) -> None:
        """Open the fold, or close it."""
        if (not node.open) if to is None else to:
            self._open(node)
        else:
            node.open = False
        self._flatten()

    def reveal(self, keys: tuple[str, ...], permalink: str) -> int | None:
        """Open the folds of these keys, outermost first, and find the row of a post there."""
        nodes, shelf = self.roots, self.loose if self.flat else None
        for key in keys:
            node = next((node for node in nodes if node.fold.key == key), None)
            if node is None:
                break
            self._open(node)
            nodes, shelf = node.folds or [], node.shelf
        self._flatten()
        found = self.index(permalink)
        if found is None and shelf is not None and not shelf.whole:
            self._extend(shelf, -1)
            found = self.index(permalink)
        return found

    def index(self, key: str) -> int | None:
        """Find the row of that fold or post, the first where a post stands under several."""
        return next((i for i, row in enumerate(self.rows) if row.key == key), None)

    def step(self, start: int, direction: int, *, unread: bool = False) -> int | None:
        """Find the next post from row ``start``, opening folds on the way.

        A closed fold at ``start`` is on the way down; a post there is not looked for.
        ``unread`` passes over posts that are read and folds without an unread one.
        None where there is no such post in that direction.
        """
        on_fold = direction > 0 and 0 <= start < len(self.rows) and self.rows[start].node
        at = start if on_fold else start + direction
        while True:
            if direction > 0 and at > start and (shelf := self._ends.get(at - 1)) is not None:
                self._extend(shelf)
            elif direction < 0 and (shelf := self._ends.get(at)) is not None:
                at += self._extend(shelf, -1)
            if not 0 <= at < len(self.rows):
                return None
            row = self.rows[at]
            if row.entry is not None:
                if not (unread and row.entry.read):
                    return at
            elif row.node is not None and not row.node.open and _holds(row.node.fold, unread):
                held = len(self.rows)
                self.toggle(row.node, to=True)
                if direction < 0:
                    at += len(self.rows) - held
                    continue
            at += direction

    # What is read as it is needed

    def _extend(self, shelf: Shelf, least: int = 0) -> int:
        """Read on; gives how many rows came."""
        held = len(shelf.entries)
        shelf.more(least)
        self._flatten()
        return len(shelf.entries) - held

    def read_above(self, row: int) -> int:
        """Read all entries that belong above a row; gives how many came."""
        came = 0
        while (end := min(self._ends, default=row + came)) < row + came:
            came += self._extend(self._ends[end], -1)
        return came

    def read_on(self, first: int, last: int) -> None:
        """Read what lies just behind these rows."""
        while near := [end for end in self._ends if first <= end < last + MARGIN]:
            self._extend(self._ends[min(near)])

    def read_to_the_end(self) -> None:
        """Read what lies behind the last row."""
        if (shelf := self._ends.get(len(self.rows) - 1)) is not None:
            self._extend(shelf, -1)

    # Marks

    def replace(self, permalinks: frozenset[str], change: Callable[[Entry], Entry]) -> None:
        """Change entries in place (a mark was set), and the unread counts above them."""

        def visit(node: Node) -> None:
            for child in node.folds or []:
                visit(child)
            if node.shelf is not None:
                renew(node.shelf)

        def renew(shelf: Shelf) -> None:
            shelf.entries = [change(e) if e.permalink in permalinks else e for e in shelf.entries]

        for node in self.roots:
            visit(node)
        renew(self.loose)
        self._flatten()

    def refresh_counts(self) -> None:
        """Read the folds' counts anew, leaving open what is open."""

        def renew(nodes: list[Node], parent: str | None) -> None:
            fresh = {fold.key: fold for fold in self.load_folds(parent)}
            for node in nodes:
                node.fold = fresh.get(node.fold.key, node.fold)
                if node.folds is not None:
                    renew(node.folds, node.fold.key)

        if not self.flat:
            renew(self.roots, None)

    def _flatten(self) -> None:
        rows: list[Row] = []
        ends: dict[int, Shelf] = {}

        def add_entries(shelf: Shelf, depth: int, parent: Node | None) -> None:
            rows.extend(Row(depth, entry=entry, parent=parent) for entry in shelf.entries)
            if shelf.entries and not shelf.whole:
                ends[len(rows) - 1] = shelf

        def add(node: Node, parent: Node | None) -> None:
            rows.append(Row(node.fold.depth, node=node, parent=parent))
            if node.open:
                for child in node.folds or []:
                    add(child, node)
                if node.shelf is not None:
                    add_entries(node.shelf, node.fold.depth + 1, node)

        for node in self.roots:
            add(node, None)
        add_entries(self.loose, 0, None)
        self.rows, self._ends = rows, ends
