"""Images kept beside the archive, by blob id."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from xsfreader.store.images import ImageFile

if TYPE_CHECKING:
    from pathlib import Path


def test_the_file_is_created_with_the_first_image(tmp_path: Path) -> None:
    file = tmp_path / "data" / "images.db"
    with closing(ImageFile(file)) as pictures:
        assert pictures.get("a") is None
        assert pictures.sizes(["a"]) == {}
        assert pictures.held() == set()
    assert not file.parent.exists()


def test_images_are_kept_with_their_sizes(tmp_path: Path) -> None:
    file = tmp_path / "data" / "images.db"
    with closing(ImageFile(file)) as pictures:
        pictures.put("a", b"\x89PNG", (640, 480))
        pictures.put("b", b"GIF8", None)
        pictures.put("b", b"GIF89a", None)
    with closing(ImageFile(file)) as pictures:
        assert pictures.get("a") == b"\x89PNG"
        assert pictures.get("b") == b"GIF89a"
        assert pictures.sizes(["a", "b", "c"]) == {"a": (640, 480), "b": None}
        pictures.drop(["a", "c"])
        assert pictures.held() == {"b"}


def test_a_damaged_file_is_created_again(tmp_path: Path) -> None:
    file = tmp_path / "images.db"
    file.write_bytes(b"no database" * 100)
    with closing(ImageFile(file)) as pictures:
        assert pictures.get("a") is None
        pictures.put("a", b"x", None)
        assert pictures.get("a") == b"x"
    assert list(tmp_path.glob("images.db.broken-*"))
