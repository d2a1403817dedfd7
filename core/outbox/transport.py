"""What the outside world is for this process: the mail server, hosts that may be called, our own address."""

from dataclasses import dataclass, field

ROBOT_HOSTS = ("qyapi.weixin.qq.com", "oapi.dingtalk.com")
"""The robots of WeCom and DingTalk; further hosts are named in the settings of the machine."""


@dataclass(frozen=True)
class MailServer:
    """`security` is starttls, tls or none (loopback only)."""

    host: str
    port: int
    sender: str
    username: str = ""
    password: str = field(default="", repr=False)
    security: str = "starttls"


@dataclass(frozen=True)
class Transport:
    """`hosts` are exact names, `*.suffix`, or either with `:port`; `private` permits addresses of one's own net."""

    public_url: str = ""
    mail: MailServer | None = None
    hosts: tuple[str, ...] = ROBOT_HOSTS
    private: bool = False
    timeout: float = 10.0


_present = Transport()


def use(transport: Transport) -> None:
    """Say once, at start, how messages leave."""
    global _present
    _present = transport


def present() -> Transport:
    return _present
