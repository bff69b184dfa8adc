"""What can go wrong with the bot's own data."""

from __future__ import annotations

from xiaoer.kit.problem import Problem


class BadFlow(Problem):
    """A flow that could never end well; ``flow`` names it, ``reason`` says where."""

    code = "bad_flow"
    status = 422
    zh = "流程 {flow} 有误：{reason}"
    en = "The flow {flow} is wrong: {reason}"
