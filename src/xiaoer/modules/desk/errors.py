"""What can go wrong at the desk."""

from __future__ import annotations

from xiaoer.kit.problem import Problem


class AtCapacity(Problem):
    """The agent holds as many conversations as they may."""

    code = "at_capacity"
    status = 409
    zh = "您已接待 {holding} 条会话，达到上限 {capacity}。结束一条再接新的。"
    en = "You hold {holding} conversations, the most you may is {capacity}. Resolve one first."


class ShortcutTaken(Problem):
    """Two macros within reach cannot share a shortcut."""

    code = "shortcut_taken"
    status = 409
    zh = "快捷词 {shortcut} 已被使用，请换一个。"
    en = "The shortcut {shortcut} is taken. Choose another."
