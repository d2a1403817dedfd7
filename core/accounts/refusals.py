"""What the door answers when it stays shut."""

from core.accounts import policy
from core.accounts.policy import Policy
from core.errors import DomainError
from core.i18n import lazy as _l


class SignInRefused(DomainError):
    """The same words for an unknown name, a wrong password, a disabled and a locked account."""

    code = "sign_in_refused"
    status = 401

    def __init__(self, rules: Policy = policy.DEFAULT) -> None:
        text = _l(
            "用户名或密码不对。连错 %(count)s 次，账号会锁 %(minutes)s 分钟。",
            count=rules.lock_failures,
            minutes=rules.lock_minutes,
        )
        super().__init__(text)


class CodeRefused(DomainError):
    """A wrong or used code, or a locked account: the same words."""

    code = "code_refused"
    status = 401

    def __init__(self, rules: Policy = policy.DEFAULT) -> None:
        text = _l(
            "验证码不对，或已经用过。连错 %(count)s 次，账号会锁 %(minutes)s 分钟。",
            count=rules.lock_failures,
            minutes=rules.lock_minutes,
        )
        super().__init__(text)


class StepGone(DomainError):
    code = "step_gone"
    status = 401

    def __init__(self) -> None:
        super().__init__(_l("等得太久了，请重新登录。"))


class AccountResting(DomainError):
    """Said only to somebody who has proved that the account is his."""

    code = "account_resting"
    status = 401


class TooManyAttempts(DomainError):
    code = "too_many_attempts"
    status = 429

    def __init__(self) -> None:
        super().__init__(_l("这个网络地址试得太多了，请 15 分钟后再来。"))
