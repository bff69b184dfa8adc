"""Knows all names and holds no logic: here the command line, in ``house`` everything behind it.

Only names are given here, so that ``xiaoer --help`` imports nothing heavy.
"""

from __future__ import annotations

from importlib import import_module

from xiaoer.edge.cli import Wiring

WIRING = Wiring(
    worker="xiaoer.main.house:worker",
    house="xiaoer.main.house:house_of",
    plant="xiaoer.labs.demo.command:plant",
    traffic="xiaoer.labs.demo.command:traffic",
    preload="xiaoer.main.house:preload",
    groups={
        "eval": ("xiaoer.labs.evals:app", "Measure understanding on your own files. 评测。"),
        "bench": ("xiaoer.labs.bench:app", "Measure speed through the real edge. 压测。"),
        "torture": ("xiaoer.labs.torture:app", "Kill it at random, count losses. 破坏性测试。"),
        "import": ("xiaoer.labs.tau:import_app", "Load outside data. 导入数据。"),
        "mcp": ("xiaoer.labs.tau.serving:app", "Offer the tools to an agent. 供智能体调用。"),
        "export": ("xiaoer.labs.tau:export_app", "Write data out. 导出数据。"),
    },
)


def cli() -> None:
    """The command ``xiaoer``. By name, because workers pass here and need no terminal."""
    import_module("xiaoer.edge.cli.app").build_cli(WIRING)()
