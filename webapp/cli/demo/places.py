"""Reference data that every installation needs (regions, industries), and the invented city's zones."""

from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.places import Park, Region
from crm.enterprises.models import Industry
from webapp.cli.demo.world import CITY_REGION, DemoWorld, city, rows

SHORT = {
    "内蒙古自治区": "内蒙古",
    "广西壮族自治区": "广西",
    "西藏自治区": "西藏",
    "宁夏回族自治区": "宁夏",
    "新疆维吾尔自治区": "新疆",
}
PLACEHOLDERS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
UNIT_OF_ZONE = {"Z1": "GXQ", "Z2": "JKQ", "Z3": "KJC", "Z4": "JCY"}


def load_reference(session: Session) -> None:
    """Provinces, cities and counties of 2023, and GB/T 4754-2017.

    Development zones that the statistics list as counties (…71 to …79) are no legal divisions and stay out.
    """
    names: dict[str, str] = {}
    made: list[dict[str, object]] = []
    for row in rows("codes/provinces.csv"):
        names[row["code"]] = row["name"]
        short = SHORT.get(row["name"], row["name"].rstrip("省市"))
        made.append(_region(f"{row['code']}0000", short, row["name"], 1, None))
    for row in rows("codes/cities.csv"):
        full = names[row["provinceCode"]] + ("" if row["name"] in PLACEHOLDERS else row["name"])
        names[row["code"]] = full
        made.append(_region(f"{row['code']}00", row["name"], full, 2, f"{row['provinceCode']}0000"))
    known = {item["code"] for item in made}
    for row in rows("codes/areas.csv"):
        if row["code"] in known or "71" <= row["code"][4:] <= "79":
            continue
        full = names[row["cityCode"]] + row["name"]
        made.append(_region(row["code"], row["name"], full, 3, f"{row['cityCode']}00"))
    session.execute(insert(Region), made)
    session.execute(
        insert(Industry),
        [
            {
                "code": row["code"],
                "name": row["name"],
                "level": int(row["level"]),
                "parent_code": row["parent_code"] or None,
                "section": row["section"],
            }
            for row in rows("codes/gbt4754_2017.csv")
        ],
    )


def _region(code: str, name: str, full_name: str, level: int, parent: str | None) -> dict[str, object]:
    return {
        "code": code,
        "name": name,
        "full_name": full_name,
        "level": level,
        "parent_code": parent,
        "invented": False,
    }


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
            region_code=CITY_REGION,
            unit_id=world.unit(UNIT_OF_ZONE[zone_code]).id,
        )
        session.add(park)
        session.flush()
        zones[item["id"]] = park
