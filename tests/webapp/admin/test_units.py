"""Pages of the organisation tree: counts, forms with a version, moves and their history."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from core.accounts import queries
from tests.support.browser import fill, saved, text
from tests.support.world import World

ClientAs = Callable[..., FlaskClient]


def test_the_tree_counts_people_alone_and_with_all_below(
    client_as: ClientAs, world: World, session: Session
) -> None:
    listed = queries.units(session)
    assert [unit.code for unit in listed][:2] == ["SLS", "GXQ"]
    below = queries.people_below(session, listed)
    assert below[world.unit("SLS").id] == sum(queries.people_per_unit(session).values())
    page = text(client_as("admin").get("/admin/units"))
    assert "甲区企业服务中心" in page
    assert "甲区产业园" in page


def test_a_unit_is_renamed_moved_and_its_history_stays(client_as: ClientAs, world: World) -> None:
    client, pid = client_as("admin"), world.unit("GXQ-QF").public_id
    saved(fill(client, f"/admin/units/{pid}/edit", name="甲区企业服务局"))
    saved(fill(client, f"/admin/units/{pid}/move", parent=world.unit("JKQ").public_id))
    page = text(client.get(f"/admin/units/{pid}"))
    assert "甲区企业服务局" in page
    assert "<del>甲区管委会</del> → <ins>乙区管委会</ins>" in page


def test_two_who_rename_at_once_meet_in_a_conflict(client_as: ClientAs, world: World) -> None:
    client, pid = client_as("admin"), world.unit("JHJ").public_id
    address = f"/admin/units/{pid}/edit"
    stale = text(client.get(address))
    saved(fill(client, address, name="示例市投资促进局"))
    version = stale.split('name="version" type="hidden" value="')[1].split('"')[0]
    answer = fill(client, address, name="示例市招商局", version=version, base="{}")
    assert answer.status_code == 409
    assert "示例市投资促进局" in text(answer)


def test_a_unit_with_people_names_what_keeps_it(client_as: ClientAs, world: World) -> None:
    client, pid = client_as("admin"), world.unit("GXQ").public_id
    answer = fill(client, f"/admin/units/{pid}/dissolve", reason="机构改革")
    assert answer.status_code == 422
    assert "请先移走，或选一个承接单位" in text(answer)
    saved(
        fill(client, f"/admin/units/{pid}/dissolve", reason="机构改革", successor=world.unit("JKQ").public_id)
    )
    assert "已撤销" in text(client.get(f"/admin/units/{pid}"))


def test_a_cycle_is_not_even_offered(client_as: ClientAs, world: World) -> None:
    page = text(client_as("admin").get(f"/admin/units/{world.unit('GXQ').public_id}/move"))
    assert world.unit("GXQ-QF").public_id not in page


def test_only_the_system_administrator_changes_it(client_as: ClientAs, world: World) -> None:
    pid = world.unit("GXQ").public_id
    assert client_as("security").get(f"/admin/units/{pid}").status_code == 200
    for name in ("security", "auditor", "leader", "head_a"):
        assert client_as(name).get(f"/admin/units/{pid}/edit").status_code == 403, name


def test_the_tabs_name_lists_in_the_plural_in_english(client_as: ClientAs) -> None:
    client = client_as("admin")
    client.set_cookie("lang", "en")
    page = text(client.get("/admin/units"))
    tabs = [
        one.split("</a>")[0].rsplit(">", 1)[-1] for one in page.split('class="lz-tabs', 1)[1].split("<a ")[1:]
    ]
    assert {"Accounts", "Units", "Legal terms", "Regions"} <= set(tabs)
    assert not {"Account", "Unit", "Legal term"} & set(tabs)
    assert "<title>Units" in page
