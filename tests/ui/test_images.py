"""Pictures in a post: their room, their boxes, and that nothing moves under the reader's eye."""

from __future__ import annotations

from contextlib import asynccontextmanager
from time import sleep
from typing import TYPE_CHECKING, Any

import pytest

from tests import pictures
from tests.githost import Fault, GitHost, commit, new_repository
from tests.soak import soaked
from tests.ui.apps import reader, running, until
from xsfreader import images
from xsfreader.config import Config, load, locate
from xsfreader.library import Library
from xsfreader.model import Place
from xsfreader.ui.app import ReaderApp
from xsfreader.ui.images import loader
from xsfreader.ui.reader import external
from xsfreader.ui.screens.image import ImageScreen

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from textual.pilot import Pilot

    from xsfreader.ui.images.drawing import Drawing

    Driver = Pilot[None]

TALL = pictures.two_halves("RGB", (200, 600), "PNG")
WIDE = pictures.two_halves("RGB", (800, 100), "PNG")
WORDS = "\n\n".join(f"Paragraph {number} with some words." for number in range(40))
ON_VIEW = Config()
HEAD = "---\ntitle: Pictures\ndate: 2020-01-02\n---\n\n"


def site(folder: Path, body: str, **images: bytes) -> dict[str, bytes]:
    """Write a site of one post; gives its files."""
    files = {"content/blog/2020-01-02-pictures.md": (HEAD + body).encode()}
    files |= {f"static/images/{name.replace('_', '.')}": data for name, data in images.items()}
    for name, data in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return files


async def come(pilot: Driver, *indices: int) -> None:
    """Wait until these pictures are drawn."""
    gallery = reader(pilot).gallery
    await until(pilot, lambda: all(gallery.drawing(index) is not None for index in indices))
    await pilot.pause()


def shown(pilot: Driver) -> list[str]:
    """The lines of the post's pane."""
    article = reader(pilot).article
    return [article.render_line(y).text.rstrip() for y in range(article.size.height)]


def boxes(pilot: Driver) -> list[str]:
    """What stands in the frames of the post's boxes."""
    page = reader(pilot).article.page
    assert page is not None
    return [line.text.strip("╭─╮ ") for line in page.lines if "╭─ image" in line.text]


@asynccontextmanager
async def served(
    host: GitHost, *, images: str = "on-view", offline: bool = False
) -> AsyncIterator[Driver]:
    """Run the app on what was synced from a Git host."""
    file = locate().config
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'source = "{host.url("blog.git")}"\nsync_interval = 0\nimages = "{images}"\n')
    with Library(load(file), locate()) as library:
        if library.empty:
            library.sync(lambda _: None)
        host.reset()
        app = ReaderApp(library, offline=offline, fresh=True)
        try:
            async with app.run_test(size=(100, 30)) as pilot:
                await pilot.pause()
                yield pilot
        finally:
            app.close_libraries()


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GitHost]:
    repository = new_repository(tmp_path / "served" / "blog.git")
    body = "![One](/images/one.png)\n\n![Far](https://example.org/far.png)\n\n" + WORDS
    commit(repository, site(tmp_path / "made", body, one_png=WIDE))
    with GitHost(tmp_path / "served") as host:
        yield host


def blobs_asked(host: GitHost) -> int:
    """How many requests asked for an image: those without a commit in them."""
    return sum(b"command=fetch" in seen.body for seen in host.seen)


# Pictures and boxes


async def test_pictures_are_drawn_with_their_caption_beneath(tmp_path: Path) -> None:
    site(tmp_path, '![One](/images/one.png "The caption")\n\nText', one_png=WIDE)
    async with running(str(tmp_path), config=ON_VIEW) as pilot:
        await come(pilot, 0)
        lines = [line for line in shown(pilot) if line.strip()]
        first = next(at for at, line in enumerate(lines) if "▀" in line)
        rows = [line for line in lines if "▀" in line]
        assert lines[first : first + len(rows)] == rows
        assert "The caption" in lines[first + len(rows)]
        assert not boxes(pilot)


async def test_what_cannot_be_drawn_gets_the_box_with_the_reason(tmp_path: Path) -> None:
    reasons = {
        "a.png": "broken",
        "b.png": "too large: 30000 x 30000 pixels",
        "c.jpg": "broken",
        "d.svg": "SVG drawing",
        "e.png": "SVG drawing",
        "f.png": "missing on the site",
    }
    body = "\n\n".join(f'![Described {n}](/images/{n} "Captioned {n}")' for n in reasons)
    site(
        tmp_path, body, a_png=pictures.corrupt_png(), b_png=pictures.huge_png(),
        c_jpg=pictures.truncated_jpeg(), d_svg=pictures.SVG, e_png=pictures.SVG,
    )  # fmt: skip
    async with running(str(tmp_path), config=ON_VIEW, size=(120, 60)) as pilot:
        await until(pilot, lambda: boxes(pilot) == [f"image · {why}" for why in reasons.values()])
        page = reader(pilot).article.page
        assert page is not None
        text = "\n".join(line.text for line in page.lines)
        for name in reasons:
            for words in (f"Described {name}", f"Captioned {name}", f"xmpp.org/images/{name}"):
                assert words in text


async def test_without_the_extra_boxes_are_as_ever_and_i_says_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "extra_installed", lambda: False)
    site(tmp_path, "![One](/images/one.png)\n\nText", one_png=WIDE)
    async with running(str(tmp_path), config=ON_VIEW) as pilot:
        assert boxes(pilot) == ["image"]
        await pilot.press("i")
        await pilot.pause()
        assert "xsfreader[images]" in reader(pilot).status.text


async def test_off_means_boxes(tmp_path: Path) -> None:
    site(tmp_path, "![One](/images/one.png)\n\nText", one_png=WIDE)
    async with running(str(tmp_path), config=Config(images="off")) as pilot:
        await pilot.pause(0.5)
        assert boxes(pilot) == ["image"]
        await pilot.press("i")
        await pilot.pause()
        assert 'images = "off"' in reader(pilot).status.text


# Place


@soaked("page", range(4), [1, 3])
async def test_reading_goes_on_at_the_same_line_when_pictures_come(
    tmp_path: Path, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = f"![Tall](/images/tall.png)\n\n{WORDS[:300]}\n\n![Wide](/images/wide.png)\n\n{WORDS}"
    site(tmp_path, body, tall_png=TALL, wide_png=WIDE)
    held: list[object] = []
    real_load = loader.Loader.load
    monkeypatch.setattr(loader.Loader, "load", lambda _self, wanted: held.append(wanted))
    async with running(str(tmp_path), config=ON_VIEW) as pilot:
        article, gallery = reader(pilot).article, reader(pilot).gallery
        await pilot.press("enter", *["d"] * page)
        await pilot.pause(0.3)
        assert held
        before = {at: line for at, line in enumerate(shown(pilot)) if "Paragraph" in line}
        assert before
        monkeypatch.setattr(loader.Loader, "load", real_load)
        gallery.schedule()
        await come(pilot, *range(2))
        after = shown(pilot)
        assert {at: line for at, line in enumerate(after) if "Paragraph" in line} == before
        assert article.place == article.page.place_of(article.scroll_offset.y) or page == 0


async def test_above_the_fold_a_picture_comes_unnoticed(tmp_path: Path) -> None:
    body = f"![Low](/images/low.png)\n\n{WORDS}\n\n![Wide](/images/wide.png)\n\n{WORDS}"
    site(tmp_path, body, low_png=pictures.two_halves("RGB", (400, 40), "PNG"), wide_png=WIDE)
    async with running(str(tmp_path), config=ON_VIEW) as pilot:
        screen = reader(pilot)
        assert screen.article.document is not None
        block = screen.article.document.images[1].block
        screen.article.jump(Place(block - 6))
        await pilot.pause()
        before = shown(pilot)[0]
        assert "Paragraph" in before
        rooms, _ = screen.article._illustrated
        await come(pilot, 1)
        gallery = screen.gallery
        low = gallery.request_for(screen.article.document.images[0], gallery._most[0])
        assert low is not None

        def low_came() -> bool:
            # A scroll just before may still request what is in view, in place of this one.
            gallery.request([low])
            return gallery.loader.get(low) is not None

        await until(pilot, low_came)
        await pilot.pause()
        assert screen.article._illustrated[0] != rooms
        assert shown(pilot)[0] == before


@pytest.mark.parametrize(
    "data", [WIDE, TALL, pictures.corrupt_png()], ids=["wide", "tall", "broken"]
)
async def test_nothing_in_view_moves_when_a_picture_comes(
    tmp_path: Path, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = f"Above\n\n![One](/images/one.png 'The caption')\n\n{WORDS}"
    site(tmp_path, body, one_png=data)
    real_load = loader.Loader.load
    monkeypatch.setattr(loader.Loader, "load", lambda _self, _requests: None)
    async with running(str(tmp_path), config=ON_VIEW) as pilot:
        article, gallery = reader(pilot).article, reader(pilot).gallery
        await pilot.pause(0.3)
        before = shown(pilot)
        reserved = article._illustrated[0][0]
        monkeypatch.setattr(loader.Loader, "load", real_load)
        gallery.schedule()
        if data in (WIDE, TALL):
            await come(pilot, 0)
        else:
            await until(pilot, lambda: boxes(pilot) == ["image · broken"])
        after = shown(pilot)
        paragraphs = {at: line for at, line in enumerate(before) if "Paragraph" in line}
        assert paragraphs
        assert {at: line for at, line in enumerate(after) if "Paragraph" in line} == paragraphs
        assert article._illustrated[0][0] == reserved
        # Out of view it takes the room that is its own.
        await pilot.press("enter", "G")
        gallery.reload()
        await pilot.pause(0.2)
        assert article._illustrated[0].get(0, 0) <= reserved
        assert (0 in article._illustrated[0]) is (data in (WIDE, TALL))


async def test_known_sizes_are_reserved_at_once(host: GitHost) -> None:
    async with served(host) as pilot:
        await come(pilot, 0)
    async with served(host) as pilot:
        page = reader(pilot).article.page
        assert page is not None
        lines = page.lines
        await come(pilot, 0)
        assert [line.image for line in lines] == [
            line.image for line in reader(pilot).article.page.lines
        ]


# The network


async def test_a_picture_is_fetched_once_when_its_post_is_on_screen(host: GitHost) -> None:
    async with served(host) as pilot:
        await come(pilot, 0)
        assert blobs_asked(host) == 1
        assert boxes(pilot) == ["image · on another host"]
    async with served(host) as pilot:
        await come(pilot, 0)
        await pilot.pause(0.3)
        assert blobs_asked(host) == 0


async def test_off_asks_nobody(host: GitHost) -> None:
    async with served(host, images="off", offline=True) as pilot:
        await pilot.press("enter", "i")
        await pilot.pause(0.5)
        assert boxes(pilot) == ["image", "image"]
        assert not host.seen


async def test_offline_says_what_is_missing_and_shows_what_is_kept(host: GitHost) -> None:
    async with served(host, offline=True) as pilot:
        assert boxes(pilot) == ["image · not fetched yet", "image · on another host"]
        await pilot.pause(0.5)
        assert boxes(pilot) == ["image · not fetched yet", "image · on another host"]
        assert not host.seen
    async with served(host) as pilot:
        await come(pilot, 0)
    async with served(host, offline=True) as pilot:
        await come(pilot, 0)
        assert not host.seen


async def test_without_a_network_the_box_says_so_until_it_is_back(host: GitHost) -> None:
    host.fault = Fault(only="command=fetch", status=503)
    async with served_after_fault(host) as pilot:
        await until(pilot, lambda: boxes(pilot)[0] != "image · on another host")
        assert boxes(pilot)[0] in ("image · not fetched yet", "image · could not be fetched")


async def test_while_there_is_no_network_boxes_are_as_small_as_ever(host: GitHost) -> None:
    body = "![Two](/images/two.png)\n\n" + WORDS
    files = site(host.folder.parent / "made", body, two_png=TALL)
    files["content/blog/2020-01-01-other.md"] = (
        b"---\ntitle: Other\ndate: 2020-01-01\n---\n\n![Two](/images/two.png)\n\nWords\n"
    )
    commit(host.folder / "blog.git", files)
    host.fault = Fault(only="info/refs", cut=0)
    async with served_after_fault(host) as pilot:
        screen = reader(pilot)
        reserved = screen.article._illustrated[0][0]
        await until(pilot, lambda: boxes(pilot) == ["image · not fetched yet"])
        assert screen.article._illustrated[0][0] == reserved
        screen.show_item("/2020/01/other/")
        await pilot.pause()
        assert boxes(pilot) == ["image · not fetched yet"]
        assert not screen.article._illustrated[0]
        # Once it is back nothing moves either: the box in view stays one.
        before = [at for at, line in enumerate(shown(pilot)) if line.strip() == "Words"]
        host.fault = None
        screen.gallery.reload()
        await until(pilot, lambda: boxes(pilot) == ["image · press i to view"])
        after = [at for at, line in enumerate(shown(pilot)) if line.strip() == "Words"]
        assert before == after != []


@asynccontextmanager
async def served_after_fault(host: GitHost) -> AsyncIterator[Driver]:
    """Sync while all is well, then misbehave."""
    fault, host.fault = host.fault, None
    with Library(Config(source=host.url("blog.git")), locate()) as library:
        library.sync(lambda _: None)
    host.fault = fault
    async with served(host) as pilot:
        yield pilot


async def test_all_brings_every_image_at_sync(
    host: GitHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The one in view must not be fetched for the view first.
    monkeypatch.setattr(loader.Loader, "load", lambda _self, _requests: None)
    async with served(host, images="all") as pilot:
        await until(pilot, lambda: reader(pilot).status.text == "1 image fetched, 0 already cached")
        assert reader(pilot).library.images.cached("/images/one.png") == WIDE


async def test_leaving_a_post_leaves_its_pictures_to_the_network(host: GitHost) -> None:
    files = site(host.folder.parent / "made", "![One](/images/one.png)\n\nText", one_png=WIDE)
    other = b"---\ntitle: Other\ndate: 2020-01-01\n---\n\nNo pictures\n"
    commit(host.folder / "blog.git", {**files, "content/blog/2020-01-01-other.md": other})
    async with served(host) as pilot:
        host.fault = Fault(only="info/refs", delay=60)
        screen = reader(pilot)
        screen.show_item("/2020/01/pictures/")
        worker = "images"
        await until(pilot, lambda: any(w.group == worker for w in pilot.app.workers))
        screen.show_item("/2020/01/other/")
        await until(pilot, lambda: not any(w.group == worker for w in pilot.app.workers))
        host.fault = None
        screen.show_item("/2020/01/pictures/")
        await come(pilot, 0)


async def test_a_child_that_ends_as_it_is_asked_is_followed_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = f"![One](/images/one.png)\n\n{WORDS}\n\n![Two](/images/two.png)\n\n{WORDS}"
    site(tmp_path, body, one_png=WIDE, two_png=TALL)
    async with running(str(tmp_path), config=ON_VIEW) as pilot:
        screen = reader(pilot)
        await come(pilot, 0)
        child = screen.gallery.loader._fetcher._job
        assert child is not None
        ended: list[str] = []

        def end(path: str) -> None:
            ended.append(path)
            assert child._process is not None
            child._process.terminate()

        monkeypatch.setattr(child, "send", end)
        assert screen.article.document is not None
        screen.article.jump(Place(screen.article.document.images[1].block))
        await come(pilot, 1)
        assert ended == ["/images/two.png"]
        assert not boxes(pilot)


async def test_one_image_at_a_time_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site(tmp_path, "![One](/images/one.png)\n\n![Two](/images/two.png)", one_png=WIDE, two_png=TALL)
    drawing: list[object] = []
    most = 0
    real_draw = loader._draw

    def draw(request: loader.ImageRequest, *others: Any) -> Drawing:
        nonlocal most
        drawing.append(request)
        most = max(most, len(drawing))
        sleep(0.3)
        drawn = real_draw(request, *others)
        drawing.remove(request)
        return drawn

    monkeypatch.setattr(loader, "_draw", draw)
    async with running(str(tmp_path), config=ON_VIEW) as pilot:
        gallery = reader(pilot).gallery
        await until(pilot, lambda: bool(drawing))
        # Cancelled, it goes on in its thread.
        gallery.request([])
        await come(pilot, 0, 1)
        assert most == 1


async def test_a_line_of_an_image_looks_up_its_drawing_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader.Loader, "load", lambda _self, _requests: None)
    site(tmp_path, "![One](/images/one.png)\n\nText", one_png=WIDE)
    async with running(str(tmp_path), config=ON_VIEW) as pilot:
        article = reader(pilot).article
        asked: list[int] = []
        monkeypatch.setattr(reader(pilot).gallery, "drawing", asked.append)
        lines = [at for at, line in enumerate(article.page.lines) if line.image >= 0]
        article.paint(range(lines[0], lines[-1] + 1))
        assert len(asked) == len(lines)


@pytest.mark.parametrize(
    ("key", "note"),
    [("I", "press I to view"), ("", "not shown here")],
    ids=["another", "none"],
)
async def test_a_loaded_image_names_the_key_in_force(tmp_path: Path, key: str, note: str) -> None:
    site(tmp_path, "![One](/images/one.png)\n\nText", one_png=WIDE)
    config = ON_VIEW._replace(keys={"image": key})
    async with running(str(tmp_path), config=config) as pilot:
        await come(pilot, 0)
        screen = reader(pilot)
        assert screen.article.document is not None
        _, notes = screen.gallery.rooms(screen.article.document, 60, 30, {0: 0})
        assert notes == {0: note}


# Full size


async def test_i_opens_the_picture_in_view_and_arrows_step(tmp_path: Path) -> None:
    body = f"![Tall](/images/tall.png)\n\n{WORDS}\n\n![Wide](/images/wide.png)\n\n{WORDS}"
    site(tmp_path, body, tall_png=TALL, wide_png=WIDE)
    async with running(str(tmp_path), config=ON_VIEW) as pilot:
        screen = reader(pilot)
        assert screen.article.document is not None
        screen.article.jump(Place(screen.article.document.images[1].block))
        await pilot.pause()
        before = shown(pilot)
        first = next(at for at, line in enumerate(before) if "Paragraph" in line)
        await pilot.press("i")
        await pilot.pause()
        viewer = pilot.app.screen
        assert isinstance(viewer, ImageScreen)
        for key, alt in (("", "Wide"), ("right", "Tall"), ("l", "Wide"), ("left", "Tall")):
            if key:
                await pilot.press(key)
            assert viewer.image.alt == alt
            await until(pilot, lambda: viewer.view.drawing is not None)
        drawing = viewer.view.drawing
        assert drawing is not None
        assert drawing.cells.rows > 20
        await pilot.press("escape")
        await pilot.pause()
        assert pilot.app.screen is screen
        assert shown(pilot)[first] == before[first]


async def test_i_on_a_picture_elsewhere_opens_the_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(external.External, "open_url", lambda _self, url: opened.append(url))
    site(tmp_path, "![Far](https://example.org/far.png)\n\nText")
    async with running(str(tmp_path), config=ON_VIEW) as pilot:
        assert boxes(pilot) == ["image · on another host"]
        await pilot.press("enter", "i")
        await pilot.pause()
        assert opened == ["https://example.org/far.png"]


async def test_a_post_without_pictures_says_so(tmp_path: Path) -> None:
    site(tmp_path, "Text")
    async with running(str(tmp_path), config=ON_VIEW) as pilot:
        await pilot.press("i")
        await pilot.pause()
        assert reader(pilot).status.text == "This post has no images"


async def test_another_theme_draws_what_is_transparent_anew(tmp_path: Path) -> None:
    site(tmp_path, "![See](/images/a.png)\n\nText", a_png=pictures.png((80, 80), (0, 0, 0, 0)))
    async with running(str(tmp_path), config=ON_VIEW) as pilot:
        await come(pilot, 0)
        before = reader(pilot).gallery.drawing(0)
        pilot.app.theme = "xsf-light"
        await pilot.pause()
        await come(pilot, 0)
        after = reader(pilot).gallery.drawing(0)
        assert before is not None
        assert after is not None
        assert before.text != after.text


async def test_a_changed_file_is_drawn_anew(tmp_path: Path) -> None:
    site(tmp_path, "![One](/images/one.png)\n\nText", one_png=WIDE)
    async with running(str(tmp_path), config=ON_VIEW) as pilot:
        await come(pilot, 0)
        (tmp_path / "static/images/one.png").write_bytes(TALL)
        gallery = reader(pilot).gallery

        def tall() -> bool:
            drawing = gallery.drawing(0)
            return drawing is not None and drawing.size == (200, 600)

        await until(pilot, tall)
