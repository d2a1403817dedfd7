"""The eight drafted maps of the demonstration with real listed companies and invented local firms on them."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from chains import exchange, service
from chains.models import Chain, ChainNode, ChainVersion
from chains.words import ROLE_OF
from core import audit, clock
from core.db import new_ulid
from core.dirty import touch
from core.permissions import SYSTEM
from crm.enterprises import map_versions, placing, purchasing
from crm.enterprises.models import Enterprise
from crm.enterprises.placements import Placement
from crm.enterprises.purchasing import PurchaseValues
from webapp.cli.demo.world import CITY_REGION, DemoWorld, city
from webapp.reference import DATA, rows

CHAINS = DATA / "chains_deep"
OFFICES = {
    "新型显示": "JXJ",
    "集成电路": "JXJ",
    "电子信息材料与元器件": "JXJ",
    "低空经济与航空装备": "JHJ",
}
PUBLISHED = "新型显示"
"""The map that has a published version; since then one firm has come, so that a comparison shows it."""
PURCHASES = (("D001", "1240000", "396800"), ("D014", "860000", "318200"))
"""Firm, purchases of the last year and what of it local suppliers delivered, in 万元; all invented."""
_BATCH = 1000


def load(session: Session, world: DemoWorld) -> None:
    """All maps as drafts with their edges, then the firms on their nodes."""
    nodes: dict[tuple[str, str], int] = {}
    for path in sorted(CHAINS.glob("*.json")):
        if path.stem == "demo_city":
            continue
        draft, report = exchange.read(json.loads(path.read_text("utf-8")))
        if draft is None or not report.sound:
            raise ValueError(f"{path.name}: {report.faults}")
        chain = service.create_from(session, draft, actor=SYSTEM)
        chain.prepared_by = world.unit("JHJ").name
        _appoint(session, world, chain)
        statement = select(ChainNode.code, ChainNode.id).where(ChainNode.chain_id == chain.id)
        nodes.update({(chain.name, code): node_id for code, node_id in session.execute(statement)})
    made = [*_listed(session, nodes), *_local(session, nodes)]
    shown = {node for (chain, _code), node in nodes.items() if chain == PUBLISHED}
    late = max(at for at, row in enumerate(made) if row["node_id"] in shown)
    _insert(session, [*made[:late], *made[late + 1 :]])
    _publish(session, world)
    _insert(session, made[late : late + 1])
    _products(session, made)
    _purchases(session, world)


def _purchases(session: Session, world: DemoWorld) -> None:
    """Invented anchors say what they buy and how much of it here; others have not yet answered."""
    for firm, total, local in PURCHASES:
        values = PurchaseValues(
            world.today.year - 1, Decimal(total), Decimal(local), "虚构：企业报送的采购台账"
        )
        purchasing.note(session, world.firm(firm).public_id, CITY_REGION, values, version=None, actor=SYSTEM)


def _publish(session: Session, world: DemoWorld) -> None:
    """One version as it was published at the beginning of the quarter; the next one is being drafted."""
    session.flush()
    day = world.today.replace(month=3 * ((world.today.month - 1) // 3) + 1, day=1)
    chain = session.scalars(select(Chain).where(Chain.name == PUBLISHED)).one()
    for verb in ("submit", "publish", "revise"):
        map_versions.take(session, chain.public_id, verb, version=None, as_of=day, actor=SYSTEM)
    version = session.scalars(select(ChainVersion).where(ChainVersion.chain_id == chain.id)).one()
    version.published_at = datetime.combine(day, time(10), clock.SHANGHAI)


def _appoint(session: Session, world: DemoWorld, chain: Any) -> None:
    leader = world.account("leader")
    department = world.unit(OFFICES.get(chain.name, "JXJ"))
    service.appoint(session, chain, "chief", leader.name, account_id=leader.id, actor=SYSTEM)
    service.appoint(
        session, chain, "lead_department", department.short_name, unit_id=department.id, actor=SYSTEM
    )


def _listed(session: Session, nodes: dict[tuple[str, str], int]) -> Iterable[dict[str, Any]]:
    """Real companies by stock code; evidence of 2021, so every row is due for review."""
    firms = {
        row.stock_code: row.id
        for row in session.execute(
            select(Enterprise.stock_code, Enterprise.id).where(Enterprise.stock_code.is_not(None))
        )
    }
    for row in rows("chains_deep/placements_public.csv"):
        firm = firms.get(row["stock_code"])
        if firm is not None:
            yield _placement(firm, nodes[row["chain"], row["node_code"]], row)


def _local(session: Session, nodes: dict[tuple[str, str], int]) -> Iterable[dict[str, Any]]:
    """Invented firms of the invented city."""
    codes = {firm["id"]: firm["uscc"] for firm in city()["firms"]}
    firms = {
        row.uscc: row.id
        for row in session.execute(
            select(Enterprise.uscc, Enterprise.id).where(Enterprise.uscc.in_(codes.values()))
        )
    }
    for chain, content in city()["chains"].items():
        for item in content["placements"]:
            yield _placement(firms[codes[item["firm"]]], nodes[chain, item["node"]], item)


def _placement(firm: int, node: int, item: dict[str, Any]) -> dict[str, Any]:
    share = item["revenue_share"]
    now = clock.now()
    return {
        "public_id": new_ulid(),
        "enterprise_id": firm,
        "node_id": node,
        "role": ROLE_OF[item["role"]],
        "product": item["product"][:120],
        "revenue_share": None if share in (None, "") else Decimal(str(share)),
        "evidence": item["evidence"],
        "evidence_on": date.fromisoformat(item["evidence_date"]),
        "confirmed": False,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }


def _insert(session: Session, made: list[dict[str, Any]]) -> None:
    known: dict[tuple[int, int, str], dict[str, Any]] = {}
    for row in made:
        known.setdefault((row["enterprise_id"], row["node_id"], row["product"]), row)
    kept = list(known.values())
    for start in range(0, len(kept), _BATCH):
        session.execute(insert(Placement), kept[start : start + _BATCH])
    touch(service.NODE_KIND, {row["node_id"] for row in kept})
    touch(placing.KIND, {row["enterprise_id"] for row in kept})
    audit.record("chains.placements_loaded", service.KIND, 0, actor=SYSTEM, label=str(len(kept)))


def _products(session: Session, made: list[dict[str, Any]]) -> None:
    """Listed companies take their main products from their placements; then all products are matched."""
    by_firm: dict[int, dict[str, None]] = defaultdict(dict)
    for row in made:
        by_firm[row["enterprise_id"]][row["product"]] = None
    table = Enterprise.__table__
    statement = (
        update(Enterprise)
        .where(table.c.id == bindparam("firm"), table.c.main_products == "")
        .values(main_products=bindparam("text"))
    )
    texts = [{"firm": firm, "text": "、".join(products)} for firm, products in by_firm.items()]
    session.connection().execute(statement, texts)
    placing.refresh_matches(session, by_firm)
