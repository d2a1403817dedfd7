"""A relay process for tests that kill it: sends what is due in the given database, then ends.

Usage: python -m tests.support.relay_worker DATA_DIR DATABASE_URL (SMTP_URL and MAIL_FROM from the environment)
"""

import os
import sys

import config
from core.outbox import relay
from tests.core.outbox import conftest as words
from webapp.factory import create_app


def main(data_dir: str, database_url: str) -> None:
    settings = config.load(
        {
            "MODE": "demo",
            "DATA_DIR": data_dir,
            "DATABASE_URL": database_url,
            "SECRET_KEY": "test-" + "k" * 40,
            "DEMO": "0",
            "SMTP_URL": os.environ["SMTP_URL"],
            "MAIL_FROM": os.environ["MAIL_FROM"],
        }
    )
    assert words
    with create_app(settings).app_context():
        while relay.run():
            pass


if __name__ == "__main__":
    main(*sys.argv[1:])
