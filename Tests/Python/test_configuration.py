"""Configuration: where it is found, what it says, and how mistakes in it are told."""

from __future__ import annotations

from pathlib import Path

import pytest

import generating
from generating import TICK, contents, generate

ORDERS = """type Query { ok: Int }
type Subscription { orderCreated(channels: [String!]): OrderCreated }
type OrderCreated { order: Order! }
type Order { id: ID! channel: Channel! }
type Channel { slug: String! }
"""
FILTER = """'@filter(field: "order.channel.slug", op: IN)'"""


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """The status of the command and what it says on standard error."""
    result = generating.subsgen(*arguments, cwd=folder)
    return result.returncode, result.stderr


def mistake(folder: Path, configuration: str, name: str = "subsgen.toml", sdl: str = TICK) -> tuple[int, str]:
    """What is said of a configuration that is wrong, for which nothing is written."""
    (folder / "schema.graphql").write_text(sdl)
    (folder / name).write_text(configuration)
    answer = run(folder, "schema.graphql", "--out", "gen")
    assert not (folder / "gen").exists()
    return answer


# MARK: Where it is found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("subsgen.toml", 'schema = "api/*.graphql"\nout = "generated"\nall-types = true\n'),
        ("pyproject.toml", '[tool.subsgen]\nschema = ["api/a.graphql", "api/b.graphql"]\nout = "generated"\nall-types = true\n'),
    ],
)
def test_everything_can_come_from_the_working_directory(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "a.graphql").write_text(TICK)
    (tmp_path / "api" / "b.graphql").write_text("type Unreached { a: Int }")
    (tmp_path / name).write_text(text)
    assert run(tmp_path) == (0, "")
    assert "class Unreached(" in (tmp_path / "generated" / "types.py").read_text()
    assert run(tmp_path, "--check") == (0, "")
    assert run(tmp_path, "--clean") == (0, "")
    assert not (tmp_path / "generated").exists()


def test_paths_go_from_the_file_beside_the_schema_which_comes_before_the_working_directory(tmp_path: Path) -> None:
    api = tmp_path / "api"
    api.mkdir()
    (api / "schema.graphql").write_text(TICK)
    (api / "subsgen.toml").write_text('out = "gen"\ndepfile = "gen.d"\n')
    (tmp_path / "subsgen.toml").write_text('out = "elsewhere"\n')
    assert run(tmp_path, "api/schema.graphql") == (0, "")
    assert (api / "gen" / "types.py").exists()
    assert not (tmp_path / "elsewhere").exists()
    assert "api/gen/manifest.json: \\\n  api/schema.graphql \\\n  api/subsgen.toml \\\n  api/gen/__init__.py" in (api / "gen.d").read_text()


def test_options_win_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "schema.graphql").write_text(TICK + " type Unreached { a: Int }")
    (tmp_path / "subsgen.toml").write_text('schema = "missing.graphql"\nout = "a"\nall-types = true\n')
    assert run(tmp_path, "schema.graphql", "--out", "b", "--no-all-types") == (0, "")
    assert "Unreached" not in (tmp_path / "b" / "types.py").read_text()
    assert not (tmp_path / "a").exists()


def test_a_file_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "schema.graphql").write_text(TICK)
    (tmp_path / "other.toml").write_text('out = "other"\n')
    (tmp_path / "subsgen.toml").write_text("nonsense")
    assert run(tmp_path, "schema.graphql", "--config", "other.toml") == (0, "")
    assert (tmp_path / "other").exists()
    assert run(tmp_path, "--config", "missing.toml") == (3, "error: cannot read missing.toml: No such file or directory.\n")
    (tmp_path / "pyproject.toml").write_text("[tool.other]\n")
    assert run(tmp_path, "--config", "pyproject.toml") == (2, "error: pyproject.toml has no table [tool.subsgen].\n")


def test_a_project_that_does_not_speak_of_subsgen_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("this is [ not TOML")
    generate(tmp_path, TICK)
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["subsgen"]\n')
    generate(tmp_path, TICK)


def test_two_configurations_in_one_folder_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "subsgen.toml").write_text("")
    status, errors = mistake(tmp_path, "[tool.subsgen]\n", "pyproject.toml")
    assert status == 2
    assert errors.startswith("error: subsgen.toml and [tool.subsgen] of pyproject.toml both configure subsgen.\n")


def test_what_is_in_no_configuration_is_missing(tmp_path: Path) -> None:
    (tmp_path / "subsgen.toml").write_text("strict = true\n")
    assert run(tmp_path)[1].startswith("error: no schema is named, neither here nor in a configuration.\n")
    status, errors = run(tmp_path, "schema.graphql")
    assert status == 2
    assert errors.startswith("error: no folder is named for the package, neither here nor in a configuration.\n")


# MARK: Mistakes


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("\nall_types = true\n", "2:1", 'Unknown key "all_types". Did you mean "all-types"?'),
        ("[directive]\n", "1:2", 'Unknown key "directive". Did you mean "directives"?'),
        ("strict = 'yes'\n", "1:1", '"strict" must be true or false, not a string.'),
        ("scalars.A = { type = 'int', parse = 'a.b' }\n", "1:1", '"A" lacks "serialise".'),
        ("scalars.A = { parse = 'a.b', serialise = 'a.b' }\n", "1:1", '"A" lacks "type".'),
        ("[scalars.A]\ntype = 'int'\nserialize = 'a.b'\n", "3:1", 'Unknown key "serialize". Did you mean "serialise"?'),
        ("scalars.A = 1\n", "1:1", '"A" must be a string or a table, not an integer.'),
        ("style = 'pydantik'\n", "1:10", '"pydantik" is no style of Python classes. Did you mean "pydantic"?'),
        ("style = 1\n", "1:1", '"style" must be a string, not an integer.'),
        ("out = 1\n", "1:1", '"out" must be a string, not an integer.'),
        ("schema = [\n  1,\n]\n", "1:1", '"schema" must be a string, not an integer.'),
        ("schema = true\n", "1:1", '"schema" must be a string or an array of strings, not a boolean.'),
        ("directives = []\n", "1:1", '"directives" must be a table, not an array.'),
        ('[directives]\n"A.b" = 1\n', "2:1", '"A.b" must be a string, not an integer.'),
        ("directives = {'A.b' = 1}\n", "1:1", '"A.b" must be a string, not an integer.'),
        ('[directives]\nA.b = "@internal"\n', "2:1", '"A" must be a string, not a table.'),
        ('out = ""\n', "1:1", '"out" must be a path, not an empty string.'),
        ('schema = ["a.graphql", ""]\n', "1:1", '"schema" must be a path, not an empty string.'),
        ("out = \n", "1:7", "Not TOML: "),
        ("# \u00fc\nout = 'gen'\nout = 'gen'\n", "3:", "Not TOML: "),
        ("out = 'a\0b'\n", "1:9", "A configuration file must not hold a null character."),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path: Path, text: str, place: str, message: str) -> None:
    status, errors = mistake(tmp_path, text)
    assert status == 2
    assert errors.startswith(f"subsgen.toml:{place}")
    assert f": error: {message}" in errors.splitlines()[0]


def test_a_key_with_dots_that_is_not_quoted_is_understood(tmp_path: Path) -> None:
    assert 'hint: A key with dots stands in quotation marks: "A.b" = ...\n' in mistake(tmp_path, '[directives]\nA.b = "@internal"\n')[1]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    status, errors = mistake(
        tmp_path, "[project]\nname = 'x'\n[tool.subsgen]\nstrict = 1\ndirectives = 1\noutput = 'x'\n", "pyproject.toml"
    )
    assert status == 2
    places = [line.split(": error")[0] for line in errors.splitlines() if ": error: " in line]
    assert places == ["pyproject.toml:4:1", "pyproject.toml:5:1", "pyproject.toml:6:1"]


def test_a_file_that_is_no_utf_8_or_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "schema.graphql").write_text(TICK)
    (tmp_path / "subsgen.toml").write_bytes(b"out = '\xff'")
    status, errors = run(tmp_path, "schema.graphql", "--out", "gen")
    assert status == 2
    assert errors.startswith("subsgen.toml:1:1: error: A configuration file must be UTF-8.")
    (tmp_path / "subsgen.toml").unlink()
    (tmp_path / "subsgen.toml").mkdir()
    assert run(tmp_path, "schema.graphql", "--out", "gen") == (3, "error: cannot read subsgen.toml: Is a directory.\n")


def test_the_style_of_classes_comes_from_the_file_or_an_option(tmp_path: Path) -> None:
    (tmp_path / "subsgen.toml").write_text('style = "dataclass"\n')
    assert "@dataclass(" in (generate(tmp_path, TICK) / "types.py").read_text()
    assert "(Payload, kw_only=True)" in (generate(tmp_path, TICK, "--style", "msgspec") / "types.py").read_text()
    status, errors = run(tmp_path, "schema.graphql", "--out", "gen", "--style", "attrs")
    assert status == 2
    assert "msgspec" in errors


# MARK: Directives for schemas that one does not own


def test_directives_hold_as_if_they_stood_in_the_schema(tmp_path: Path) -> None:
    (tmp_path / "subsgen.toml").write_text(
        f'[directives]\n"Subscription.orderCreated.channels" = {FILTER}\n'
        '"Subscription.orderCreated" = \'@topic(name: "orders")\'\n"Order.id" = "@deprecated(reason: \\"old\\") @internal"\n'
    )
    configured = generate(tmp_path, ORDERS, "--strict", name="configured")
    (tmp_path / "subsgen.toml").unlink()
    written = ORDERS.replace("[String!])", '[String!] @filter(field: "order.channel.slug", op: IN))').replace(
        "): OrderCreated", '): OrderCreated @topic(name: "orders")'
    )
    written = written.replace("id: ID!", 'id: ID! @deprecated(reason: "old") @internal')
    assert contents(configured) == contents(generate(tmp_path, written, name="written"))


def test_an_option_adds_directives_and_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "schema.graphql").write_text(ORDERS)
    (tmp_path / "subsgen.toml").write_text("directives.'Subscription.orderCreated.channels' = '@resolverArgument'\n")
    option = f"Subscription.orderCreated.channels={FILTER[1:-1]}"
    assert run(tmp_path, "schema.graphql", "--out", "gen", "--directive", option) == (0, "")
    assert FILTER[1:-1] in (tmp_path / "gen" / "schema.graphql").read_text()
    status, errors = run(tmp_path, "schema.graphql", "--out", "gen", "--directive", "Subscription.orderCreated")
    assert status == 2
    assert errors.startswith("Error: The value 'Subscription.orderCreated' of --directive has no '='.")


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ('"Subscription.orderCreate" = \'@topic(name: "a")\'', "3:1", 'Type "Subscription" has no field or value "orderCreate".'),
        ("Subscriptio = '@tenant'", "3:1", 'Unknown type "Subscriptio". Did you mean "Subscription"?'),
        ("\"Subscription.orderCreated.channel\" = '@resolverArgument'", "3:1", 'has no argument "channel". Did you mean "channels"?'),
        ("\"Order.id.a.b\" = '@internal'", "3:1", 'Field "Order.id" has no argument "a.b".'),
        ("String = '@authenticated'", "3:1", 'The type "String" is built in, and takes no directives.'),
        ("\"Order.id\" = '@interal'", "3:15", 'Unknown directive "@interal". Did you mean "@internal" or "@filter"?'),
        ("\"Order.id\" = '@internal @topic(nam: 1)'", "3:32", 'Unknown argument "nam" on directive "@topic".'),
        ("\"Order.id\" = '@internal {'", "3:26", "Syntax Error: "),
        ("\"Order.id\" = '@internal type A'", "3:", ""),
        ("\"Order.id\" = ''", "3:1", "One or more directives must stand here, and nothing else."),
        ("\"Order.id\" = '@internal scalar B'", "3:15", "One or more directives must stand here, and nothing else."),
        ('"Order.id" = "@internal @topic(name: \\"a\\")"', "3:1", "@topic has no meaning on Order.id"),
        ("\"Order.id\" = '''\n@internal @interal'''", "4:11", 'Unknown directive "@interal".'),
    ],
)
def test_mistakes_in_directives_are_told_of_the_configuration(tmp_path: Path, line: str, place: str, message: str) -> None:
    status, errors = mistake(tmp_path, f"strict = false\n[directives]\n{line}\n", sdl=ORDERS)
    assert status == 1
    lines = [error for error in errors.splitlines() if error.startswith(f"subsgen.toml:{place}") and message in error]
    assert lines, errors


def test_directives_that_the_schema_has_already_are_told_of_both_places(tmp_path: Path) -> None:
    sdl = TICK.replace("Int!", 'Int! @topic(name: "a")')
    status, errors = mistake(tmp_path, "directives.'Subscription.tick' = '@topic(name: \"b\")'\n", sdl=sdl)
    assert status == 1
    assert 'subsgen.toml:1:35: error: The directive "@topic" can only be used once at this location.' in errors
    assert "schema.graphql:1:" in errors


# MARK: The other commands


COMMANDS = (["validate"], ["introspect"], ["format", "--check"], ["diff", "schema.graphql"])


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """A project whose configuration names the schema and adds to it what makes it sound."""
    api = tmp_path / "api"
    api.mkdir()
    (api / "schema.graphql").write_text(ORDERS)
    (tmp_path / "subsgen.toml").write_text(
        f'schema = "api"\nstrict = true\n[directives]\n"Subscription.orderCreated.channels" = {FILTER}\n"Order.id" = "@internal"\n'
    )
    assert generating.subsgen("format", "api", cwd=tmp_path).returncode == 0
    return tmp_path


@pytest.mark.parametrize("command", ["validate", "introspect", "format"])
def test_every_command_takes_the_schema_of_the_configuration(orders: Path, command: str) -> None:
    assert run(orders, command) == (0, "")


def test_validate_sees_the_directives_and_the_strictness_of_the_configuration(orders: Path) -> None:
    assert generating.subsgen("validate", cwd=orders).stdout == "No mistakes in 1 file.\n"
    (orders / "subsgen.toml").write_text('schema = "api"\nstrict = true\n')
    undecided = generating.subsgen("validate", cwd=orders)
    assert undecided.returncode == 1
    assert 'error: Argument "orderCreated(channels:)" selects no events' in undecided.stdout
    (orders / "subsgen.toml").write_text("schema = \"api\"\n[directives]\n'Order.idd' = '@internal'\n")
    unknown = generating.subsgen("validate", cwd=orders)
    assert unknown.returncode == 1
    assert 'subsgen.toml:3:1: error: Type "Order" has no field or value "idd". Did you mean "id"?' in unknown.stdout


def test_operations_are_judged_as_the_configuration_has_the_schema(orders: Path) -> None:
    (orders / "operation.graphql").write_text("subscription { orderCreated { order { id } } }")
    result = generating.subsgen("validate", "--operations", "operation.graphql", cwd=orders)
    assert 'Cannot query field "id" on type "Order"' in result.stdout


def test_introspection_hides_what_the_configuration_makes_internal(orders: Path) -> None:
    assert '"name":"id"' not in generating.subsgen("introspect", cwd=orders).stdout.replace(": ", ":")
    assert '"name":"id"' in generating.subsgen("introspect", "--internal", cwd=orders).stdout.replace(": ", ":")


def test_format_rewrites_the_schema_of_the_configuration_and_needs_none_for_what_is_named(orders: Path) -> None:
    schema = orders / "api" / "schema.graphql"
    formatted = schema.read_text()
    schema.write_text(ORDERS.replace("\n", "  \n"))
    assert generating.subsgen("format", "--check", cwd=orders).stdout == "api/schema.graphql is not formatted.\n"
    assert run(orders, "format") == (0, "")
    assert schema.read_text() == formatted
    (orders / "subsgen.toml").write_text("nonsense")
    assert run(orders, "format", "api") == (0, "")


def test_diff_compares_both_versions_as_the_configuration_has_them(orders: Path) -> None:
    (orders / "old.graphql").write_text(ORDERS.replace("id: ID! ", "id: Int "))
    internal = generating.subsgen("diff", "old.graphql", cwd=orders)
    assert "(@internal)" in internal.stdout
    # What one version lacks takes no directives there.
    (orders / "old.graphql").write_text(ORDERS.replace("id: ID! ", ""))
    added = generating.subsgen("diff", "old.graphql", "api", cwd=orders)
    assert (added.returncode, added.stderr) == (0, "")
    assert "FIELD_ADDED" in added.stdout
    with (orders / "subsgen.toml").open("a") as file:
        file.write('"Order.neither" = "@internal"\n')
    status, errors = run(orders, "diff", "old.graphql")
    assert status == 1
    assert 'error: Type "Order" has no field or value "neither".' in errors


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_every_command_takes_the_name_of_a_configuration_and_tells_of_its_mistakes(orders: Path, command: list[str]) -> None:
    (orders / "subsgen.toml").rename(orders / "other.toml")
    (orders / "schema.graphql").write_text((orders / "api" / "schema.graphql").read_text())
    assert run(orders, *command, "--config", "other.toml") == (0, "")
    status, errors = run(orders, *command, "--config", "missing.toml")
    assert (status, errors.splitlines()[0]) == (3, "error: cannot read missing.toml: No such file or directory.")
    (orders / "other.toml").write_text("schemas = 'api'\n")
    status, errors = run(orders, *command, "--config", "other.toml")
    assert (status, errors.splitlines()[0]) == (2, 'other.toml:1:1: error: Unknown key "schemas". Did you mean "schema"? [SG5002]')


@pytest.mark.parametrize("command", ["validate", "introspect", "format"])
def test_without_a_configuration_a_schema_must_be_named(tmp_path: Path, command: str) -> None:
    (tmp_path / "chat.graphql").write_text(TICK)
    status, errors = run(tmp_path, command)
    assert (status, errors.splitlines()[0]) == (2, "error: no schema is named, neither here nor in a configuration.")
    assert f"`subsgen {command} chat.graphql`" in errors
