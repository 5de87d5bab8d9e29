"""Find what code uses of Textual, Rich and textual-image that these do not promise."""

from __future__ import annotations

import ast
import functools
import importlib
import importlib.util
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PACKAGES = ("textual", "rich", "textual_image")
PUBLIC = frozenset({"_asdict", "_replace", "_fields", "_make"})
"""Of named tuples."""


def is_private(name: str) -> bool:
    """Whether a name is private by its underscore."""
    return name.startswith("_") and not name.startswith("__") and len(name) > 1


def is_self(node: ast.expr) -> bool:
    """Whether it is ``self``, ``cls`` or ``super()``."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "super"
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def defined_in(tree: ast.AST) -> Iterator[str]:
    """Find the private names that a module or class defines: its own, and those of ``self``."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            name = node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            name = node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            name = node.attr if is_self(node.value) else ""
        else:
            continue
        if is_private(name):
            yield name


@functools.cache
def foreign_names() -> frozenset[str]:
    """Collect the private names of all that the packages define."""
    names: set[str] = set()
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        for file in Path(spec.origin).parent.rglob("*.py"):
            names.update(defined_in(ast.parse(file.read_text(encoding="utf-8"))))
            names.update(name for name in (file.stem,) if is_private(name))
    return frozenset(names) - PUBLIC


class _Bases:
    """What the classes of a project inherit: from its own classes, and from the packages."""

    def __init__(self, trees: Iterable[ast.Module]) -> None:
        self._bases: dict[str, list[str]] = {}
        self._own: dict[str, set[str]] = defaultdict(set)
        self._imported: dict[str, str] = {}
        for tree in trees:
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    for name in node.names:
                        self._imported[name.asname or name.name] = f"{node.module}.{name.name}"
                elif isinstance(node, ast.ClassDef):
                    bases = [b.value if isinstance(b, ast.Subscript) else b for b in node.bases]
                    self._bases[node.name] = [b.id for b in bases if isinstance(b, ast.Name)]
                    self._own[node.name] |= set(defined_in(node))

    def own(self, name: str) -> set[str]:
        """Collect the private names that a class and those it derives from define here."""
        inherited = (self.own(base) for base in self._bases.get(name, ()))
        return set.union(self._own.get(name, set()), *inherited)

    def found_in_bases(self, name: str) -> set[str]:
        """Collect what a class inherits of ours that its base already uses or hides."""
        bases = [base for base in self._bases.get(name, ()) if base in self._bases]
        found = set().union(*(self.own(base) & self.foreign(base) for base in bases))
        return found - self._own.get(name, set())

    def foreign(self, name: str) -> set[str]:
        """Collect the private names that a class inherits from the packages."""
        if name in self._bases:
            return set().union(*(self.foreign(base) for base in self._bases[name]))
        module, _, attribute = self._imported.get(name, "").rpartition(".")
        if module.partition(".")[0] not in PACKAGES:
            return set()
        kind = getattr(importlib.import_module(module), attribute)
        names = {each for each in dir(kind) if is_private(each)}
        for each in getattr(kind, "__mro__", ()):
            if each.__module__.partition(".")[0] in PACKAGES:
                names |= _assigned(each.__module__, each.__name__)
        return names - PUBLIC


@functools.cache
def _assigned(module: str, name: str) -> frozenset[str]:
    """Collect the private names that a class of the packages defines in its source."""
    file = importlib.import_module(module).__file__
    assert file is not None
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    found = (n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == name)
    return frozenset().union(*(defined_in(node) for node in found))


def private_uses(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """Find the private names in use, by name the files that use them.

    They are read or called, overridden or hidden by a name of ours, named in a string, or
    imported.
    """
    trees = {file: ast.parse(source) for file, source in sources.items()}
    bases = _Bases(trees.values())
    used: dict[str, set[str]] = defaultdict(set)
    for file, tree in trees.items():
        in_file = set(defined_in(tree))
        for name in _uses_outside_classes(tree, in_file):
            used[name].add(file)
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                own, foreign = bases.own(node.name), bases.foreign(node.name)
                touched = {n.attr for n in ast.walk(node)
                           if isinstance(n, ast.Attribute) and is_self(n.value)}  # fmt: skip
                own -= bases.found_in_bases(node.name) - touched
                for name in (own | touched) & foreign | (touched - own) & foreign_names():
                    used[name].add(file)
    return dict(used)


def _uses_outside_classes(tree: ast.Module, in_file: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not is_self(node.value):
            standard = isinstance(node.value, ast.Name) and node.value.id in sys.stdlib_module_names
            if node.attr in foreign_names() and node.attr not in in_file and not standard:
                yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if is_private(node.value) and node.value in foreign_names():
                yield node.value
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if _is_private_path(name.name))
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            paths = [f"{node.module}.{name.name}" for name in node.names]
            if _is_private_path(node.module):
                yield node.module
            else:
                yield from filter(_is_private_path, paths)


def _is_private_path(path: str) -> bool:
    parts = path.split(".")
    return parts[0] in PACKAGES and any(map(is_private, parts))


def patches(sources: Mapping[str, str], ours: str) -> Iterator[str]:
    """Find assignments into modules and classes that are not ours."""
    for file, source in sources.items():
        tree = ast.parse(source)
        foreign = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] != ours:
                foreign |= {name.asname or name.name for name in node.names}
            elif isinstance(node, ast.Import):
                foreign |= {name.asname or name.name.split(".")[0] for name in node.names}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                changed: ast.expr | None = node.value
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                changes = node.func.id in ("setattr", "delattr") and node.args
                changed = node.args[0] if changes else None
            else:
                continue
            while isinstance(changed, ast.Attribute):
                changed = changed.value
            if isinstance(changed, ast.Name) and changed.id in foreign:
                yield f"{file}: {ast.unparse(node)}"
