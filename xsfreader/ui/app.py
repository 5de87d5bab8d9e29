"""The app: bind the keys, choose the theme, show the reader's screen."""

from __future__ import annotations

import gc
import os
import sys
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.console import Console
from textual import events
from textual.filter import Monochrome, NoColor
from textual.geometry import Offset
from textual.reactive import Reactive
from textual.widget import Widget

from xsfreader.errors import ConfigError, CrashError, StoreError, XsfreaderError
from xsfreader.library import GUIDE, Library
from xsfreader.log import log
from xsfreader.markup.width import load_widths
from xsfreader.text import did_you_mean
from xsfreader.ui.clipboard import CopyingApp
from xsfreader.ui.driver import driver_class, terminal_size, usable_size
from xsfreader.ui.images.terminal import Display, Listener
from xsfreader.ui.input import TypeAhead
from xsfreader.ui.keymap import effective
from xsfreader.ui.reader import ReaderScreen
from xsfreader.ui.signals import HANGUP, SIGNALLED, ended_by_signals
from xsfreader.ui.textual_private import KeepsCrash
from xsfreader.ui.theme import DEFAULT_THEME, FEW_COLOURS, THEMES, legible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import App
    from textual.filter import LineFilter
    from textual.screen import Screen
    from textual.theme import Theme

    from xsfreader.ui.input import SettleProbe
    from xsfreader.ui.keymap import Action


WORD_KEYS = {
    "alt+b": "cursor_left_word",
    "alt+f": "cursor_right_word",
    "alt+d": "delete_right_word",
    "alt+backspace": "delete_left_word",
}
"""Editing keys of a shell's line; Textual would type the letters."""

LEFT_BUTTON = 1


PATIENCE_SECONDS = 5.0
"""How long the end may take that a signal asks for, or a terminal that is gone."""


class ReaderApp(KeepsCrash, CopyingApp, inherit_bindings=False):
    """Reads one library."""

    CSS_PATH = Path("app.tcss")
    TITLE = "xsfreader"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar = []
    theme: Reactive[str] = Reactive(DEFAULT_THEME)

    def __init__(
        self, library: Library, *, offline: bool = False, fresh: bool = False, target: str = ""
    ) -> None:
        """Take an open library, which the app closes; ``target`` is the post to open.

        Raises ConfigError, StoreError.
        """
        listener = Listener()
        super().__init__(driver_class=driver_class(listener, self._end_without_terminal))
        # Textual would print a crash with its local variables.
        self.error_console = Console(quiet=True)
        self.listener = listener
        self.library = library
        self.offline = offline
        self.fresh = fresh
        self.target = target
        self.actions: tuple[Action, ...] = effective(library.config)
        self._guide: Library | None = None
        self.marks_lacking = False
        """Whether the app ended with marks that other machines should still get."""
        self._is_started = False
        self._end_code: int | None = None
        """The exit code that a signal asked for."""
        self._type_ahead = TypeAhead(self, super().on_event, self._run_key)
        library.save_without_waiting(self._report_unsaved)
        self._everywhere: dict[str, str] = {}
        """The app's own actions by control key, which do the same on every screen."""
        for action in self.actions:
            if action.keys:
                run = f"screen.do('{action.id}')"
                name = action.method.removeprefix("action_") if action.part == "app" else run
                self.bind(",".join(action.keys), name, description=action.label, show=False)
                if action.part == "app":
                    self._everywhere |= {key: name for key in action.keys if "ctrl+" in key}
        self.theme = self._known_theme(library.theme())

    @cached_property
    def available_themes(self) -> dict[str, Theme]:
        """Textual's themes and ours, from the start: a change of theme restyles everything.

        Textual looks a theme up for each line that it paints.
        """
        return super().available_themes | {each.name: each for each in THEMES}

    def get_css_variables(self) -> dict[str, str]:
        """Return the colours of the theme, so that all text can be read."""
        variables = legible(super().get_css_variables(), dark=self.current_theme.dark)
        self.theme_variables = variables
        return variables

    def _known_theme(self, name: str) -> str:
        if name in self.available_themes:
            return name
        if name and name == self.library.config.theme:
            where = self.library.config.where("theme")
            known = did_you_mean(name, self.available_themes)
            raise ConfigError(f'{where}theme: unknown theme "{name}"; {known}')
        few = self.console.color_system in (None, "standard", "windows")
        return FEW_COLOURS if few and not self.is_headless else DEFAULT_THEME

    def get_default_screen(self) -> Screen[None]:
        """Show the archive, or the guide while there is none."""
        shown = self.library
        if shown.empty and not shown.is_guide:
            shown = self._guide = Library(self.library.config, self.library.paths, GUIDE)
            shown.save_without_waiting(self._report_unsaved)
        if shown.is_guide:
            shown.refresh_local()
        colours = self.console.color_system == "truecolor"
        headless = self.is_headless or self.is_web
        return ReaderScreen(
            self.library,
            shown,
            self.actions,
            offline=self.offline,
            fresh=self.fresh,
            target=self.target,
            display=Display(os.environ, self.listener, colours=colours, headless=headless),
        )

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what NO_COLOR does to a line: nothing is known of a terminal's own colours.

        As grey, they would all be black.
        """
        filters = super().get_line_filters()
        if not self.native_ansi_color:
            return filters
        return [NoColor() if isinstance(each, Monochrome) else each for each in filters]

    @property
    def cursor_position(self) -> Offset:
        """Where each frame leaves the terminal's own cursor, which screen readers follow.

        A widget with the focus says where, as Textual's inputs do, else the screen.
        """
        has_focus = self.focused or self.screen
        place: Offset = getattr(has_focus, "cursor_screen_offset", Offset())
        # At the end of an input Textual counts a cell more.
        return place - Offset(getattr(has_focus, "cursor_at_end", False), 0)

    @cursor_position.setter
    def cursor_position(self, _offset: Offset) -> None:
        """Ignore what Textual sets now and then: it would stay after the focus has moved."""

    def on_ready(self) -> None:
        """Load what only some posts need, and exclude all of it from garbage collection.

        Later, either would be a pause that can be seen.
        """
        load_widths()
        gc.freeze()
        gc.enable()
        self.app_resume_signal.subscribe(self, self._repaint)
        self._is_started = True
        if self._end_code is not None:
            self.leave(self._end_code)

    async def on_event(self, event: events.Event) -> None:
        """Deliver keys one by one, presses of the left button alone, and sizes to be painted."""
        if isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded:
            try:
                await self._type_ahead.take(event)
            except XsfreaderError as error:
                self.show_error(error)
        elif isinstance(event, (events.MouseDown, events.MouseUp)) and not event.is_forwarded:
            if event.button == LEFT_BUTTON:
                if self._reader is not None:
                    article, down = self._reader.article, isinstance(event, events.MouseDown)
                    article.pressed = down and article.region.contains(event.x, event.y)
                await super().on_event(event)
        elif isinstance(event, events.Resize):
            size = usable_size(event.size)
            await super().on_event(events.Resize(size, size, pixel_size=event.pixel_size))
        else:
            await super().on_event(event)

    async def on_settle_probe(self, message: SettleProbe) -> None:
        """Deliver the next key, once the one before it is dealt with."""
        await self._type_ahead.on_settle_probe(message)

    async def _run_key(self, event: events.Key) -> bool:
        """Run a key's action if list or post have the focus, else return False.

        A control key that suspends or quits the app does so on every screen.
        """
        if not self.app_focus:
            # Not every terminal reports that it has the focus again.
            self.app_focus = True
        if event.key in self._everywhere:
            await self.run_action(self._everywhere[event.key])
            return True
        screen = self.screen
        # By its method, since the class Input is loaded only when it is needed.
        if event.key.startswith("alt+") and hasattr(screen.focused, "action_cursor_left_word"):
            if event.key in WORD_KEYS:
                await self.run_action(WORD_KEYS[event.key], screen.focused)
            return True
        if not isinstance(screen, ReaderScreen):
            return False
        if screen.focused not in (screen.posts, screen.article, None):
            return False
        if screen.type_hint(event):
            return True
        found = screen.active_bindings.get(event.key)
        if found is not None:
            await self.run_action(found.binding.action, found.node)
        elif event.key == "ctrl+c" and (key := screen.key_of("quit")):
            screen.status.say(f"Press {key} to quit")
        return True

    @property
    def _reader(self) -> ReaderScreen | None:
        """The reader's screen, under any dialog; None while the app starts or quits."""
        screen = self.screen_stack[0] if self.screen_stack else None
        return screen if isinstance(screen, ReaderScreen) else None

    def show_error(self, error: XsfreaderError) -> None:
        """Show an error in the status line."""
        if self._reader is not None:
            self._reader.status.say(str(error), alert=True)

    def _report_unsaved(self, problem: str) -> None:
        """Show why marks can't be written now."""
        self.call_later(self.show_error, StoreError(f"Marks not saved yet: {problem}"))

    def _repaint(self, _app: App[None]) -> None:
        """Repaint everything: the terminal has dropped it while the app was suspended."""
        for screen in self.screen_stack:
            screen.refresh(layout=True)
            for widget in screen.walk_children(Widget):
                widget.refresh()

    async def action_quit(self) -> None:
        """Save the place and quit."""
        self.leave()

    def leave(self, code: int = 0) -> None:
        """Save the place and end with an exit code."""
        if self._reader is not None:
            self._reader.session.save()
            self.marks_lacking = self._reader.travelling.is_lacking
        self._type_ahead.stop()
        self.exit(return_code=code)

    def end_soon(self, number: int) -> None:
        """End as a signal asks for, from its handler or any thread, whatever the app is doing."""
        if self._end_code is not None:
            return
        self._end_code = code = SIGNALLED + number
        if not self.is_running:
            sys.exit(code)
        limit = threading.Timer(PATIENCE_SECONDS, os._exit, (code,))
        limit.daemon = True
        limit.start()
        # During the start, screens would be without the widgets that they look for.
        if self._is_started:
            self.call_later(self.leave, code)

    def _end_without_terminal(self) -> None:
        self.end_soon(HANGUP)

    def close_libraries(self) -> str:
        """Close the files; return in one line what could not be written, empty if nothing."""
        libraries = [self.library] if self._guide is None else [self.library, self._guide]
        for library in libraries:
            library.close()
        return next((library.lost for library in libraries if library.lost), "")


def run(library: Library, *, offline: bool = False, fresh: bool = False, target: str = "") -> int:
    """Run the app; return its exit code.

    Raises StoreError for lost marks, and CrashError, with the traceback in the log.
    """
    app = ReaderApp(library, offline=offline, fresh=fresh, target=target)
    try:
        with ended_by_signals(app.end_soon):
            app.run(size=terminal_size())
    finally:
        lost = app.close_libraries()
        if app.marks_lacking:
            library.send_marks_on_leaving()
    crash = app.crash
    if crash is not None and not isinstance(crash, XsfreaderError):
        log().error("the app crashed", exc_info=crash)
        where = library.paths.log
        name = type(crash).__name__
        crash = CrashError(f"unexpected error ({name}); the log has the details: {where}")
    if lost:
        raise StoreError(lost) from crash
    if crash is not None:
        raise crash
    return app.return_code or 0
