"""Maps: drawing 300 and 2,000 nodes, and the gap analysis of 300 nodes with 100,000 firms placed on them."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from flask import get_template_attribute
from markupsafe import escape
from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

import config
from chains import drawing, exchange, queries, service, words
from core import clock
from core.db import db, new_ulid, unit_of_work
from core.permissions import SYSTEM
from crm.enterprises import coverage, homes
from crm.enterprises.cutting import derived_names
from crm.enterprises.models import Enterprise
from crm.enterprises.placements import ROLES, Placement
from tests.benchmarks import data, measure
from tests.benchmarks.measure import Figure
from webapp import database, reference
from webapp.factory import create_app

PROFILE = "embedded"
NODES, FIRMS, PLACED = 300, 20_000, 100_000
BATCH = 5_000
HOME = "510000"
STAGES = ("上游", "中游", "下游")


def figures(folder: Path) -> list[Figure]:
    folder.mkdir()
    app = create_app(config.load({"DATA_DIR": str(folder), "DEMO": "0"}))
    database.upgrade(app)
    reference.ensure(app)
    with app.test_request_context():
        found = [_drawn(count) for count in (300, 2_000)]
        try:
            pid = _fill()
            found.append(_judged(db.session(), folder / "lianzhao.db", pid))
        finally:
            db.session.remove()
            db.engine.dispose()
    return found


def content(count: int) -> dict[str, Any]:
    """Twelve boxes of two levels; each node supplies one of the next box."""
    nodes, edges = [], []
    boxes = 12
    for box in range(boxes):
        stage = STAGES[box * 3 // boxes]
        nodes.append({"code": f"B{box:02d}", "name": f"环节{box}", "stage": stage})
        for number in range(count // boxes - 1):
            code = f"B{box:02d}-{number:03d}"
            nodes.append({"code": code, "parent": f"B{box:02d}", "name": f"产品{number}", "stage": stage})
            if box:
                edges.append({"from": f"B{box - 1:02d}-{number:03d}", "to": code, "type": "供应"})
    return {"chain": "量度", "code": "LD", "nodes": nodes, "edges": edges}


def _drawn(count: int) -> Figure:
    """The whole picture, places, lines and SVG, beside the same shapes written out of a drawing that is ready."""
    draft = exchange.read(content(count))[0]
    assert draft is not None
    shown = [
        drawing.Shown(
            node.code,
            node.parent,
            node.stage,
            node.name,
            "missing",
            href=f"/chains/x?node={node.code}",
            mark=str(words.STATES["missing"]),
        )
        for node in draft.nodes
    ]
    pairs = [(edge.source, edge.target) for edge in draft.edges]
    write = get_template_attribute("staff/chains/_svg.html", "map_svg")
    ready = drawing.draw(shown, pairs)
    assert sum(len(box.rows) for box in ready.boxes) == len(draft.nodes) - len(ready.boxes)

    def ours(_number: int) -> None:
        assert len(write(drawing.draw(shown, pairs), "量度", words)) > count * 300

    def bare(_number: int) -> None:
        assert len(_written(ready)) > count * 300

    return measure.latency(f"picture of {count:,} nodes", PROFILE, count, ours, bare, count=6)


def _written(ready: drawing.Drawing) -> str:
    """The shapes of a picture by one formatted text each: what is the least that Python can do."""
    parts = ["<svg>"]
    parts += [
        f'<path class="edge" d="{escape(line.path)}"/><path class="arr" d="{escape(line.arrow)}"/>'
        for line in ready.lines
    ]
    for box in ready.boxes:
        parts.append(
            f'<g><rect class="box" x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}"/>'
        )
        parts += [_row(row) for row in box.rows]
        parts.append("</g>")
    return "".join([*parts, "</svg>"])


def _row(row: drawing.Row) -> str:
    node, width = row.node, row.width
    name, href = escape(node.name), escape(node.href)
    return (
        f'<a class="st-{node.state}" href="{href}#node" hx-get="{href}" '
        f'aria-label="{name} {node.mark}，本地企业 {node.firms} 家，全国上市 {node.listed} 家" '
        f'transform="translate({row.x} {row.y})">'
        f'<rect class="row" x="2" y="1" width="{width - 4}" height="20" rx="2"/>'
        f'<rect class="hit" x="2" y="1" width="{width - 4}" height="20" rx="2" opacity=".6"/>'
        f'<rect class="sw0" x="8" y="6" width="10" height="10" stroke-dasharray="2.5 2"/>'
        f'<text x="24" y="15.5">{escape(row.text)}</text> '
        f'<text class="st" x="{width - 32}" y="15.5">{node.mark}</text> '
        f'<text class="cnt-t" x="{width - 9}" y="15.5">{node.firms}</text></a>'
    )


def _fill() -> str:
    """The map, its firms all over the country, and each of them on five nodes; the map's public id."""
    chance = random.Random(5)
    draft = exchange.read(content(NODES))[0]
    assert draft is not None
    with unit_of_work() as session:
        chain = service.create_from(session, draft, actor=SYSTEM)
        pid = chain.public_id
        nodes = [node.id for node in queries.load_map(session, chain).nodes]
        for start in range(0, FIRMS, BATCH):
            session.execute(insert(Enterprise), list(_firms(start, chance)))
        firms = list(session.scalars(select(Enterprise.id)))
        rows = list(_placements(firms, nodes, chance))
        for start in range(0, len(rows), BATCH):
            session.execute(insert(Placement), rows[start : start + BATCH])
    return pid


def _firms(start: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    now = clock.now()
    provinces = (*range(11, 16), *range(31, 38), *range(41, 47), *range(50, 55))
    for number in range(start, start + BATCH):
        name = f"量度企业{number}有限公司"
        yield {
            "name": name, **derived_names(name), "uscc": data.uscc(number + 1), "reg_status": "active",
            "region_code": f"{chance.choice(provinces)}0100", "public_id": new_ulid(), "version": 1,
            "created_at": now, "updated_at": now,
        }  # fmt: skip


def _placements(firms: list[int], nodes: list[int], chance: random.Random) -> Iterator[dict[str, Any]]:
    now = clock.now()
    for firm in firms:
        for node in chance.sample(nodes, PLACED // FIRMS):
            yield {
                "enterprise_id": firm, "node_id": node, "role": chance.choice(ROLES), "product": "产品",
                "evidence": "年报", "evidence_on": date(2025, 12, 31), "confirmed": True, "version": 1,
                "public_id": new_ulid(), "created_at": now, "updated_at": now,
            }  # fmt: skip


@contextmanager
def _recorded() -> Iterator[list[tuple[str, Any]]]:
    """Every statement with its parameters, as it goes to the database."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _judged(session: Session, file: Path, pid: str) -> Figure:
    """Read and judged, beside the same statements, ready, on a bare connection, their rows left as they are."""
    locator = homes.locate(session, HOME)

    def ours(_number: int) -> None:
        session.rollback()
        session.expunge_all()
        found = queries.get(session, pid, actor=SYSTEM)
        report = coverage.report(session, found, locator)
        assert report.end_nodes == NODES - 12

    with _recorded() as statements:
        ours(0)
    tables = [statement for statement, _given in statements if statement.startswith("SELECT")]
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:

        def bare(_number: int) -> None:
            for statement, given in statements:
                if statement.startswith("SELECT"):
                    connection.execute(statement, given).fetchall()

        name = f"gap analysis, {NODES} nodes, {PLACED:,} placements, {len(tables)} statements"
        return measure.latency(name, PROFILE, PLACED, ours, bare, count=4)
