"""Import contracts, and the modules that each command loads."""

from __future__ import annotations

import graphlib
import re
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

import xsfreader
from tests.githost import GitHost, commit, new_repository

ROOT = Path(__file__).parent.parent
APP_ONLY = ["textual", "rich"]
NEVER_IN_APP = ["dulwich", "urllib3", "yaml", "frontmatter", "PIL", "textual_image", "ftfy",
                "slixmpp"]  # fmt: skip


def loaded(code: str, *arguments: str) -> set[str]:
    """Run code in a fresh interpreter; return the top-level modules it loaded."""
    script = f"""
import sys
sys.argv = ["xsfreader", *{arguments!r}]
try:
    {code}
except SystemExit as exit:
    assert not exit.code, exit.code
print("\\n" + " ".join(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


MAIN = "from xsfreader.cli import main; sys.exit(main())"


def command(*arguments: str) -> set[str]:
    return loaded(MAIN, *arguments)


def test_the_import_contracts_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = grimp.build_graph("xsfreader", exclude_type_checking_imports=False, cache_dir=None)
    imports = {each: graph.find_modules_directly_imported_by(each) for each in graph.modules}
    graphlib.TopologicalSorter(imports).prepare()


def test_no_http_client_but_urllib3_is_used() -> None:
    own = re.compile(r"\b(?:http\.client|from http import client|urllib\.request)\b")
    files = list(Path(xsfreader.__file__).parent.rglob("*.py"))
    assert len(files) > 100
    assert [file for file in files if own.search(file.read_text("utf-8"))] == []


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_almost_nothing(option: str) -> None:
    heavy = {"textual", "rich", "sqlite3", "dulwich", "markdown_it", "yaml", "platformdirs"}
    assert not heavy & command(option)


@pytest.mark.parametrize("arguments", [("list",), ("search", "everything")])
def test_list_and_search_load_no_textual_git_or_yaml(arguments: tuple[str, ...]) -> None:
    command("sync", "--source", "guide")
    modules = command(*arguments, "--source", "guide")
    assert not {"textual", "rich", "dulwich", "urllib3", "yaml", "markdown_it"} & modules


def test_show_loads_no_textual_or_git() -> None:
    command("sync", "--source", "guide")
    modules = command("show", "everything-a-post-may-hold", "--source", "guide")
    assert not {"textual", "rich", "dulwich", "urllib3", "yaml"} & modules
    assert "markdown_it" in modules


OPENED = """
    import asyncio
    from xsfreader.config import Config, locate
    from xsfreader.library import Library
    from xsfreader.ui.app import ReaderApp
    async def run():
        with Library(Config(images="WHEN"), locate(), "guide") as library:
            app = ReaderApp(library, fresh=True)
            async with app.run_test() as pilot:
                await pilot.press("enter", "space")
                assert app.screen.article.page.lines
                for _ in range(PATIENCE):
                    if "PIL" in sys.modules:
                        break
                    await pilot.pause(0.1)
            app.close_libraries()
    asyncio.run(run())
"""


def opened(when: str, patience: int) -> set[str]:
    """Return the modules loaded once the app has opened a post with an image."""
    command("sync", "--source", "guide")
    code = OPENED.replace("WHEN", when).replace("PATIENCE", str(patience))
    return loaded(code.strip())


def test_the_app_loads_nothing_that_only_sync_or_images_need() -> None:
    modules = opened("off", 5)
    assert not set(NEVER_IN_APP) & modules
    assert "textual" in modules


def test_an_image_on_screen_loads_pillow_and_no_git() -> None:
    pytest.importorskip("PIL", reason="needs the extra images")
    modules = opened("on-view", 300)
    assert {"PIL"} == set(NEVER_IN_APP) & modules


SYNCED = """
    import asyncio
    from xsfreader.config import Config, locate
    from xsfreader.library import Library
    from xsfreader.ui.app import ReaderApp
    async def run():
        with Library(Config(images="off"), locate(), "SOURCE") as library:
            app = ReaderApp(library)
            async with app.run_test() as pilot:
                for _ in range(300):
                    if app.screen.header.posts == "1 post":
                        break
                    await pilot.pause(0.1)
                assert app.screen.header.posts == "1 post"
            app.close_libraries()
    asyncio.run(run())
"""
POST = b"---\ntitle: A post\ndate: 2020-01-01\n---\nText.\n"


@pytest.mark.parametrize("kind", ["git", "folder"])
def test_the_app_leaves_a_sync_and_all_it_loads_to_its_child(tmp_path: Path, kind: str) -> None:
    # The app reads the guide itself, until there is something else.
    command("sync", "--source", "guide")
    repository = new_repository(tmp_path / "served" / "blog.git")
    commit(repository, {"content/blog/a.md": POST})
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.md").write_bytes(POST)
    with GitHost(tmp_path / "served") as host:
        source = host.url("blog.git") if kind == "git" else str(tmp_path / "folder")
        modules = loaded(SYNCED.replace("SOURCE", source).strip())
    assert "textual" in modules
    assert not set(NEVER_IN_APP) & modules


WITHOUT_UNIX = """
    import importlib, pkgutil
    for name in ("fcntl", "termios", "resource", "pwd"):
        sys.modules[name] = None
    import xsfreader
    for module in pkgutil.walk_packages(xsfreader.__path__, "xsfreader."):
        importlib.import_module(module.name)
"""


def test_every_module_imports_without_modules_of_unix() -> None:
    modules = loaded(WITHOUT_UNIX.strip())
    assert {"xsfreader", "textual"} <= modules
