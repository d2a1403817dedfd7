"""Prints the parts that are shipped as CycloneDX 1.5: every locked package with its hashes, every vendored file."""

import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def packages(text: str) -> list[dict[str, Any]]:
    """Name, version and hashes of each pinned requirement."""
    found: list[dict[str, Any]] = []
    for line in text.replace("\\\n", " ").splitlines():
        if (pin := _PIN.match(line.strip())) is None:
            continue
        name, version = pin[1].lower(), pin[2]
        found.append(
            {
                "type": "library",
                "name": name,
                "version": version,
                "purl": f"pkg:pypi/{name}@{version}",
                "hashes": [{"alg": "SHA-256", "content": one} for one in _HASH.findall(line)],
            }
        )
    return found


def vendored(folder: Path) -> list[dict[str, Any]]:
    """The browser libraries that stand in the repository."""
    return [
        {
            "type": "file",
            "name": path.relative_to(ROOT).as_posix(),
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}],
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


def bill() -> dict[str, Any]:
    listed = packages((ROOT / "requirements.txt").read_text("utf-8"))
    files = vendored(ROOT / "webapp" / "static" / "vendor")
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": listed + files}


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=1)
