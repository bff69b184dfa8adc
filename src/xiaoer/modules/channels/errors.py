"""What can go wrong on a channel."""

from __future__ import annotations

from xiaoer.kit.problem import Problem


class OriginRefused(Problem):
    """A page that the account does not list; ``origin`` is what the browser said."""

    code = "origin_not_allowed"
    status = 403
    zh = "这个网页没有被允许使用客服窗口，请管理员把 {origin} 加入渠道的允许来源。"
    en = "This page may not use the chat. An administrator can allow {origin} on the channel."


class BadCustomerToken(Problem):
    """The shop's word about its customer cannot be trusted: expired, used before, or not ours."""

    code = "bad_customer_token"
    status = 401
    zh = "登录信息已失效，请刷新页面后再试。"
    en = "The sign-in has expired. Reload the page and try again."


class TooManyTries(Problem):
    """Proving was tried too often, by this visitor or for this order or address."""

    code = "too_many_tries"
    status = 429
    zh = "尝试次数过多，请 {retry_after_s} 秒后再试，或转人工核实。"
    en = "Too many tries. Try again in {retry_after_s} seconds, or ask for a person."


class AlreadyIdentified(Problem):
    """The visitor is proven as somebody else; two customers never share a history."""

    code = "already_identified"
    status = 409
    zh = "当前会话已验证为另一位客户，请在新窗口中重新开始。"
    en = "This chat is verified for another customer. Start over in a new window."


class UnknownFileType(Problem):
    """Neither name nor header decide, but the first bytes of the file."""

    code = "unknown_file_type"
    status = 415
    zh = "不支持这种文件，请发送图片（PNG、JPEG、WebP、GIF）、PDF 或纯文本。"
    en = "This kind of file is not supported. Send an image, a PDF or plain text."


class EmptyFile(Problem):
    """Nothing was uploaded."""

    code = "empty_file"
    status = 422
    zh = "文件是空的，请重新选择。"
    en = "The file is empty. Choose another one."
