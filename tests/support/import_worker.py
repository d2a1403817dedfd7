"""A worker process for tests that kill it: does one job of the given database, then ends.

Usage: python -m tests.support.import_worker DATA_DIR DATABASE_URL JOB_ID
"""

import sys

import config
from core.jobs import runner
from webapp.factory import create_app


def main(data_dir: str, database_url: str, job_id: str) -> None:
    settings = config.load(
        {
            "MODE": "demo",
            "DATA_DIR": data_dir,
            "DATABASE_URL": database_url,
            "SECRET_KEY": "test-" + "k" * 40,
            "DEMO": "0",
        }
    )
    runner.run(int(job_id), create_app(settings).app_context)


if __name__ == "__main__":
    main(*sys.argv[1:])
