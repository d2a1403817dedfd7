"""`python -m tests.faults --rounds N [--profile full]`: what survives when the product dies at random moments.

Each round starts the product on the same data, lets clients write through its pages, and kills it with
SIGKILL; with `--profile full` gunicorn, worker, PostgreSQL, Redis or Elasticsearch die instead. At the end
an unbroken audit trail and a sound database. The last line: rounds N acknowledged A lost L doubled D.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import requests
from sqlalchemy import create_engine

import config
from tests.faults.full import run_full
from tests.faults.reckoning import password, report, sound
from tests.faults.writers import Account, Writer, send
from tests.support.product import Product

USER = "specialist"
SHORTEST, LONGEST = 0.2, 3.0


def kill_at_random(
    product: Product, sessions: list[requests.Session], account: Account, number: int
) -> float:
    """Let the clients write for a random while, then kill the product; the seconds it was given."""
    writers = [
        Writer(f"{number:03d}-{client}", product.base, session, account)
        for client, session in enumerate(sessions)
    ]
    for writer in writers:
        writer.start()
    alive = random.uniform(SHORTEST, LONGEST)  # no seed: the moment of a kill cannot be repeated anyway
    time.sleep(alive)
    product.process.kill()
    product.process.wait()
    for writer in writers:
        writer.stopping.set()
        writer.join(30)
    return alive


def send_again(product: Product, account: Account) -> int:
    """Send what was never answered once more, as a person would; how many forms that were."""
    waiting, account.unanswered = account.unanswered, []
    for session, form in waiting:
        send(session, product.base, form, account)
    return len(waiting)


def run(rounds: int, clients: int, data_dir: Path, limit: float = float("inf")) -> int:
    product, account = Product(data_dir, DEMO="1"), Account()
    sessions: list[requests.Session] = []
    again = 0
    done = 0
    for number in range(1, rounds + 1):
        if time.monotonic() > limit:
            break
        done = number
        product.__enter__()
        sessions = sessions or [product.sign_in(USER, password(product)) for _ in range(clients)]
        again += send_again(product, account)
        alive = kill_at_random(product, sessions, account, number)
        print(
            f"round {number}: up in {product.started_in:.1f} s, killed after {alive:.1f} s, "
            f"{len(account.acknowledged)} acknowledged, {len(account.unanswered)} without an answer",
            flush=True,
        )
    with product:
        again += send_again(product, account)
    engine = create_engine(config.load(product.environ).database_url)
    print(f"sent again: {again}")
    try:
        return report(done, engine, account, sound(engine, product))
    finally:
        engine.dispose()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--clients", type=int, default=3, help="one account may have three sessions")
    parser.add_argument("--profile", choices=("embedded", "full"), default="embedded")
    parser.add_argument("--minutes", type=float, default=0, help="begin no further round after so long")
    arguments = parser.parse_args()
    limit = time.monotonic() + arguments.minutes * 60 if arguments.minutes else float("inf")
    if arguments.profile == "full":
        return run_full(arguments.rounds, arguments.clients, limit)
    with tempfile.TemporaryDirectory(prefix="lianzhao-faults-") as folder:
        os.chmod(folder, 0o700)
        return run(arguments.rounds, arguments.clients, Path(folder), limit)


if __name__ == "__main__":
    sys.exit(main())
