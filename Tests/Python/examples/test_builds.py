"""The examples of build systems, each in a copy: they give the bytes of the command, when there is something to do and only then."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from examples import EXAMPLES

BIN = Path(sys.executable).parent
COMMAND = BIN / "subsgen"
RESULT = '{"data":{"orderPlaced":{"id":"2","total":7}}}\n'


def copy(example: str, folder: Path) -> Path:
    """An example as it is in version control."""
    wanted = folder / example
    ignored = shutil.ignore_patterns("gen", "build", "gen.d", "__pycache__")
    shutil.copytree(EXAMPLES / example, wanted, ignore=ignored)
    return wanted


def run(*command: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a command with the virtual environment's programs on its path, and without what the tests set for themselves."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GIT_", "PIP_"))}
    environment |= {"PATH": f"{BIN}:{os.environ['PATH']}", **variables}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def succeed(*command: str | Path, cwd: Path, **variables: str) -> str:
    """What a command that must succeed prints."""
    result = run(*command, cwd=cwd, **variables)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def package_of(project: Path, folder: Path) -> dict[str, bytes]:
    """What the command writes for a project's schema."""
    succeed(COMMAND, project / "schema.graphql", "--out", folder / "expected", "--config", os.devnull, cwd=folder)
    return files(folder / "expected")


def files(folder: Path) -> dict[str, bytes]:
    """The files of a package by their paths, without what Python compiled."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def times(folder: Path) -> dict[str, int]:
    """When each file of a package was last written."""
    return {name: (folder / name).stat().st_mtime_ns for name in files(folder)}


def change(schema: Path) -> None:
    """Adds a field to a schema, at a time that no build system takes for that of what was made of it before."""
    schema.write_text(schema.read_text() + "\nextend type Subscription {\n  closed: Boolean!\n}\n")
    later = schema.stat().st_mtime + 10
    os.utime(schema, (later, later))


# MARK: Hatch and setuptools


BACKENDS = {"hatch": "hatchling.build", "setuptools": "setuptools.build_meta"}


def build(project: Path, step: str, out: Path) -> Path:
    """What a step of PEP 517 or 660 makes, by the project's own backend; as pip and build call it, but without the network."""
    out.mkdir(exist_ok=True)
    code = f"import {BACKENDS[project.name]} as backend; print(backend.build_{step}({str(out)!r}))"
    return out / succeed(sys.executable, "-c", code, cwd=project).splitlines()[-1]


def packed(archive: Path, prefix: str) -> dict[str, bytes]:
    """The files of a wheel or an sdist whose paths begin with ``prefix``, by the rest of their paths."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            found = {name: wheel.read(name) for name in wheel.namelist()}
    else:
        found = {}
        with tarfile.open(archive) as sdist:
            for member in sdist.getmembers():
                if (content := sdist.extractfile(member)) is not None:
                    found[member.name.partition("/")[2]] = content.read()
    return {name.removeprefix(prefix): content for name, content in found.items() if name.startswith(prefix)}


def unpacked(wheel: Path, folder: Path) -> Path:
    """A folder with what is in a wheel, as an installation leaves it."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def python_part(package: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in package.items() if not name.startswith("swift/")}


@pytest.mark.parametrize("example", BACKENDS)
def test_a_wheel_holds_what_the_command_writes_and_runs(example: str, tmp_path: Path) -> None:
    project = copy(example, tmp_path)
    wheel = build(project, "wheel", tmp_path / "dist")
    expected = package_of(project, tmp_path)
    assert files(project / "src" / "orders" / "gen") == expected
    assert packed(wheel, "orders/gen/") == python_part(expected)
    assert succeed(sys.executable, "-m", "orders", cwd=unpacked(wheel, tmp_path / "site")) == RESULT


@pytest.mark.parametrize("example", BACKENDS)
def test_an_sdist_holds_it_too_with_the_schema_and_makes_the_same_wheel(example: str, tmp_path: Path) -> None:
    project = copy(example, tmp_path)
    sdist = build(project, "sdist", tmp_path / "dist")
    expected = package_of(project, tmp_path)
    assert packed(sdist, "src/orders/gen/") == python_part(expected)
    assert packed(sdist, "schema.graphql") == {"": (project / "schema.graphql").read_bytes()}
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "sdist", filter="data")
    [sources] = (tmp_path / "sdist").iterdir()
    wheel = build(sources.rename(tmp_path / "sdist" / example), "wheel", tmp_path / "dist")
    assert packed(wheel, "orders/gen/") == python_part(expected)


@pytest.mark.parametrize("example", BACKENDS)
def test_an_editable_install_generates_in_the_source_tree(example: str, tmp_path: Path) -> None:
    project = copy(example, tmp_path)
    wheel = build(project, "editable", tmp_path / "dist")
    assert files(project / "src" / "orders" / "gen") == package_of(project, tmp_path)
    assert packed(wheel, "orders/") == {}
    # As in site-packages, whose .pth files Python reads.
    code = "import runpy, site, sys; site.addsitedir(sys.argv[1]); runpy.run_module('orders', run_name='__main__')"
    assert succeed(sys.executable, "-c", code, unpacked(wheel, tmp_path / "site"), cwd=tmp_path) == RESULT


@pytest.mark.parametrize("example", BACKENDS)
def test_a_resolver_that_was_edited_is_in_the_wheel_as_it_is(example: str, tmp_path: Path) -> None:
    project = copy(example, tmp_path)
    build(project, "wheel", tmp_path / "dist")
    resolver = project / "src" / "orders" / "gen" / "resolvers" / "order_placed.py"
    resolver.write_bytes(edited := resolver.read_bytes() + b"# mine\n")
    assert packed(build(project, "wheel", tmp_path / "dist"), "orders/gen/resolvers/order_placed.py") == {"": edited}


@pytest.mark.parametrize("example", BACKENDS)
def test_a_mistake_in_the_schema_ends_the_build_in_the_words_of_the_command(example: str, tmp_path: Path) -> None:
    project = copy(example, tmp_path)
    (project / "schema.graphql").write_text("type Subscription {\n  a: Missing\n}\n")
    code = f"import {BACKENDS[example]} as backend; backend.build_wheel({str(tmp_path)!r})"
    result = run(sys.executable, "-c", code, cwd=project)
    assert result.returncode == 1
    assert 'schema.graphql:2:6: error: Unknown type "Missing".' in result.stderr
    assert "error: subsgen ended with status 1; what it said stands above" in result.stdout + result.stderr
    assert list(tmp_path.glob("*.whl")) == []


@pytest.mark.parametrize("example", BACKENDS)
def test_a_package_outside_of_the_project_is_refused(example: str, tmp_path: Path) -> None:
    project = copy(example, tmp_path)
    configured = project / "pyproject.toml"
    configured.write_text(configured.read_text().replace("src/orders/gen", "../gen"))
    result = run(sys.executable, "-c", f"import {BACKENDS[example]} as backend; backend.build_wheel('dist')", cwd=project)
    assert result.returncode != 0
    assert "is outside of the project; name a folder inside as `out` in [tool.subsgen]" in result.stdout + result.stderr


# MARK: Make and CMake


def make(project: Path) -> str:
    return succeed("make", f"PYTHON={sys.executable}", cwd=project)


def cmake_with(generator: str, project: Path) -> str:
    build = project / "build"
    said = "" if build.exists() else succeed("cmake", "-B", build, "-G", generator, f"-DPYTHON={sys.executable}", cwd=project)
    said += succeed("cmake", "--build", build, cwd=project)
    return said + succeed("ctest", "--test-dir", build, "--verbose", cwd=project)


@pytest.mark.parametrize(("example", "tool"), [("make", ""), ("cmake", "Unix Makefiles"), ("cmake", "Ninja")])
def test_only_what_changed_is_a_reason_to_generate(example: str, tool: str, tmp_path: Path) -> None:
    project = copy(example, tmp_path)
    package = project / "gen"

    def build() -> str:
        return cmake_with(tool, project) if tool else make(project)

    assert RESULT.strip() in build()
    expected = package_of(project, tmp_path)
    assert files(package) == expected

    # Twice, since a first run may find what only the dependency file tells of.
    before = times(package)
    assert "gen: " not in build()
    assert "gen: " not in build()
    assert times(package) == before

    for gone in ("types.py", "resolvers/order_placed.py", "manifest.json"):
        (package / gone).unlink()
        assert RESULT.strip() in build()
        assert files(package) == expected
    shutil.rmtree(package)
    build()
    assert files(package) == expected

    change(project / "schema.graphql")
    build()
    assert "resolvers/closed.py" in files(package)
    shutil.rmtree(tmp_path / "expected")
    assert files(package) == package_of(project, tmp_path)


# MARK: pre-commit


@pytest.fixture
def hooks(tmp_path: Path) -> Path:
    """A repository with the hooks as they are, but for the environment: the one that the tests run in, so that nothing is downloaded."""
    repository = tmp_path / "hooks"
    repository.mkdir()
    definition = (EXAMPLES.parent / ".pre-commit-hooks.yaml").read_text()
    (repository / ".pre-commit-hooks.yaml").write_text(definition.replace("language: python", "language: system"))
    commit(repository)
    return repository


def commit(repository: Path) -> None:
    author = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    succeed("git", "init", "-q", cwd=repository)
    succeed("git", "add", "--all", "--force", cwd=repository)
    succeed("git", *author, "commit", "-q", "--allow-empty", "-m", "Add what there is", cwd=repository)


def pre_commit(hooks: Path, hook: str, project: Path) -> subprocess.CompletedProcess[str]:
    succeed("git", "add", "--all", "--force", cwd=project)
    cache = str(hooks.parent / "cache")
    return run("pre-commit", "try-repo", hooks, hook, "--all-files", "--color=never", cwd=project, PRE_COMMIT_HOME=cache)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a schema and its package."""
    folder = tmp_path / "project"
    folder.mkdir()
    shutil.copy(EXAMPLES / "make" / "schema.graphql", folder)
    (folder / "subsgen.toml").write_text('schema = "schema.graphql"\nout = "gen"\n')
    succeed(COMMAND, cwd=folder)
    commit(folder)
    return folder


def test_the_definition_of_the_hooks_is_one() -> None:
    succeed("pre-commit", "validate-manifest", ".pre-commit-hooks.yaml", cwd=EXAMPLES.parent)


def test_hooks_that_check_pass_on_what_is_up_to_date_and_fail_on_what_is_not(hooks: Path, project: Path) -> None:
    for hook in ("subsgen", "subsgen-check", "subsgen-format", "subsgen-format-check"):
        result = pre_commit(hooks, hook, project)
        assert (result.returncode, "Passed" in result.stdout) == (0, True), result.stdout
    change(project / "schema.graphql")
    result = pre_commit(hooks, "subsgen-check", project)
    assert result.returncode == 1
    assert "out of date: gen/resolvers/closed.py" in result.stdout
    (project / "schema.graphql").write_text("type  Subscription { tick: Int! }")
    result = pre_commit(hooks, "subsgen-format-check", project)
    assert result.returncode == 1
    assert "schema.graphql is not formatted." in result.stdout


def test_hooks_that_write_fail_once(hooks: Path, project: Path) -> None:
    change(project / "schema.graphql")
    for hook in ("subsgen", "subsgen-format"):
        if hook == "subsgen-format":
            (project / "schema.graphql").write_text("type  Subscription { tick: Int! }")
        assert "files were modified by this hook" in pre_commit(hooks, hook, project).stdout
        assert pre_commit(hooks, hook, project).returncode == 0
    assert "resolvers/closed.py" in files(project / "gen")


def test_hooks_skip_commits_that_do_not_concern_them(hooks: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "notes.txt").write_text("nothing of subsgen\n")
    commit(other)
    for hook in ("subsgen", "subsgen-check", "subsgen-format", "subsgen-format-check"):
        assert "no files to check" in pre_commit(hooks, hook, other).stdout
