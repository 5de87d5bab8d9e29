"""The real posts, if available; they belong to their authors."""

from __future__ import annotations

import functools
import io
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
BUNDLE = CORPUS / "xmpp.org.bundle"

F = TypeVar("F", bound="Callable[..., object]")


def needs_corpus(test: F) -> F:
    """Mark a test that reads the real posts; skip it if they are missing."""
    skip = pytest.mark.skipif(not BUNDLE.exists(), reason=f"{CORPUS} is missing")
    marked: F = pytest.mark.corpus(skip(test))
    return marked


@functools.cache
def corpus_commits() -> tuple[str, ...]:
    """Return the bundle's commits, oldest first."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["git", "clone", "--quiet", "--bare", str(BUNDLE), folder], check=True, timeout=60
        )
        listed = subprocess.run(
            ["git", "-C", folder, "rev-list", "--reverse", "HEAD"],
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout
    return tuple(listed.split())


@functools.cache
def corpus_files(commit: str = "master") -> dict[str, bytes]:
    """Return every Markdown file in the blog's folder, from a commit of the bundle."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["git", "clone", "--quiet", "--bare", str(BUNDLE), folder], check=True, timeout=60
        )
        archive = subprocess.run(
            ["git", "-C", folder, "archive", commit, "content/blog"],
            check=True,
            capture_output=True,
            timeout=60,
        ).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {
            member.name: file.read()
            for member in tar
            if member.name.endswith(".md") and (file := tar.extractfile(member)) is not None
        }
