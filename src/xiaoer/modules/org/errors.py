"""What can go wrong with people and places."""

from __future__ import annotations

from xiaoer.kit.problem import Problem


class WrongCredentials(Problem):
    """The same sentence for an unknown login and a wrong password."""

    code = "wrong_credentials"
    status = 401
    zh = "账号或密码不对，请检查后再试。"
    en = "The account or password is not right. Please check and try again."


class WrongOldPassword(Problem):
    """A new password is taken against the old one only."""

    code = "wrong_old_password"
    status = 403
    zh = "原密码不对，请检查后再试。"
    en = "The old password is not right. Please check and try again."


class TooManyTries(Problem):
    """Sign-in is held back after repeated failures."""

    code = "too_many_tries"
    status = 429
    zh = "连续输错多次，请 {retry_after_s} 秒后再试。"
    en = "Too many failed tries. Wait {retry_after_s} seconds and try again."


class LoginTaken(Problem):
    """Two members cannot share a login."""

    code = "login_taken"
    status = 409
    zh = "账号 {login} 已被使用，请换一个。"
    en = "The account {login} is taken. Choose another."


class WeakPassword(Problem):
    """Shorter than a password may be."""

    code = "weak_password"
    status = 422
    zh = "密码至少 {least} 位。"
    en = "A password has at least {least} characters."


class LastAdministrator(Problem):
    """Nobody could administer the group any more."""

    code = "last_administrator"
    status = 409
    zh = "这是最后一位管理员，不能停用或取消管理员角色。"
    en = "This is the last administrator and must stay one."
