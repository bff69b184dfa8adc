"""The command ``xiaoer``. What a command needs is imported when it runs, so help is quick."""

from __future__ import annotations

import importlib
from importlib.metadata import version
from typing import Annotated, Any

import typer

from .options import AsJson, DatabaseUrl, DataDir, sentences
from .wiring import Wiring

Host = Annotated[str | None, typer.Option("--host", help="Address to listen on.")]
Port = Annotated[int | None, typer.Option("--port", help="Port to listen on.")]
Workers = Annotated[int | None, typer.Option("--workers", help="Worker processes.")]
Source = Annotated[str, typer.Argument(help="Folder of the backup.")]

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def build_cli(wiring: Wiring) -> typer.Typer:
    """The whole command line over a house that ``wiring`` can build."""
    app = typer.Typer(
        name="xiaoer",
        help="小二 Xiaoer: customer service for retail groups. 零售集团的开源客服平台。",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_version)
    _add_serving(app, wiring)
    _add_keeping(app, wiring)
    for name, (target, help_line) in wiring.groups.items():
        _add_group(app, wiring, name, target, help_line)
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("xiaoer"))
        raise typer.Exit


def _version(
    show: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass


def _run(command: str, *arguments: Any, **options: Any) -> None:
    """Import ``module:function`` of this package and call it; problems become sentences."""
    module, _, name = command.partition(":")
    with sentences():
        function = getattr(importlib.import_module(f"{__package__}.{module}"), name)
        function(*arguments, **options)


def _add_serving(app: typer.Typer, wiring: Wiring) -> None:
    @app.command()
    def serve(
        host: Host = None,
        port: Port = None,
        workers: Workers = None,
        data_dir: DataDir = None,
        database_url: DatabaseUrl = None,
    ) -> None:
        """Start the server and keep it running. 启动服务。"""
        given = {"host": host, "port": port, "workers": workers}
        _run("serving:run", wiring, data_dir=data_dir, database_url=database_url, **given)

    @app.command()
    def demo(
        port: Port = None,
        data_dir: DataDir = None,
        database_url: DatabaseUrl = None,
        traffic: Annotated[bool, typer.Option("--traffic", help="Play customers.")] = False,
        rate: Annotated[int, typer.Option("--rate", help="Messages a minute.")] = 30,
    ) -> None:
        """Seed the invented group, start the server and keep it running. 启动演示。"""
        place = {"data_dir": data_dir, "database_url": database_url}
        _run("serving:run_demo", wiring, rate if traffic else 0, port=port, **place)

    @app.command()
    def setup(
        group: Annotated[str, typer.Option("--group", prompt="Name of the group 集团名称")],
        login: Annotated[str, typer.Option("--login", help="Of the administrator.")] = "admin",
        data_dir: DataDir = None,
        database_url: DatabaseUrl = None,
    ) -> None:
        """Found a group with its administrator; the password is asked for. 首次设置。"""
        place = {"data_dir": data_dir, "database_url": database_url}
        _run("first_run:run", wiring, group, login, **place)


def _add_keeping(app: typer.Typer, wiring: Wiring) -> None:
    @app.command()
    def migrate(data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
        """Bring the database to the schema of this version. 升级数据库结构。"""
        _run("keeping:run_migrate", data_dir=data_dir, database_url=database_url)

    @app.command()
    def doctor(
        data_dir: DataDir = None,
        database_url: DatabaseUrl = None,
        port: Port = None,
        as_json: AsJson = False,
    ) -> None:
        """Look for what is wrong, and say how to mend it. 体检。"""
        place = {"data_dir": data_dir, "database_url": database_url, "port": port}
        _run("doctor:run", as_json, **place)

    @app.command()
    def backup(
        folder: Annotated[str, typer.Argument(help="A new folder for the backup.")],
        data_dir: DataDir = None,
        database_url: DatabaseUrl = None,
    ) -> None:
        """Copy database and files into a folder, each with its hash. 备份。"""
        _run("keeping:run_backup", folder, data_dir=data_dir, database_url=database_url)

    @app.command()
    def restore(folder: Source, data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
        """Verify a backup and read it into an empty place. 恢复。"""
        _run("keeping:run_restore", folder, data_dir=data_dir, database_url=database_url)


def _add_group(app: typer.Typer, wiring: Wiring, name: str, target: str, help_line: str) -> None:
    @app.command(name, help=help_line, context_settings=PASS_ON)
    def passed_on(ctx: typer.Context) -> None:
        module, _, attribute = target.partition(":")
        with sentences():
            group = getattr(importlib.import_module(module), attribute)
            group(args=list(ctx.args), prog_name=f"xiaoer {name}", obj=wiring)
