"""The invented city below 四川省, its zones and their parks."""

from sqlalchemy.orm import Session

from core.places import Park, ParkRegion, Region
from webapp.cli.demo.world import CITY_REGION, DemoWorld, city

UNIT_OF_ZONE = {"Z1": "GXQ", "Z2": "JKQ", "Z3": "KJC", "Z4": "JCY"}


def load_city(session: Session, world: DemoWorld) -> None:
    """示例市 below 四川省, its four zones and their parks."""
    session.add(
        Region(
            code=CITY_REGION,
            name="示例市",
            full_name="四川省示例市",
            level=2,
            parent_code="510000",
            invented=True,
        )
    )
    session.flush()
    zones: dict[str, Park] = {}
    for item in [*city()["zones"], *city()["parks"]]:
        parent = zones.get(item["parent"] or "")
        zone_code = item["parent"] or item["id"]
        park = Park(
            code=item["id"],
            name=item["name"],
            short_name=item["name"].removeprefix("示例"),
            level=item.get("level", ""),
            focus=item.get("focus", ""),
            parent_id=parent.id if parent else None,
            regions=[ParkRegion(region_code=CITY_REGION)],
            unit_id=world.unit(UNIT_OF_ZONE[zone_code]).id,
        )
        session.add(park)
        session.flush()
        zones[item["id"]] = park
