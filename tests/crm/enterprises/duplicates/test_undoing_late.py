"""A merge is taken back although what it kept points at things that have gone since."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chains.models import ChainNode
from core.db import unit_of_work
from core.files import Attachment
from core.permissions import Actor
from core.places import Park
from crm.enterprises import honours
from crm.enterprises.models import Enterprise, Honour
from crm.enterprises.placements import Placement
from tests.support import maps
from tests.support.merging import Pair, add, change, merged_now, present, undone


def test_a_mother_that_was_merged_since_is_found_under_her_survivor_until_that_is_undone(
    session: Session, pair: Pair, office: Actor
) -> None:
    keep, gone = pair
    mother, other = add(office, "绵阳利尔集团有限公司"), add(office, "绵阳利尔集团有限责任公司")
    change(session, gone, office, group_id=mother.id)
    first = merged_now(session, keep, gone, office)
    assert present(session, keep).group_id == mother.id
    second = merged_now(session, other, mother, office)
    taken_back = undone(first, office)
    assert taken_back.kept == []
    assert present(session, gone).group_id == other.id and present(session, keep).group_id is None
    undone(second, office)
    assert present(session, gone).group_id == mother.id


def test_what_stood_on_a_node_that_is_gone_is_named_and_not_brought_back(
    session: Session, pair: Pair, office: Actor
) -> None:
    keep, gone = pair
    with unit_of_work() as writing:
        maps.build(writing)
        for each in pair:
            enterprise = writing.get_one(Enterprise, each.id)
            maps.place(writing, enterprise, "X-01-01", "leading", product="偏光片")
    made = merged_now(session, keep, gone, office)
    assert len(made.dropped["placement"]) == 1
    with unit_of_work() as writing:
        node_id = maps.node(writing, "X-01-01").id
        writing.execute(delete(Placement).where(Placement.node_id == node_id))
        writing.execute(delete(ChainNode).where(ChainNode.id == node_id))
    assert undone(made, office).kept == [{"mover": "placement", "count": 1}]
    assert present(session, gone).name == gone.name
    assert session.scalar(select(Placement)) is None


def test_a_proof_and_a_park_that_are_gone_are_left_empty(session: Session, pair: Pair, office: Actor) -> None:
    keep, gone = pair
    with unit_of_work() as writing:
        proof = Attachment(
            kind="enterprise", record_id=gone.id, name="公告.pdf", size=1, sha256="0" * 64,
            content_type="application/pdf", account_id=office.account_id, stored_as="gone",
        )  # fmt: skip
        park = Park(code="TMP-01", name="临时园")
        writing.add_all((proof, park))
        writing.flush()
        title = {"kind": "hte", "name": "高新技术企业", "level": "national"}
        honours.add(writing, keep.public_id, title, actor=office)
        honours.attach_evidence(honours.add(writing, gone.public_id, title, actor=office), proof.id)
        writing.get_one(Enterprise, gone.id).park_id = park.id
    made = merged_now(session, keep, gone, office, park_id=False)
    with unit_of_work() as writing:
        writing.execute(delete(Attachment).where(Attachment.name == "公告.pdf"))
        writing.execute(delete(Park).where(Park.code == "TMP-01"))
    undone(made, office)
    back = present(session, gone)
    assert back.park_id is None
    held = session.scalars(select(Honour).where(Honour.enterprise_id == gone.id)).one()
    assert (held.name, held.evidence_id) == ("高新技术企业", None)
