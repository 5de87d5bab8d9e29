"""The list as a tree of groups and entries: its rows, and steps between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xsfreader.model import specification_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from xsfreader.model import Entry, Group


class Node:
    """A group of the list; its contents are read when it first opens."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self.open = False
        self.groups: list[Node] | None = None
        self.entries: list[Entry] | None = None


class Row(NamedTuple):
    """A row of the list: a group's heading, an entry, or the specification of a XEP."""

    depth: int
    node: Node | None = None
    entry: Entry | None = None
    parent: Node | None = None
    specification: str = ""
    """Id of a specification to open; empty for other rows."""
    label: str = "The specification"
    """What the row of a specification shows."""

    @property
    def key(self) -> str:
        """Identifies what is in the row when the list is read again."""
        if self.specification:
            return self.specification
        if self.entry is not None:
            return self.entry.permalink
        return f"group:{self.node.group.key}" if self.node else ""


def _holds(group: Group, unread: bool) -> bool:  # noqa: FBT001
    """Whether a step finds a post in a group."""
    return bool(group.unread if unread else group.total)


class PostTree:
    """Groups, open or closed, and the resulting rows."""

    def __init__(
        self,
        load_groups: Callable[[str | None], list[Group]],
        load_entries: Callable[[str | None], list[Entry]],
        *,
        flat: bool = False,
        specifications: bool = False,
    ) -> None:
        """Take the functions that read groups and entries; a ``flat`` list has no groups.

        With ``specifications`` each group is a XEP and begins with its specification, which
        stands alone where no post mentions it.
        """
        self.load_groups = load_groups
        self.load_entries = load_entries
        self.flat = flat
        self.specifications = specifications
        self.rows: list[Row] = []
        self.roots: list[Node] = []
        self.ungrouped: list[Entry] = []
        """The entries of a flat list."""

    def load(self, opened: frozenset[str] = frozenset()) -> None:
        """Read the list again; groups whose keys are in ``opened`` are open."""
        if self.flat:
            self.ungrouped = self.load_entries(None)
        else:
            self.roots = [Node(group) for group in self.load_groups(None)]
            self._open_all(self.roots, opened)
        self._flatten()

    def _open_all(self, nodes: list[Node], opened: frozenset[str]) -> None:
        for node in nodes:
            if node.group.key in opened:
                self._open(node)
                self._open_all(node.groups or [], opened)

    def _open(self, node: Node) -> None:
        node.open = True
        if node.group.has_groups:
            if node.groups is None:
                node.groups = [Node(group) for group in self.load_groups(node.group.key)]
        elif node.entries is None:
            node.entries = self.load_entries(node.group.key)

    @property
    def opened(self) -> frozenset[str]:
        """Keys of the groups that are open."""
        return frozenset(row.node.group.key for row in self.rows if row.node and row.node.open)

    def toggle(self, node: Node, *, to: bool | None = None) -> None:
        """Open or close a group."""
        if (not node.open) if to is None else to:
            self._open(node)
        else:
            node.open = False
        self._flatten()

    def reveal(self, keys: tuple[str, ...], permalink: str) -> int | None:
        """Open the groups with these keys, outermost first, and return the row of a post."""
        nodes = self.roots
        for key in keys:
            node = next((node for node in nodes if node.group.key == key), None)
            if node is None:
                break
            self._open(node)
            nodes = node.groups or []
        self._flatten()
        return self.index(permalink)

    def index(self, key: str) -> int | None:
        """Return the row of a group or post, the first one of a post in several groups."""
        return next((i for i, row in enumerate(self.rows) if row.key == key), None)

    def step(self, start: int, direction: int, *, unread: bool = False) -> int | None:
        """Return the row of the next post from row ``start``, opening groups on the way.

        Downwards, a closed group at ``start`` is opened as well. ``unread`` skips read posts and
        groups without unread ones. None if there is no such post in that direction.
        """
        on_fold = direction > 0 and 0 <= start < len(self.rows) and self.rows[start].node
        at = start if on_fold else start + direction
        while 0 <= at < len(self.rows):
            row = self.rows[at]
            if row.entry is not None:
                if not (unread and row.entry.read):
                    return at
            elif row.node is not None and not row.node.open and _holds(row.node.group, unread):
                held = len(self.rows)
                self.toggle(row.node, to=True)
                if direction < 0:
                    at += len(self.rows) - held
                    continue
            at += direction
        return None

    # Marks

    def replace(self, permalinks: frozenset[str], change: Callable[[Entry], Entry]) -> None:
        """Change entries in place after a mark was set."""

        def renew(entries: list[Entry]) -> list[Entry]:
            return [change(e) if e.permalink in permalinks else e for e in entries]

        def visit(node: Node) -> None:
            for child in node.groups or []:
                visit(child)
            if node.entries is not None:
                node.entries = renew(node.entries)

        for node in self.roots:
            visit(node)
        self.ungrouped = renew(self.ungrouped)
        self._flatten()

    def refresh_counts(self) -> None:
        """Read the counts of the groups again; open groups stay open."""

        def renew(nodes: list[Node], parent: str | None) -> None:
            fresh = {group.key: group for group in self.load_groups(parent)}
            for node in nodes:
                node.group = fresh.get(node.group.key, node.group)
                if node.groups is not None:
                    renew(node.groups, node.group.key)

        if not self.flat:
            renew(self.roots, None)

    def _flatten(self) -> None:
        rows: list[Row] = []

        def add(node: Node, parent: Node | None) -> None:
            group = node.group
            item_id = ""
            if self.specifications and not group.has_groups:
                item_id = specification_id(int(group.key))
                if not group.total:
                    row = Row(group.depth, parent=parent, specification=item_id)
                    rows.append(row._replace(label=f"  {group.label}"))
                    return
            rows.append(Row(group.depth, node=node, parent=parent))
            if node.open:
                for child in node.groups or []:
                    add(child, node)
                depth = group.depth + 1
                if item_id:
                    rows.append(Row(depth, parent=node, specification=item_id))
                rows.extend(Row(depth, entry=entry, parent=node) for entry in node.entries or [])

        for node in self.roots:
            add(node, None)
        rows.extend(Row(0, entry=entry) for entry in self.ungrouped)
        self.rows = rows
