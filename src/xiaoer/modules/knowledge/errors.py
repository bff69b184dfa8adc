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


class MissingColumns(Problem):
    """A table that is not one of questions and answers."""

    code = "missing_columns"
    status = 422
    zh = "表格缺少这些列：{columns}。"
    en = "The table lacks these columns: {columns}."


class EmptyImport(Problem):
    """A file in which nothing stands."""

    code = "empty_import"
    status = 422
    zh = "文件里没有可导入的内容。"
    en = "The file holds nothing to import."


class FileTooLarge(Problem):
    """More than one import takes."""

    code = "file_too_large"
    status = 413
    zh = "文件超过 {limit}，请拆分后再导入。"
    en = "The file is larger than {limit}; import it in pieces."
