"""An import and a task say why one sees them: whose they are, and what they belong to."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient

from core import clock
from core.db import unit_of_work
from core.permissions import Actor
from crm.activity import service
from crm.activity.service import Subject
from crm.enterprises import service as enterprises
from tests.support.sheets import HEAD, firm, workbook
from tests.support.world import World
from tests.webapp.imports.test_pages import send, work

ClientAs = Callable[[str], FlaskClient]
ActorOf = Callable[[str], Actor]


def _why(client: FlaskClient, kind: str, pid: str) -> tuple[int, str]:
    answer = client.get(f"/why/{kind}/{pid}")
    return answer.status_code, answer.get_data(as_text=True)


def test_an_import_tells_its_uploader_his_head_and_nobody_else(
    app: Flask, client_as: ClientAs, tmp_path: Path
) -> None:
    client = client_as("spec_a")
    data = workbook(tmp_path / "u.xlsx", [HEAD, firm(1)]).read_bytes()
    pid = urlsplit(send(client, data, "名录.xlsx").headers["Location"]).path.split("/")[2]
    work(app)
    assert f'href="/why/import/{pid}"' in client.get(f"/imports/{pid}").get_data(as_text=True)
    status, page = _why(client, "import", pid)
    assert status == 200 and "范围是甲区管委会" in page and page.count("文件是您上传的") == 1
    status, page = _why(client_as("head_a"), "import", pid)
    assert status == 200 and "您是单位负责人" in page
    assert "不能：您的角色在这条记录上没有" in page, "only its uploader goes on with it"
    assert _why(client_as("spec_b"), "import", pid)[0] == 404
    assert _why(client_as("auditor"), "import", pid)[0] == 404


def test_a_task_tells_what_it_belongs_to(world: World, actor: ActorOf, client_as: ClientAs) -> None:
    park_id, owner = world.park("Z1-01").id, world.account("spec_a").id
    by = actor("spec_a")
    world.session.rollback()
    with unit_of_work() as session:
        values = {"name": "示例市华澜光电科技有限公司", "reg_status": "active", "park_id": park_id}
        made = enterprises.create(session, values, actor=by)
        subject = Subject("enterprise", made.id, made.name, made.unit_id)
        pid = service.add_task(
            session, subject, sort="todo", title="送资料", due_on=clock.today(), owner_id=owner, owner_text="", actor=by
        ).public_id  # fmt: skip
    client = client_as("spec_a")
    page = client.get(f"/tasks/{pid}", follow_redirects=True).get_data(as_text=True)
    assert f'href="/why/task/{pid}"' in page
    status, page = _why(client, "task", pid)
    assert status == 200 and "这项待办属于“示例市华澜光电科技有限公司”" in page and "您是项目专员" in page
    assert _why(client, "task", "01ARZ3NDEKTSV4RRFFQ69G5FAV")[0] == 404
    assert _why(client_as("admin"), "task", pid)[0] == 404
