"""How often the screen is painted for a key, and which post a key goes to."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Size
from textual.screen import Screen

from tests.ui.apps import reader, running, settle
from xsfreader import markup
from xsfreader.library import reading

if TYPE_CHECKING:
    from xsfreader.markup import Document
    from xsfreader.model import Post


def widgets_painted(screen: Screen[object], update: ChopsUpdate) -> set[str]:
    """Tell the ids of the widgets that a frame paints some of."""
    seen = set()
    for y, first, last in update.spans:
        for x in (first, last - 1):
            widget, _ = screen.get_widget_at(x, y)
            seen.add(widget.id or type(widget).__name__)
    return seen


@pytest.mark.parametrize(("first", "key"), [("J", "J"), ("J", "K"), ("J", "]"), ("K", "j")])
async def test_list_and_post_change_in_one_frame(
    first: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running() as pilot:
        await pilot.press(first)
        await settle(pilot, 0.4)
        frames: list[set[str]] = []
        paint = Compositor.render_partial_update

        def counted(self: Compositor) -> ChopsUpdate | None:
            update = paint(self)
            if update is not None:
                frames.append(widgets_painted(pilot.app.screen, update))
            return update

        monkeypatch.setattr(Compositor, "render_partial_update", counted)
        before = reader(pilot).item_id
        await pilot.press(key)
        await settle(pilot, 0.4)
        assert reader(pilot).item_id != before
        assert len(frames) == 1, frames
        assert {"posts", "article"} <= frames[0]


async def test_a_key_goes_to_the_post_that_the_key_before_it_led_to() -> None:
    async with running() as pilot:
        screen = reader(pilot)
        entries = [row.entry for row in screen.posts.tree_of_posts.rows if row.entry]
        assert screen.item_id == entries[0].permalink
        # All in one turn of the event loop, as a terminal hands over what was typed ahead.
        for key in ("line-down", "star"):
            screen.action_do(key)
        assert screen.library.is_starred(entries[1].permalink)
        assert not screen.library.is_starred(entries[0].permalink)
        for key in ("open", "page-down"):
            screen.action_do(key)
        assert screen.reading
        assert screen.posts.entry is not None
        assert screen.posts.entry.permalink == entries[1].permalink
        await settle(pilot, 0.2)
        assert screen.article.scroll_offset.y > 0


@pytest.mark.parametrize("length", [1, 1_000_000])
async def test_long_posts_are_parsed_beside_the_screen(
    length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsers: dict[str, int] = {}
    build = markup.build_article

    def noted(post: Post, *parts: Any, **more: Any) -> Document:
        parsers.setdefault(post.permalink, threading.get_ident())
        return build(post, *parts, **more)

    async with running() as pilot:
        screen = reader(pilot)
        await settle(pilot, 0.5)
        monkeypatch.setattr(reading, "LONG_POST", length)
        monkeypatch.setattr(markup, "build_article", noted)
        screen.action_do("bottom")
        screen.action_do("previous-post")
        wanted = screen.posts.entry
        assert wanted is not None
        assert screen.item_id == wanted.permalink
        for _ in range(500):
            if screen.article.document is not None:
                break
            await pilot.pause(0.02)
        assert (parsers[wanted.permalink] == threading.get_ident()) is (length > 1)


async def test_a_key_for_a_post_does_not_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as pilot:
        screen = reader(pilot)
        await settle(pilot, 0.5)
        monkeypatch.setattr(reading, "LONG_POST", 1)
        screen.action_do("bottom")
        screen.action_do("previous-post")
        wanted = screen.posts.entry
        assert wanted is not None
        screen.action_do("star")
        assert screen.item_id == wanted.permalink
        assert screen.library.is_starred(wanted.permalink)


async def test_an_alert_takes_the_lines_it_needs_in_any_width() -> None:
    async with running(size=(120, 40)) as pilot:
        status = reader(pilot).status
        status.say("what happened, to what, and what to do about it; " * 3, alert=True)
        await settle(pilot, 0.2)
        wide = status.size.height
        await pilot.resize_terminal(60, 40)
        await settle(pilot, 0.3)
        assert status.size.height == 3
        lines = [status.render_line(y).text for y in range(3)]
        assert "to do about it; what happened" in " ".join(" ".join(lines).split())
        await pilot.resize_terminal(120, 40)
        await settle(pilot, 0.3)
        assert status.size.height == wide < 3


@pytest.mark.parametrize("width", [40, 60, 120])
@pytest.mark.parametrize("alert", [False, True])
async def test_a_message_is_never_cut_before_its_remedy(width: int, alert: bool) -> None:
    async with running(size=(width, 15)) as pilot:
        status = reader(pilot).status
        for long in (1, 20, 400):
            status.say(f"{'what happened ' * long}; press r to retry", alert=alert)
            await settle(pilot, 0.2)
            height = status.size.height
            assert height <= 5
            lines = [status.render_line(y).text for y in range(height)]
            words = " ".join(" ".join(lines).split()).removesuffix("%").rstrip(" 0123456789")
            assert words.endswith("press r to retry")
            assert words.startswith("what happened")


async def test_a_screen_is_laid_out_again_for_another_size_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sizes: list[Size] = []
    resize = Screen._screen_resized

    def counted(self: Screen[object], size: Size) -> None:
        sizes.append(size)
        resize(self, size)

    monkeypatch.setattr(Screen, "_screen_resized", counted)
    async with running(size=(120, 40)) as pilot:
        sizes.clear()
        await pilot.press("question_mark")
        await settle(pilot, 0.2)
        assert not sizes
        await pilot.resize_terminal(100, 30)
        await settle(pilot, 0.3)
        assert set(sizes) == {Size(100, 30)}
        assert reader(pilot).article.size.height < 30
        # The dialog, and the screen below it.
        assert len(sizes) == 2
