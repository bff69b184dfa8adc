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


class NothingFound(Problem):
    """A question for which nothing is found has no first entry to be right or wrong."""

    code = "nothing_found"
    status = 422
    zh = "这个问题没有找到任何条目，只能标为“知识库里没有”。"
    en = "Nothing is found for this question; it can only be marked as not in the knowledge."


class TooFewLabels(Problem):
    """Not enough labelled questions for the promise."""

    code = "too_few_labels"
    status = 409
    zh = "标注还不够：还差 {missing} 条才能承诺。请在“试一试”里继续标注。"
    en = "Not enough labels: {missing} more are needed for this promise. Mark more in Try it."


class PromiseOutOfReach(Problem):
    """No threshold keeps the promise with the labels there are."""

    code = "promise_out_of_reach"
    status = 409
    zh = "现有标注做不到这个承诺，目前最严可承诺答错不超过 {least}%。请补充知识或继续标注。"
    en = "The labels do not allow this promise; the strictest now is {least} % wrong at most. Add knowledge or labels."


class NothingToUndo(Problem):
    """The dial stands as it was shipped."""

    code = "nothing_to_undo"
    status = 409
    zh = "目前就是出厂设置，没有可以撤销的调整。"
    en = "The dial stands as shipped; there is nothing to undo."


class NothingSaid(Problem):
    """No agent has answered these questions yet, so there is nothing to draft from."""

    code = "nothing_said"
    status = 409
    zh = "这些会话里还没有客服给出可用的答复，请自己写答案。"
    en = "No agent has given an answer in these conversations yet; write the answer yourself."


class WorseVersion(Problem):
    """The last replay of these words made more questions worse than better."""

    code = "worse_version"
    status = 409
    zh = "用以前的问题回放：{worse} 个变差、{better} 个变好，没有上线。请改进后再回放，或请管理员放行。"
    en = "Held against past questions, {worse} get worse and {better} better, so it was not published. Improve it and replay, or ask an administrator."


class ReplayFirst(Problem):
    """Nobody has held these words against past questions yet."""

    code = "replay_first"
    status = 409
    zh = "请先用以前的问题回放，看看谁的答案会变，再上线。"
    en = "Replay past questions first, to see whose answers change; then publish."


class ReasonMissing(Problem):
    """An override says why."""

    code = "reason_missing"
    status = 422
    zh = "请写明放行的理由。"
    en = "Say why it shall pass all the same."
