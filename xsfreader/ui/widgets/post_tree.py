"""The list's folds and entries as a tree, whose folds are read when they first open.

No screen in here: rows, and which of them the cursor goes to next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from xsfreader.model import Entry, Fold


class Node:
    """A fold of the list; what lies below is read when it first opens."""

    def __init__(self, fold: Fold) -> None:
        self.fold = fold
        self.open = False
        self.folds: list[Node] | None = None
        self.entries: list[Entry] | None = None


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
        load_entries: Callable[[str | None], list[Entry]],
        *,
        flat: bool = False,
    ) -> None:
        """Take what reads folds and entries; ``flat`` has no folds, every entry is a row."""
        self.load_folds = load_folds
        self.load_entries = load_entries
        self.flat = flat
        self.rows: list[Row] = []
        self.roots: list[Node] = []
        self.ungrouped: list[Entry] = []
        """The entries of a flat list."""

    def load(self, opened: frozenset[str] = frozenset()) -> None:
        """Read the list again; folds whose keys are in ``opened`` are open."""
        if self.flat:
            self.ungrouped = self.load_entries(None)
        else:
            self.roots = [Node(fold) for fold in self.load_folds(None)]
            self._open_all(self.roots, opened)
        self._flatten()

    def _open_all(self, nodes: list[Node], opened: frozenset[str]) -> None:
        for node in nodes:
            if node.fold.key in opened:
                self._open(node)
                self._open_all(node.folds or [], opened)

    def _open(self, node: Node) -> None:
        node.open = True
        if node.fold.folds:
            if node.folds is None:
                node.folds = [Node(fold) for fold in self.load_folds(node.fold.key)]
        elif node.entries is None:
            node.entries = self.load_entries(node.fold.key)

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
        nodes = self.roots
        for key in keys:
            node = next((node for node in nodes if node.fold.key == key), None)
            if node is None:
                break
            self._open(node)
            nodes = node.folds or []
        self._flatten()
        return self.index(permalink)

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
        while 0 <= at < len(self.rows):
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
        return None

    # Marks

    def replace(self, permalinks: frozenset[str], change: Callable[[Entry], Entry]) -> None:
        """Change entries in place, as a mark was set."""

        def renew(entries: list[Entry]) -> list[Entry]:
            return [change(e) if e.permalink in permalinks else e for e in entries]

        def visit(node: Node) -> None:
            for child in node.folds or []:
                visit(child)
            if node.entries is not None:
                node.entries = renew(node.entries)

        for node in self.roots:
            visit(node)
        self.ungrouped = renew(self.ungrouped)
        self._flatten()

    def refresh_counts(self) -> None:
        """Read the folds' counts again, leaving open what is open."""

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

        def add(node: Node, parent: Node | None) -> None:
            rows.append(Row(node.fold.depth, node=node, parent=parent))
            if node.open:
                for child in node.folds or []:
                    add(child, node)
                depth = node.fold.depth + 1
                rows.extend(Row(depth, entry=entry, parent=node) for entry in node.entries or [])

        for node in self.roots:
            add(node, None)
        rows.extend(Row(0, entry=entry) for entry in self.ungrouped)
        self.rows = rows
