"""Whoever may not change an enterprise hears so before he fills in a form."""

import re

from tests.support.firms import ClientAs, new_firm, send_form
from tests.support.world import World

FORMS = re.compile(
    r'href="(/(?:enterprises|activity)/[^"#?]*/(?:new|edit|remove|revoke|leave|follow-up)[^"#?]*)"'
)
"""Links of a record's page that lead to forms about it."""


def test_no_form_opens_for_another_zone(client_as: ClientAs, world: World) -> None:
    park = str(world.park("Z1-01").id)
    world.session.rollback()
    client = client_as("spec_a")
    url = new_firm(client, park_id=park)
    send_form(client, f"{url}/years/new", year="2025", source="企业年报", revenue_wan="4000")
    send_form(client, f"{url}/honours/new", kind="hte", name="高新技术企业", level="national")
    send_form(client, f"{url}/contacts/new", person="邵庭", mobile="13812341234")
    page = send_form(client, f"{url}/names/new", name="示例市华澜器件厂")
    doors = set(FORMS.findall(page))
    assert len(doors) >= 20, sorted(doors)
    assert {client.get(door).status_code for door in doors} == {200}
    stranger = client_as("spec_b")
    assert not set(FORMS.findall(stranger.get(url).get_data(as_text=True)))
    open_to_him = [door for door in doors if stranger.get(door).status_code not in (403, 404)]
    assert open_to_him == []
