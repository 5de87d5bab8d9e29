"""``dataclass`` for what is passed between layers, made faster than the library's own.

Every start makes some fifty of these classes, and a post is made of thousands of their
instances. Of a frozen class with slots the library compiles six methods, and ``__init__`` sets
attributes the slow way. Here ``__init__`` alone is compiled, and all classes share the others.
That nothing sets an attribute afterwards is left to the type checker, which takes this for the
library's own.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - to be had from here

    from _typeshed import DataclassInstance


def _made(*, slots: bool, frozen: bool = False) -> Callable[[type], type]:
    """Make a class as the library's decorator does with the same options."""

    def make(cls: type) -> type:
        if not frozen:
            return dataclasses.dataclass(slots=slots)(cls)
        own = cls.__dict__
        made: type = dataclasses.dataclass(slots=slots, eq=False, repr=False)(cls)
        for name, method in _SHARED.items():
            if name not in own:
                setattr(made, name, method)
        return made

    return make


def _values(record: DataclassInstance) -> tuple[Any, ...]:
    fields = record.__dataclass_fields__.items()
    return tuple([getattr(record, name) for name, field in fields if field.compare])


def _equal(record: DataclassInstance, other: DataclassInstance) -> bool:
    if other.__class__ is not record.__class__:
        return NotImplemented  # type: ignore[no-any-return]
    return record is other or _values(record) == _values(other)


def _hash(record: DataclassInstance) -> int:
    return hash(_values(record))


def _repr(record: DataclassInstance) -> str:
    fields = record.__dataclass_fields__.items()
    shown = [f"{name}={getattr(record, name)!r}" for name, field in fields if field.repr]
    return f"{record.__class__.__qualname__}({', '.join(shown)})"


_SHARED = {"__eq__": _equal, "__hash__": _hash, "__repr__": _repr}

if not TYPE_CHECKING:
    dataclass = _made
