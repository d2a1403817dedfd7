"""At the end of a fault run: what was acknowledged stands exactly once, and nothing is half-done."""

import json
import subprocess
import sys
from collections import Counter

from sqlalchemy import Engine, text

from tests.faults.writers import NAMES, Account
from tests.support.product import Product


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


def report(rounds: int, engine: Engine, account: Account, faults: list[str]) -> int:
    """Print the verdict; its last line is what scripts read. The exit status."""
    lost, doubled = count(engine, account)
    faults = faults + account.refused
    for kind, names in (("lost", lost), ("doubled", doubled), ("fault", faults)):
        print("".join(f"{kind}: {name}\n" for name in names), end="")
    print(f"left without an answer: {len(account.unanswered)}")
    print(f"rounds {rounds} acknowledged {len(account.acknowledged)} lost {len(lost)} doubled {len(doubled)}")
    return 1 if lost or doubled or faults or account.unanswered or not account.acknowledged else 0


def password(product: Product) -> str:
    return str(json.loads((product.data_dir / "demo_accounts.json").read_text("utf-8"))["password"])
