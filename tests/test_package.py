"""What is shipped: the wheel holds all data files, the version is one, and the command is there."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from importlib.metadata import entry_points, metadata, version
from pathlib import Path

import pytest

import dedup

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built from this folder as a user's pip builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--quiet", "--wheel-dir", str(folder)]
    built = subprocess.run(command, capture_output=True, text=True, timeout=100)
    if built.returncode:
        if re.search(r"No matching distribution|Could not find a version|connection|Max retries", built.stderr):
            pytest.skip("the build backend cannot be fetched: no network, no hatchling")
        raise AssertionError(built.stderr)
    (file,) = folder.glob("*.whl")
    return zipfile.ZipFile(file)


def shipped() -> set[str]:
    """All files of the package in this folder, as the wheel names them."""
    files = (path for path in (ROOT / "dedup").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in files if path.suffix not in (".pyc", ".nbi", ".nbc")}


def test_wheel_holds_the_package_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert names == shipped()


@pytest.mark.parametrize(
    "name",
    [
        "dedup/py.typed",
        "dedup/sample/articles.jsonl",
        "dedup/text/agencies.json",
        "dedup/languages/en.json",
        "dedup/text/fold-2-14.0.0.npz",
        "dedup/evidence/republishers.json",
    ],
)
def test_wheel_holds_the_data_files_whole(wheel: zipfile.ZipFile, name: str) -> None:
    assert wheel.read(name) == (ROOT / name).read_bytes()


def test_wheel_metadata(wheel: zipfile.ZipFile) -> None:
    (info,) = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    assert info == f"news_dedup-{dedup.__version__}.dist-info"
    names = {name.removeprefix(f"{info}/") for name in wheel.namelist() if name.startswith(info)}
    assert {"METADATA", "entry_points.txt", "licenses/LICENSE"} <= names
    assert "dedup = dedup.cli:main" in wheel.read(f"{info}/entry_points.txt").decode()
    said = wheel.read(f"{info}/METADATA").decode()
    assert "\nLicense-Expression: MIT\n" in said
    assert {"test", "benchmarks"} <= set(re.findall(r"^Provides-Extra: (.+)$", said, re.MULTILINE))


def test_wheel_needs_nothing_that_is_only_welcome_as_input(wheel: zipfile.ZipFile) -> None:
    (said,) = (wheel.read(name).decode() for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    always = [line for line in re.findall(r"^Requires-Dist: (.+)$", said, re.MULTILINE) if ";" not in line]
    needed = {re.split(r"[^\w-]", line)[0] for line in always}
    assert needed >= {"numba", "numpy", "pyarrow", "datasketch", "orjson", "rich"}
    assert not needed & {"pandas", "polars", "networkx", "pytest"}


def test_version_is_one_everywhere() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", dedup.__version__)
    assert version("news-dedup") == dedup.__version__
    assert metadata("news-dedup")["Name"] == "news-dedup"


def test_entry_point_is_the_command() -> None:
    (point,) = (point for point in entry_points(group="console_scripts") if point.name == "dedup")
    assert point.value == "dedup.cli:main"
    code = f"import sys; sys.argv = ['dedup', '--version']; from {point.module} import {point.attr}; {point.attr}()"
    for command in ([sys.executable, "-c", code], [sys.executable, "-m", "dedup", "--version"]):
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60)
        assert (done.returncode, done.stdout, done.stderr) == (0, f"dedup {dedup.__version__}\n", "")


def test_the_installed_command(tmp_path: Path) -> None:
    command = Path(sys.executable).parent / "dedup"
    if not command.exists():
        pytest.skip("the package is not installed beside this interpreter")
    done = subprocess.run([str(command), "--version"], capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert done.stdout == f"dedup {dedup.__version__}\n"
