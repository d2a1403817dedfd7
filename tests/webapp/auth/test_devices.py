"""Sessions are named by browser and system, in words that their owner knows."""

import pytest

from webapp.staff.auth.devices import named

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/123.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME}", "Chrome · Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Edg/123.0.0.0", "Edge · Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} QIHU 360SE", "360 浏览器 · Windows"),
        (f"Mozilla/5.0 (X11; Linux x86_64; UOS) {CHROME} UOSBrowser/6.0", "统信浏览器 · 统信 UOS"),
        ("Mozilla/5.0 (X11; Linux aarch64; Kylin; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · 麒麟"),
        (f"Mozilla/5.0 (Linux; Android 14) {CHROME} MicroMessenger/8.0.49", "微信 · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari · iOS"),
        ("python-requests/2.32.3", "python-requests"),
        ("", "没有说明的程序"),
    ],
)  # fmt: skip
def test_an_agent_is_named_as_people_know_it(agent: str, name: str) -> None:
    assert named(agent) == name
