"""`python -m tests.faults --rounds N`: what survives when the product dies at random moments.

Each round starts the product on the same data, lets clients write through its pages, and kills it with
SIGKILL. At the end every acknowledged record must stand exactly once, with one audit row of its creation, in
an unbroken audit trail and a sound database. The last line: rounds N acknowledged A lost L doubled D.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import requests
from sqlalchemy import Engine, create_engine, text

import config
from tests.faults.writers import NAMES, Account, Writer, send
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


def count(engine: Engine, account: Account) -> tuple[list[str], list[str]]:
    """Names of acknowledged records that are lost, and of records that stand or are audited twice."""
    mine = {"mine": f"{NAMES}%"}
    with engine.connect() as connection:
        stand = Counter(
            connection.execute(text("SELECT name FROM enterprise WHERE name LIKE :mine"), mine).scalars()
        )
        audited = Counter(
            connection.execute(
                text(
                    "SELECT e.name FROM audit_entry a JOIN enterprise e ON e.id = a.record_id "
                    "WHERE a.action = 'enterprises.created' AND a.kind = 'enterprise' AND e.name LIKE :mine"
                ),
                mine,
            ).scalars()
        )
    lost = [name for name in account.acknowledged if not stand[name] or not audited[name]]
    doubled = [name for name, times in (stand | audited).items() if times > 1]
    return lost, doubled


def sound(engine: Engine, product: Product) -> list[str]:
    """What is wrong with the database or the audit trail; empty when nothing is."""
    wrong = []
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            said = connection.execute(text("PRAGMA integrity_check")).scalar_one()
            if said != "ok":
                wrong.append(f"integrity_check: {said}")
    audit = subprocess.run(
        [sys.executable, "-m", "webapp", "verify-audit"], env=product.environ, capture_output=True, text=True
    )
    if audit.returncode != 0:
        wrong.append(f"verify-audit: {(audit.stdout + audit.stderr).strip()}")
    return wrong


def password(product: Product) -> str:
    return str(json.loads((product.data_dir / "demo_accounts.json").read_text("utf-8"))["password"])


def run(rounds: int, clients: int, data_dir: Path) -> int:
    product, account = Product(data_dir, DEMO="1"), Account()
    sessions: list[requests.Session] = []
    again = 0
    for number in range(1, rounds + 1):
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
    lost, doubled = count(engine, account)
    faults = sound(engine, product) + account.refused
    engine.dispose()
    print(f"sent again: {again}; left without an answer: {len(account.unanswered)}")
    for kind, names in (("lost", lost), ("doubled", doubled), ("fault", faults)):
        print("".join(f"{kind}: {name}\n" for name in names), end="")
    print(f"rounds {rounds} acknowledged {len(account.acknowledged)} lost {len(lost)} doubled {len(doubled)}")
    return 1 if lost or doubled or faults or account.unanswered or not account.acknowledged else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--clients", type=int, default=4)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lianzhao-faults-") as folder:
        os.chmod(folder, 0o700)
        return run(arguments.rounds, arguments.clients, Path(folder))


if __name__ == "__main__":
    sys.exit(main())
