"""Thresholds of the maps as a sheet: drafted, tried on every end node, in force from their day."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from chains import thresholds
from core import clock, settings
from core.criteria import service, sheets
from core.db import unit_of_work
from core.permissions import SYSTEM
from crm.enterprises import homes, map_trial
from tests.support import maps
from tests.support.forms import PageForm, parse, post_forms

ClientAs = Callable[[str], FlaskClient]


@pytest.fixture
def chain(session: Session) -> str:
    with unit_of_work() as writing:
        sheets.seed(writing)
        made = maps.build(writing)
        settings.put(writing, homes.SETTING, "519900", actor=SYSTEM)
        home = maps.firm(writing, "示例市本地面板有限公司", region_code="519900")
        maps.place(writing, home, "X-02", "leading", product="液晶面板")
        return made.public_id


def _form(client: FlaskClient, url: str, ending: str) -> PageForm:
    forms = post_forms(parse(client.get(url).text), url)
    return next(form for form in forms if form.action.split("#")[0].endswith(ending))


def _draft(client: FlaskClient, **values: str) -> str:
    form = _form(client, "/criteria/chain_thresholds/chain_thresholds/new", "/new")
    form.values["effective_from"] = [clock.today().isoformat()]
    status, _text, url = form.send(client)
    assert status == 303
    edit = _form(client, url, "/values")
    edit.values.update({name: [value] for name, value in values.items()})
    assert edit.send(client)[0] == 303
    return url


def test_a_draft_says_which_nodes_it_would_change(session: Session, client_as: ClientAs, chain: str) -> None:
    office = client_as("office")
    url = _draft(office, weight_emerging="4", weight_strong="5")
    tried = office.get(f"{url}?try=X-02").text
    assert "新型显示 X-02 显示面板" in tried and "潜力" in tried and "优势" in tried
    session.rollback()
    row = service.find(session, url.rpartition("/")[2])
    result = sheets.dry_run(session, row, lambda _done, _of: None)
    assert result["counts"]["emerging>strong"] == 1
    assert [mover["name"] for mover in result["movers"]] == ["新型显示 X-02 显示面板"]
    assert result["tried"] == len(map_trial.subjects(session, 0, 100)) > 1


def test_the_map_follows_the_version_in_force_and_says_when_nobody_confirmed_it(
    session: Session, client_as: ClientAs, chain: str
) -> None:
    page = client_as("spec_a").get(f"/chains/{chain}?node=X-02").text
    assert "阈值版本 2026-1（建议值）" in page and 'aria-label="显示面板 潜力' in page
    url = _draft(client_as("office"), weight_emerging="4", weight_strong="5")
    with unit_of_work() as writing:
        service.find(writing, url.rpartition("/")[2]).state = "published"
    rule = thresholds.on(clock.today())
    assert (rule.weight_strong, rule.proposed) == (5, False)
    page = client_as("spec_a").get(f"/chains/{chain}?node=X-02").text
    assert 'aria-label="显示面板 优势' in page and "（建议值）" not in page


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"score_emerging": "70"}, "规模分：潜力起点要低于优势起点。"),
        ({"weight_strong": "5"}, "权重和：潜力起点要低于优势起点。"),
        ({"role_weights.supporting": "9"}, "角色权重要按链主、龙头、骨干、配套从高到低。"),
    ],
)
def test_thresholds_that_contradict_each_other_are_named(
    chain: str, client_as: ClientAs, values: dict[str, str], said: str
) -> None:
    office = client_as("office")
    url = _draft(office, **values)
    assert said in office.get(url).text
    assert _form(office, url, "/steps/submit").send(office, reason="依据")[0] == 422
