"""What is built installs and runs from anywhere; the slow part of it really does."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NOT_SOURCE = shutil.ignore_patterns(
    *(".venv", ".git", "__pycache__", "*.egg-info", "build", "dist", ".*_cache", ".hypothesis"),
    *("data.sqlite*", "recognition-watch-demo"),
)


def run(*command: object, cwd: Path) -> str:
    """Run a command in a folder, without anything of this checkout in its environment."""
    bare = {"PATH": os.environ["PATH"], "HOME": str(cwd)}
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env=bare, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist from a copy of the tree, and the wheel from nothing but the sdist."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree(ROOT, folder / "tree", ignore=NOT_SOURCE)
    build = "from setuptools import build_meta; build_meta.build_sdist(r'{}')"
    run(sys.executable, "-c", build.format(folder), cwd=folder / "tree")
    (sdist,) = folder.glob("*.tar.gz")
    plain = ("--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check")
    run(sys.executable, "-m", "pip", "wheel", *plain, sdist, "-w", folder, cwd=folder)
    return folder


@pytest.mark.slow
def test_the_wheel_installs_and_plays_the_demo_from_another_folder(
    built: Path, tmp_path: Path
) -> None:
    (wheel,) = built.glob("*.whl")
    place, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    elsewhere.mkdir()
    run(sys.executable, "-m", "venv", "--without-pip", place, cwd=tmp_path)
    # The libraries are borrowed; the program is what was built.
    (site,) = place.glob("lib/python*/site-packages")
    borrowed = [path for path in sys.path if path.endswith("site-packages")]
    (site / "borrowed.pth").write_text("\n".join(borrowed), encoding="utf-8")
    into = ("--python", place / "bin" / "python", "install", "--no-deps", "--no-index")
    run(sys.executable, "-m", "pip", *into, "--disable-pip-version-check", wheel, cwd=tmp_path)
    told = run(place / "bin" / "python", "-c", "import jobs; print(jobs.__file__)", cwd=elsewhere)
    assert str(place) in told
    program = place / "bin" / "recognition-watch"
    assert "Russia" in run(program, "demo", "--once", cwd=elsewhere)
    assert "cases: kosovo, palestine, taliban" in run(program, "check", "config", cwd=elsewhere)
    assert "database: " in run(place / "bin" / "python", "-m", "jobs", "check", "doctor",
                               cwd=elsewhere)  # fmt: skip


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_packages(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    for top in ("bot", "jobs"):
        for path in (ROOT / top).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert path.relative_to(ROOT).as_posix() in held


@pytest.mark.slow
def test_the_sdist_holds_what_contributing_needs(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    for name in (".env.example", "CONTRIBUTING.md", "requirements-dev.lock", ".ci/run",
                 "docs/operations.md", "deploy/prometheus-rules.yaml", "compose.yaml",
                 "Dockerfile", "tests/conftest.py", "tests/data/items"):  # fmt: skip
        assert name in held, name
