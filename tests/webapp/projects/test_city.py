"""The city at a glance on 今天: for who oversees everything, with figures that lead to exactly their projects."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import unit_of_work
from core.permissions import Actor
from crm.projects import queries
from crm.projects.models import Project

ClientAs = Callable[[str], FlaskClient]


@pytest.fixture
def signed(make_project: Callable[..., Project]) -> None:
    """Two signed projects of zone A, one of them started, and one of zone B that is still negotiated."""
    first, second = (
        make_project().public_id,
        make_project(lead={"investor_name": "示例市澄观电子有限公司"}).public_id,
    )
    make_project("b")
    with unit_of_work() as session:
        for pid, stage, received in ((first, "signed", 0), (second, "started", 25000)):
            project = session.scalars(select(Project).where(Project.public_id == pid)).one()
            project.stage, project.received_wan = stage, Decimal(received)


def test_sums_and_shares_by_unit(signed: None, actor: Callable[[str], Actor], session: Session) -> None:
    lines = queries.by_unit(session, actor=actor("leader"))
    assert [(line.signed, line.total_wan, line.received_wan, line.started) for line in lines] == [
        (2, Decimal(100000), Decimal(25000), 1),
        (0, Decimal(0), Decimal(0), 0),
    ]
    assert (lines[0].received_share, lines[0].started_share) == (Decimal("0.25"), Decimal("0.5"))
    assert (lines[1].received_share, lines[1].started_share) == (None, None)


def test_the_leader_reads_figures_that_lead_to_their_projects(signed: None, client_as: ClientAs) -> None:
    leader = client_as("leader")
    main = leader.get("/").get_data(as_text=True).split("<main")[1]
    found = re.search(r'签约项目.*?<a href="([^"]+)">2</a>', main, re.DOTALL)
    assert found
    listed = leader.get(found[1].replace("&amp;", "&")).get_data(as_text=True)
    assert listed.count('<th scope="row"') == 2
    assert "到位率 25.0%" in main and "1 ÷ 2" in main


@pytest.mark.parametrize("who", ["spec_a", "head_a", "office", "desk_a"])
def test_whoever_works_or_sees_only_a_part_has_his_own_day(
    signed: None, client_as: ClientAs, who: str
) -> None:
    assert "全市一览" not in client_as(who).get("/").get_data(as_text=True)
