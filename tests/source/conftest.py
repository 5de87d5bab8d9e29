"""A Git host for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.githost import GitHost, new_repository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GitHost]:
    """A host with one empty repository, ``blog.git``."""
    new_repository(tmp_path / "repositories" / "blog.git")
    with GitHost(tmp_path / "repositories") as running:
        yield running


@pytest.fixture
def blog(host: GitHost) -> Path:
    """The repository that the host serves."""
    return host.folder / "blog.git"
