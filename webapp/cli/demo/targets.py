"""Target lists of the demonstration: real listed companies as candidates, nobody spoken to yet."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import queries
from chains.models import Chain, ChainNode
from core.permissions import SYSTEM
from crm.enterprises import coverage, homes
from crm.targets import candidates, lists, service
from crm.targets.models import Target, TargetVersion
from webapp.cli.demo.world import DemoWorld

LISTS = (
    # list, chain code, node codes, user, unit, days since the assignment
    (
        "新型显示补链名单",
        "XXXS",
        ("XXXS-02-01-01", "XXXS-01-03-02", "XXXS-03-01-01"),
        "specialist",
        "GXQ",
        (2, 36, 12),
    ),
    ("动力电池强链名单", "DLDC", ("DLDC-02-01", "DLDC-02-04"), "specialist2", "JKQ", (5, 33)),
)
PER_NODE = 4


def load(session: Session, world: DemoWorld) -> None:
    """Two lists, one for each zone; some assignments are old enough to be reminded of."""
    for name, chain_code, codes, username, unit, days in LISTS:
        actor = world.actor(username)
        chain = session.scalars(select(Chain).where(Chain.code == chain_code)).one()
        made = lists.create(session, name, unit_id=world.unit(unit).id, chain=chain, actor=actor)
        found = queries.load_map(session, chain)
        locator = homes.locate(session)
        report = coverage.report(session, found, locator)
        for code, ago in zip(codes, days, strict=True):
            node: ChainNode = found.by_code[code]
            chosen = candidates.find(session, found, node, report, locator, limit=PER_NODE)
            if not chosen:
                continue
            targets = service.add(
                session,
                made,
                node,
                chosen,
                unit_id=world.unit(unit).id,
                specialist_id=actor.account_id,
                actor=actor,
            )
            for target in targets:
                target.assigned_on = world.today - timedelta(days=ago)
    _freeze(session, world)


def _freeze(session: Session, world: DemoWorld) -> None:
    """The quarter before is frozen; since then one of each list has been spoken to, so that a comparison shows it."""
    session.flush()
    lists.freeze_quarter(session, actor=SYSTEM)
    quarter = world.today.replace(month=3 * ((world.today.month - 1) // 3) + 1, day=1)
    for version in session.scalars(select(TargetVersion)):
        version.as_of = quarter
        target = session.scalars(
            select(Target).where(Target.list_id == version.list_id).order_by(Target.id.desc())
        ).first()
        if target is not None:
            service.advance(session, target.public_id, "link", version=target.version, actor=SYSTEM)
