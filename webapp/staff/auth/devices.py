"""What a session's program calls itself, in words that its owner knows: 360 浏览器 · Windows."""

import re

from core.i18n import _
from core.i18n import lazy as _l

PROGRAMS = (
    (r"MicroMessenger/", _l("微信")), (r"DingTalk/", _l("钉钉")), (r"wxwork/", _l("企业微信")),
    (r"QIHU|360SE|360EE", _l("360 浏览器")), (r"UOSBrowser|UBrowser", _l("统信浏览器")),
    (r"QQBrowser/", _l("QQ 浏览器")), (r"Edg(?:e|A|iOS)?/", "Edge"), (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/", "Chrome"), (r"Version/.*Safari/", "Safari"),
)  # fmt: skip
"""In this order: nearly all of them also call themselves Chrome and Safari."""
SYSTEMS = (
    (r"OpenHarmony|HarmonyOS", _l("鸿蒙")), (r"Android", "Android"), (r"iPhone|iPad", "iOS"),
    (r"Windows", "Windows"), (r"Macintosh|Mac OS X", "macOS"), (r"UOS|Deepin", _l("统信 UOS")),
    (r"Kylin", _l("麒麟")), (r"Linux|X11", "Linux"),
)  # fmt: skip


def named(agent: str) -> str:
    """A browser and its system; a program that names itself otherwise is shown by its own word."""
    program = next((str(name) for pattern, name in PROGRAMS if re.search(pattern, agent)), "")
    system = next((str(name) for pattern, name in SYSTEMS if re.search(pattern, agent)), "")
    found = " · ".join(each for each in (program, system) if each)
    return found or agent.split("/")[0][:40] or _("没有说明的程序")
