"""Invented enterprises for measurements: seeded, with valid credit codes, names like real ones."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from core.fields.uscc import LETTERS, body_check_letter, check_letter

PLACES = (
    "成都",
    "绵阳",
    "深圳",
    "东莞",
    "苏州",
    "无锡",
    "合肥",
    "武汉",
    "宁波",
    "佛山",
    "重庆",
    "西安",
    "长沙",
    "青岛",
)
BRANDS = "华星光启瑞盛泰和恒力达源鑫诚嘉宏博创新远航凌云天科美亚立信百川永昌德润金石海纳"
TRADES = (
    "光电",
    "新材料",
    "精密机械",
    "电子",
    "智能装备",
    "新能源",
    "生物医药",
    "汽车零部件",
    "半导体",
    "航空科技",
    "软件",
    "化工",
)
FORMS = ("有限公司", "有限责任公司", "股份有限公司", "集团有限公司")
INDUSTRIES = ("3974", "3985", "3841", "3512", "2710", "3670", "3973", "3742", "6513", "2614")


def uscc(number: int) -> str:
    """A credit code with right check digits; different for every number."""
    body = ""
    for _place in range(8):
        number, digit = divmod(number, 10)
        body = str(digit) + body
    stem = f"91519900{body}{body_check_letter(body)}"
    return stem + check_letter(stem)


def enterprises(count: int, seed: int = 7) -> Iterator[dict[str, Any]]:
    """`count` rows with the columns that imports and the register know; money in 万元."""
    chance = random.Random(seed)
    for number in range(1, count + 1):
        brand = "".join(chance.choices(BRANDS, k=chance.choice((2, 2, 3))))
        place, trade = chance.choice(PLACES), chance.choice(TRADES)
        yield {
            "uscc": uscc(number),
            "name": f"{place}{brand}{trade}{number % 9973 or ''}{chance.choice(FORMS)}",
            "industry_code": chance.choice(INDUSTRIES),
            "founded_on": date(1995, 1, 1) + timedelta(days=chance.randrange(11000)),
            "reg_capital_wan": chance.randrange(100, 90000),
            "legal_rep": "".join(chance.choices("王李张刘陈杨赵黄周吴", k=2)),
            "reg_address": f"{place}市科技路{chance.randrange(1, 900)}号",
            "main_products": "、".join(chance.sample(TRADES, 2)),
        }


assert len(LETTERS) == 31
