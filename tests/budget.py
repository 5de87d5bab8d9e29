"""How many examples a property gets: fewer by default, more in the soak."""

from hypothesis import settings


def examples(default: int) -> int:
    """Scale a number of examples by the profile in use: the default one has 50."""
    return default * settings().max_examples // 50
