"""What can keep the server from serving."""

from __future__ import annotations

from xiaoer.kit.problem import Problem


class AddressUnavailable(Problem):
    """The host of ``--host`` is none of this machine's."""

    code = "address_unavailable"
    status = 503
    zh = "无法在 {host} 上监听：{reason}。请用 --host 指定本机的地址。"
    en = "Cannot listen on {host}: {reason}. Give an address of this machine with --host."


class WorkersKeepFailing(Problem):
    """No worker ever became ready."""

    code = "workers_keep_failing"
    status = 503
    zh = "服务进程连续 {times} 次启动失败，原因见上方日志。可运行 xiaoer doctor 检查。"
    en = (
        "The worker processes failed to start {times} times; the reason is in the lines above. "
        "'xiaoer doctor' may tell more."
    )


class DemoAccountsExposed(Problem):
    """Accounts whose passwords are published would be reachable by others."""

    code = "demo_accounts_exposed"
    status = 403
    zh = "演示账号的密码是公开的，因此不能在 {host} 上对外服务。请为正式使用指定新的 --data-dir，或改用 --host 127.0.0.1。"
    en = (
        "The demo accounts have published passwords, so this installation is not served on {host}. "
        "Use a new --data-dir for real work, or --host 127.0.0.1."
    )
