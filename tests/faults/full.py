"""Fault rounds on the full profile: web, worker, PostgreSQL, Redis or Elasticsearch killed while clients write."""

import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import create_engine

import config
from tests.faults.platform import Platform
from tests.faults.reckoning import password, report, sound
from tests.faults.servers import Servers
from tests.faults.writers import Account, Persistent

USER = "specialist"
VICTIMS = {"web": 5, "worker": 5, "postgres": 5, "redis": 4, "elasticsearch": 1}
"""How often each is killed, one beside the other; Elasticsearch takes longest to come back."""
SHORTEST, LONGEST = 0.1, 1.2


def run_full(rounds: int, clients: int, limit: float = float("inf")) -> int:
    """Rounds on servers of this run's own; the exit status."""
    with tempfile.TemporaryDirectory(prefix="lianzhao-faults-") as folder, Servers() as servers:
        platform = Platform(Path(folder), **servers.environ())
        platform.load()
        account = Account()
        with platform:
            sessions = [platform.sign_in(USER, password(platform)) for _client in range(clients)]
            writers = [
                Persistent(f"{number}", platform.base, session, account)
                for number, session in enumerate(sessions)
            ]
            for writer in writers:
                writer.start()
            killed, slowest = _rounds(rounds, platform, servers, account, limit)
            for writer in writers:
                writer.stopping.set()
            for writer in writers:
                writer.join(120)
            faults = [f"writer {writer.mark} never ended" for writer in writers if writer.is_alive()]
            faults += _index_whole(platform)
        if account.refused:
            print(_surprises(platform))
        print(f"killed: {dict(killed)}; longest wait for the database after its start {slowest:.1f} s")
        print(f"answers of 503 on the way: {account.busy}")
        engine = create_engine(config.load(platform.environ).database_url)
        try:
            return report(killed.total(), engine, account, faults + sound(engine, platform))
        finally:
            engine.dispose()


def _rounds(
    rounds: int, platform: Platform, servers: Servers, account: Account, limit: float
) -> tuple[Counter[str], float]:
    killed: Counter[str] = Counter()
    slowest = 0.0
    for number in range(1, rounds + 1):
        if time.monotonic() > limit:
            break
        alive = random.uniform(SHORTEST, LONGEST)  # no seed: the moment of a kill cannot be repeated anyway
        time.sleep(alive)
        victim = random.choices(list(VICTIMS), list(VICTIMS.values()))[0]
        killed[victim] += 1
        if victim in platform.running:
            platform.kill(victim)
            platform.start(victim)
        else:
            servers.kill(victim)
            servers.start(victim)
        took = platform.await_ready()
        if victim == "postgres":
            slowest = max(slowest, took)
        print(
            f"round {number}: {victim} killed after {alive:.1f} s, ready again after {took:.1f} s, "
            f"{len(account.acknowledged)} acknowledged",
            flush=True,
        )
    return killed, slowest


def _index_whole(platform: Platform) -> list[str]:
    """The index equals the database within a minute, without anybody's help."""
    said = ""
    for _attempt in range(12):
        done = subprocess.run(
            [sys.executable, "-m", "webapp", "search", "verify"],
            env=platform.environ,
            capture_output=True,
            text=True,
        )
        if done.returncode == 0:
            return []
        said = (done.stdout + done.stderr).strip()[-300:]
        time.sleep(5)
    return [f"search verify: {said}"]


def _surprises(platform: Platform) -> str:
    """The log's lines about what no handler foresaw, each with where it arose."""
    lines = (platform.data_dir / "web.log").read_text("utf-8").splitlines()
    wrong = [number for number, line in enumerate(lines) if " ERROR " in line and "database_away" not in line]
    return "\n".join("\n".join(lines[number : number + 20]) for number in wrong[:3])
