"""What can go wrong with knowledge."""

from __future__ import annotations

from xiaoer.kit.problem import Problem


class BadEntry(Problem):
    """An entry that cannot be kept as it is."""

    code = "bad_entry"
    status = 422
    zh = "条目没有保存：{reason}"
    en = "The entry was not saved: {reason}"


class WrongState(Problem):
    """The step does not lead on from where the entry stands."""

    code = "wrong_state"
    status = 409
    zh = "条目当前是“{state}”，不能做这一步。"
    en = "The entry is {state}; this step is not possible now."


class NoSuchVersion(Problem):
    """The entry never had that version."""

    code = "no_such_version"
    status = 404
    zh = "没有第 {version} 版。"
    en = "There is no version {version}."
