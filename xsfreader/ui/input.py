"""Deliver keys one by one, each where the one before it leads."""

from __future__ import annotations

import re
import time
from collections import deque
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message

from xsfreader.text import replace_controls

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import App
    from textual.screen import Screen
    from textual.timer import Timer
    from textual.widget import Widget

    FocusTarget = tuple[Screen[object] | None, Widget | None]
    Typed = events.Key | events.Paste

MOST_TYPED = 500
"""Characters of an input: every one typed searches, filters or finds anew."""
PROBES = 2
"""Probes after a key until its effects are over: one for its messages, one for their answers.

The longest case is Enter in an Input: its binding posts a message, whose handler closes the screen.
"""
CHECK_SECONDS = 0.01
"""Interval in seconds for checking again while keys wait for more than messages."""
TIMEOUT_SECONDS = 2.0
"""Seconds after which the next key is delivered in any case."""
_SILENT_KEY = re.compile(
    r"<ignore>|(.+\+)?((left|right)_(shift|control|alt|super|hyper|meta)|iso_level\d_shift"
    r"|\w+_lock|\w+_volume|media_\w+|print_screen|pause|menu)"
)
"""Modifiers, locks and media keys, which some terminals report when they are pressed alone."""


def pasted_line(text: str) -> str:
    """Return the first line of a pasted text, as far as it fits into an input."""
    lines = text[: 2 * MOST_TYPED].strip().splitlines()
    return replace_controls(lines[0])[:MOST_TYPED] if lines else ""


class PendingInput:
    """A screen that may wait for an answer, of a thread for example."""

    def is_pending(self, typed: Typed) -> bool:
        """Whether what was typed must wait for the answer."""
        raise NotImplementedError


class SettleProbe(Message):
    """Passes every queue from the focused widget up to the app, behind a key."""

    def __init__(self, focus_target: FocusTarget, number: int) -> None:
        super().__init__()
        self.focus_target = focus_target
        self.number = number


class TypeAhead:
    """Holds keys back until those before them have taken effect.

    Textual sends every key at once to the widget that has the focus. Typed in one burst with
    ``/``, the letters to find would be keys of the list, ``q`` among them; a key after the Enter
    that ends a prompt would be a letter in it. Here a key waits while the one before it may still
    open, close or fill something. The mouse is not held back.
    """

    def __init__(
        self,
        app: App[None],
        deliver: Callable[[events.Event], Awaitable[None]],
        run_key: Callable[[events.Key], Awaitable[bool]],
    ) -> None:
        """``deliver`` sends an event as Textual does; ``run_key`` runs a key's action if it can."""
        self._app = app
        self._deliver = deliver
        self._run_key = run_key
        self._waiting: deque[Typed] = deque()
        self._probe: SettleProbe | None = None
        self._timer: Timer | None = None
        self._since = 0.0
        """When the last key was delivered."""
        self._was_pending = False
        """Whether a key waited for an answer; what that sets off must be done first, too."""
        self._stopped = False

    def stop(self) -> None:
        """Deliver no more: the app is quitting."""
        self._stopped = True

    @property
    def _focus_target(self) -> FocusTarget:
        """The current screen and its focused widget; None while the app starts or quits."""
        screens = self._app.screen_stack
        return (screens[-1], screens[-1].focused) if screens else (None, None)

    async def take(self, typed: Typed) -> None:
        """Deliver what was typed, in its turn; of what was pasted, the first line."""
        if isinstance(typed, events.Key) and _SILENT_KEY.fullmatch(typed.key):
            return
        if isinstance(typed, events.Paste):
            typed = events.Paste(pasted_line(typed.text))
        self._waiting.append(typed)
        await self._deliver_next()

    async def on_settle_probe(self, message: SettleProbe) -> None:
        """Go on, once a probe found nothing changed."""
        if message is not self._probe:
            return
        settled = message.focus_target == self._focus_target
        if settled and message.number >= PROBES:
            self._probe = None
            await self._deliver_next()
        else:
            self._send(message.number + 1 if settled else 1)

    async def _deliver_next(self) -> None:
        while self._waiting and self._probe is None and self._is_ready:
            if self._is_pending():
                self._was_pending = True
                break
            if self._was_pending:
                self._was_pending = False
                self._send(1)
                break
            typed = self._waiting.popleft()
            if self._stopped:
                continue
            self._since = time.monotonic()
            before = self._focus_target
            if isinstance(typed, events.Key) and await self._run_key(typed):
                if self._focus_target != before:
                    self._send(1)
            else:
                await self._deliver(typed)
                self._send(1)
        if self._waiting and self._timer is None:
            self._timer = self._app.set_interval(CHECK_SECONDS, self._check_again)
        elif not self._waiting and self._timer is not None:
            self._timer.stop()
            self._timer = None

    @property
    def _is_ready(self) -> bool:
        """Whether there is a screen, which while the app quits there is not, and it has begun.

        What begins sets the focus, and would end what a key before that had opened.
        """
        screens = self._app.screen_stack
        return bool(screens) and screens[-1].is_mounted

    def _is_pending(self) -> bool:
        screen: object = self._focus_target[0]
        return (
            isinstance(screen, PendingInput)
            and screen.is_pending(self._waiting[0])
            and not self._timed_out
        )

    @property
    def _timed_out(self) -> bool:
        return time.monotonic() - self._since > TIMEOUT_SECONDS

    def _send(self, number: int) -> None:
        screen, focused = self._focus_target
        target = focused or screen
        self._probe = None
        if target is not None and not self._stopped:
            message = SettleProbe((screen, focused), number)
            if target.post_message(message):
                self._probe = message

    async def _check_again(self) -> None:
        """Go on if an answer came, or if a widget was removed with the probe in its queue."""
        if self._probe is None or self._timed_out:
            self._probe = None
            await self._deliver_next()
        elif self._probe.focus_target != self._focus_target:
            self._send(1)
