"""`make check`: everything that can be said about the code without running the product.

Every step runs, so that one look shows all that is wrong; exit status 1 when any of them failed.
"""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
STEPS: dict[str, list[str]] = {
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "lint": ["ruff", "check", "--quiet", "--output-format", "concise", "."],
    "types": ["mypy"],
    "layers": ["lint-imports", "--no-cache"],
    "templates": ["djlint", "webapp/templates", "--lint", "--quiet"],
    "translations": ["python", "scripts/translations.py", "check"],
    # Requirements equal the lock, models equal migrations, and the other habits of the house.
    "conventions": ["pytest", "tests/conventions", "-q", "-p", "no:cacheprovider"],
}


def run(name: str, command: list[str]) -> bool:
    """Run one step; print what it said only when it failed."""
    started = time.monotonic()
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True)
    verdict = "ok" if done.returncode == 0 else "FAILED"
    print(f"{name:<14}{verdict:<8}{time.monotonic() - started:5.1f} s", flush=True)
    if done.returncode != 0:
        print((done.stdout + done.stderr).rstrip(), "\n", flush=True)
    return done.returncode == 0


def main() -> int:
    chosen = sys.argv[1:] or list(STEPS)
    verdicts = [run(name, STEPS[name]) for name in chosen]
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
