"""The commands that are Python's: ``python -m subsgen serve``, ``subscribe``, ``publish``, ``postgres`` and ``doctor``.

``subsgen`` hands its own to them.
"""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from collections.abc import Callable, Sequence
from functools import partial

from ._version import __version__

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None, prog: str = "python -m subsgen") -> int:
    """Runs a command and returns its exit status. Wrong use ends the process with 2, as everywhere in ``argparse``.

    ``prog`` is what the user typed.
    """
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Serves, subscribes, publishes, and explains a broken set-up. The command `subsgen` generates code.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, help_, description, examples, add in (
        ("serve", "serve a manager natively", _SERVE, _SERVE_EXAMPLES, _add_serve),
        ("subscribe", "print the events of a subscription", _SUBSCRIBE, _SUBSCRIBE_EXAMPLES, _add_subscribe),
        ("publish", "publish an event", _PUBLISH, _PUBLISH_EXAMPLES, _add_publish),
        ("postgres", "prepare a database for the PostgreSQL bus", _POSTGRES, _POSTGRES_EXAMPLES, _add_postgres),
        ("doctor", "explain a broken set-up", _DOCTOR, _DOCTOR_EXAMPLES, _add_doctor),
    ):
        epilog = "\n".join(["examples:", *(f"  {prog} {name}{example}" for example in examples)])
        text = textwrap.fill(description, 100)
        layout = argparse.RawDescriptionHelpFormatter
        add(commands.add_parser(name, help=help_, description=text, epilog=epilog, formatter_class=layout))
    given = parser.parse_args(arguments)
    try:
        command = _command(given)
    except ValueError as error:
        commands.choices[given.command].error(str(error))
    return command()


def _command(given: argparse.Namespace) -> Callable[[], int]:
    """What was asked for. Raises ``ValueError`` for arguments that cannot be meant."""
    if given.command == "doctor":
        from .bus import named_url
        from .doctor import examine

        bus_url = os.environ.get(_BUS) if given.bus is None else named_url(given.bus)
        return partial(examine, package=given.package, port=given.port, bus_url=bus_url or None)
    if given.command == "serve":
        from . import serving

        return partial(serving.run, serving.Wanted.of_arguments(given))
    if given.command == "postgres":
        from . import postgres

        return postgres.command(given)
    if given.command == "publish":
        from . import publishing

        return partial(publishing.run, publishing.Wanted.of_arguments(given))
    from . import subscribing

    return partial(subscribing.run, subscribing.Wanted.of_arguments(given))


_SERVE = (
    "Serves the subscriptions of a manager on the native server until SIGTERM or SIGINT; then clients are told, and what waits for them is "
    "sent first. Workers are processes that share the port and meet on Redis or PostgreSQL; one that dies is replaced. "
    "Exit status: 0 ended by a signal, 1 the application failed, 2 wrong use, 3 nobody can listen there, or not with that certificate."
)
_SERVE_EXAMPLES = (
    " app:manager --port 8000",
    " app:manager --reload",
    " app:manager --app app:app --workers 4",
    " app:manager --host 0.0.0.0 --port 443 --tls-cert fullchain.pem --tls-key privkey.pem",
    " app:manager --unix-socket /run/app/subsgen.sock --trusted-proxies unix",
)


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("manager", metavar="MANAGER", help="a module and its manager, or a function that makes it: app:manager")
    parser.add_argument("--app", metavar="APP", help="an ASGI application that answers requests for other paths: app:app")
    parser.add_argument("--host", metavar="HOST", default="127.0.0.1", help="where to listen; 127.0.0.1, unless another is given")
    parser.add_argument("--port", metavar="PORT", type=int, default=8000, help="where to listen; 8000, unless another is given")
    parser.add_argument("--path", metavar="PATH", default="/graphql", help="where operations are served; /graphql, unless another is given")
    parser.add_argument("--reload", action="store_true", help="start again when a Python file below the working directory changes")
    parser.add_argument("--workers", metavar="N", type=int, default=1, help="so many processes")
    parser.add_argument("--drain-timeout", metavar="SECONDS", type=float, default=10.0, help="how long clients have at the end; 10")
    parser.add_argument("--metrics-path", metavar="PATH", help="where metrics are for Prometheus, for whoever reaches the port")
    parser.add_argument(
        "--unix-socket", metavar="PATH", help="listen at a socket of Unix instead; who connects needs permission to write to the file"
    )
    parser.add_argument(
        "--trusted-proxies",
        metavar="NETWORKS",
        type=lambda names: names.split(","),
        default=[],
        help="whom to believe who a client is, with commas between: addresses, networks as 10.0.0.0/8, and unix for the socket",
    )
    parser.add_argument(
        "--proxy-protocol", action="store_true", help="connections of trusted proxies begin with a header of the PROXY protocol"
    )
    parser.add_argument(
        "--tls-cert", metavar="FILE", help="a certificate in PEM, with which clients speak TLS; read again when it changes, or by SIGHUP"
    )
    parser.add_argument("--tls-key", metavar="FILE", help="its key in PEM, where it does not stand in the same file")


_SUBSCRIBE = (
    "Prints what a subscription gives: a line of JSON each, or laid out where standard output is a terminal. "
    "Exit status: 0 completed or --count reached, 1 refused by the server, 2 wrong use, 3 no connection or it was lost, "
    "4 --timeout came before --count."
)
_SUBSCRIBE_EXAMPLES = (
    """ ws://localhost:8000/graphql 'subscription { messageAdded(roomId: "1") { id text } }'""",
    """ http://localhost:8000/graphql 'subscription { tick }' --resume""",
    """ ws://localhost:8000/graphql - --variables '{"room": "1"}' --count 1 < messages.graphql""",
)


def _add_subscribe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", metavar="URL", help="ws://..., wss://..., http://... or https://...")
    parser.add_argument("query", metavar="QUERY", help="the GraphQL document; - reads it from standard input")
    parser.add_argument("--variables", metavar="JSON", help="the variables, a JSON object")
    parser.add_argument("--operation", metavar="NAME", help="which operation of the document")
    parser.add_argument("-H", "--header", metavar="'NAME: VALUE'", action="append", default=[], help="a header of the handshake")
    parser.add_argument("--payload", metavar="JSON", help="the payload of connection_init, a JSON object")
    parser.add_argument("--count", metavar="N", type=int, help="end after N results")
    parser.add_argument("--timeout", metavar="SECONDS", type=float, help="end after so long")
    parser.add_argument("--reconnect", action="store_true", help="connect again when the connection is lost; events in between are missed")
    parser.add_argument("--resume", action="store_true", help="the same, and get what was missed, where the server keeps it")


_PUBLISH = (
    "Publishes an event to the bus of those who serve, or to an endpoint of create_publish_app, whose token is in the environment "
    "variable SUBSGEN_PUBLISH_TOKEN, and prints the event's cursor. Others on the machine can see arguments: env:NAME takes a URL with a "
    "password from the environment. Exit status: 0 published, 1 refused, 2 wrong use, 3 no connection or it was lost."
)
_PUBLISH_EXAMPLES = (
    """ redis://localhost chat.1 '{"id": "1", "text": "hello"}' --schema gen/""",
    """ http://localhost:8000/publish chat.1 '{"id": "1", "text": "hello"}'""",
)


def _add_publish(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", metavar="URL", help="redis://..., unix://..., http://..., https://... or env:NAME")
    parser.add_argument("topic", metavar="TOPIC", help="the topic")
    parser.add_argument("payload", metavar="PAYLOAD", help="the event, JSON; - reads it from standard input")
    parser.add_argument("--attribute", metavar="NAME=VALUE", action="append", default=[], help="an attribute; may be repeated")
    parser.add_argument("--schema", metavar="PATH", help="for a bus: the schema, or the folder of a generated package")


_POSTGRES = (
    "Makes what the PostgreSQL bus needs in a database, the schema subsgen, or brings it up to date, in one transaction; where there is "
    "nothing to do, it does nothing. Exit status: 0 done, 1 it could not be done, 2 wrong use."
)
_POSTGRES_EXAMPLES = (
    " init postgresql://localhost/app",
    " init env:SUBSGEN_BUS_URL",
    " init --print > migrations/subsgen.sql",
)


def _add_postgres(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", metavar="init", choices=["init"], help="what to do")
    parser.add_argument(
        "url", metavar="URL", nargs="?", help="postgresql://... or 'host=... dbname=...'; env:NAME takes it from the environment"
    )
    parser.add_argument("--print", action="store_true", help="print the SQL instead, for an empty database")


_DOCTOR = (
    "Looks at the installation, and says of each thing that is wrong what it is and what to do. "
    "The bus of the environment variable SUBSGEN_BUS_URL is looked at, too. "
    "Exit status: 0 nothing is broken, 1 something is, 2 wrong use."
)
_DOCTOR_EXAMPLES = ("", " gen/ --port 8000", " --bus redis://localhost")
_BUS = "SUBSGEN_BUS_URL"


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("package", metavar="FOLDER", nargs="?", help="a generated package to look at, too")
    parser.add_argument("--port", type=int, help="a port that a server is to listen on: is it free?")
    parser.add_argument("--bus", metavar="URL", help=f"a bus: can it be used? By default that of {_BUS}; env:NAME takes another variable's")


if __name__ == "__main__":
    sys.exit(main())
