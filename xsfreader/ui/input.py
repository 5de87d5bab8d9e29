"""Keys typed faster than the screen follows: each goes where the one before it leads."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import App
    from textual.screen import Screen
    from textual.timer import Timer
    from textual.widget import Widget

    FocusTarget = tuple[Screen[object] | None, Widget | None]
    Typed = events.Key | events.Paste

PROBES = 2
"""How often what a key set off goes round before it is over: what it asks for, and the answer.

The longest way is that of Enter in a line to type in: its binding posts a message to the line,
and that one's handler closes the screen.
"""
LOOK_AGAIN = 0.01
"""Seconds after which it is looked again where keys wait for more than messages."""
PATIENCE = 2.0
"""Seconds after which the next key is taken whatever the one before it still does."""


class PendingInput:
    """A screen whose answers may come from elsewhere, a thread say."""

    def is_pending(self, typed: Typed) -> bool:
        """Whether what was typed must wait for such an answer."""
        raise NotImplementedError


class SettleProbe(Message):
    """Follows a key through every queue on the way from its widget up to the app."""

    def __init__(self, focus_target: FocusTarget, number: int) -> None:
        super().__init__()
        self.focus_target = focus_target
        self.number = number


class TypeAhead:
    """Holds keys back until those before them have done what they do.

    Textual hands every key at once to the widget that has the focus. In one burst with ``/``
    the letters to find would be keys of the list, ``q`` among them; a key after the Enter that
    ends a prompt would be a letter in it. Here a key waits while the one before it may still
    open, close or fill something. What the mouse does is not held back.
    """

    def __init__(
        self,
        app: App[None],
        deliver: Callable[[events.Event], Awaitable[None]],
        at_once: Callable[[events.Key], Awaitable[bool]],
    ) -> None:
        """``deliver`` hands on as Textual does; ``at_once`` does a key's work if it can."""
        self._app = app
        self._deliver = deliver
        self._at_once = at_once
        self._waiting: deque[Typed] = deque()
        self._probe: SettleProbe | None = None
        self._look: Timer | None = None
        self._since = 0.0
        """When the last key was taken."""
        self._stopped = False

    def stop(self) -> None:
        """Take no more: the app is being left."""
        self._stopped = True

    @property
    def _focus_target(self) -> FocusTarget:
        """The screen and the widget on it; none while the app begins or ends."""
        screens = self._app.screen_stack
        return (screens[-1], screens[-1].focused) if screens else (None, None)

    async def take(self, typed: Typed) -> None:
        """Take what was typed, in its turn."""
        self._waiting.append(typed)
        await self._go_on()

    async def on_settle_probe(self, message: SettleProbe) -> None:
        """Go on, once a round changed nothing any more."""
        if message is not self._probe:
            return
        settled = message.focus_target == self._focus_target
        if settled and message.number >= PROBES:
            self._probe = None
            await self._go_on()
        else:
            self._send(message.number + 1 if settled else 1)

    async def _go_on(self) -> None:
        while self._waiting and self._probe is None and not self._is_pending():
            typed = self._waiting.popleft()
            if self._stopped:
                continue
            self._since = time.monotonic()
            before = self._focus_target
            if isinstance(typed, events.Key) and await self._at_once(typed):
                if self._focus_target != before:
                    self._send(1)
            else:
                await self._deliver(typed)
                self._send(1)
        if self._waiting and self._look is None:
            self._look = self._app.set_interval(LOOK_AGAIN, self._look_again)
        elif not self._waiting and self._look is not None:
            self._look.stop()
            self._look = None

    def _is_pending(self) -> bool:
        screen: object = self._focus_target[0]
        return (
            isinstance(screen, PendingInput)
            and screen.is_pending(self._waiting[0])
            and not self._took_too_long
        )

    @property
    def _took_too_long(self) -> bool:
        return time.monotonic() - self._since > PATIENCE

    def _send(self, number: int) -> None:
        screen, focused = self._focus_target
        target = focused or screen
        self._probe = None
        if target is not None and not self._stopped:
            message = SettleProbe((screen, focused), number)
            if target.post_message(message):
                self._probe = message

    async def _look_again(self) -> None:
        """Go on where an answer came, or a widget is gone with the round sent through it."""
        if self._probe is None or self._took_too_long:
            self._probe = None
            await self._go_on()
        elif self._probe.focus_target != self._focus_target:
            self._send(1)
