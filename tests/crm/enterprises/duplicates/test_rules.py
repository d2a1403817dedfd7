"""What makes two names one, what makes them suspects, and what never does (DOMAIN 3, ACCEPTANCE T59, T60, T62)."""

from datetime import date

import pytest

from crm.enterprises.duplicates import rules
from crm.enterprises.duplicates.rules import Facts, judge

USCC, OTHER = "913303006807061374", "912201011239989159"


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("上海港湾基础建设（集团）股份有限公司", "上海港湾基础建设(集团)股份有限公司", "same_name"),
        ("贡嘎体态美化工有限 公司", "贡嘎体态美化工有限公司。", "same_name"),
        ("裕民瑾家精密机械股份公司", "裕民瑾家精密机械股份有限公司", "like_name"),
        ("嘉兴斯芬克司显示科技有限责任公司", "嘉兴斯芬克司显示科技有限公司", "like_name"),
        ("邵阳广博文具建材有限责任公司", "邵阳市广博文具建材有限责任公司", "like_name"),
        ("灵动传媒科技(绍兴)有限公司", "绍兴灵动传媒科技有限公司", "place_moved"),
        ("华星光电有限公司", "成都华星光电有限公司", "no_place"),
        ("成都花星光电有限公司", "成都华星光电有限公司", "same_sound"),
        ("成都恒星光电有限公司", "成都华星光电有限公司", "one_edit"),
    ],
)
def test_like_names_are_put_before_people_with_the_reason(one: str, other: str, reason: str) -> None:
    found = judge(Facts(one), Facts(other))
    assert found is not None and found.reasons == (reason,)
    assert found.score >= rules.SUSPECT
    assert judge(Facts(other), Facts(one)) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("绵阳示例材料股份有限公司", "绵阳示例材料有限公司"),
        ("成都华星光电有限公司", "深圳华星光电有限公司"),
    ],
)
def test_another_legal_form_or_place_is_a_hint_at_most(one: str, other: str) -> None:
    found = judge(Facts(one), Facts(other))
    assert found is not None and rules.HINT <= found.score < rules.SUSPECT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("绵阳示例材料有限公司江油分公司", "绵阳示例材料有限公司"),
        ("绵阳示例材料分厂", "绵阳示例材料厂"),
        ("绵阳第一机床有限公司", "绵阳第二机床有限公司"),
        ("成都城东电机有限公司", "成都城西电机有限公司"),
        ("成都华星光电有限公司", "绵阳利尔化学股份有限公司"),
    ],
)
def test_other_subjects_are_not_suspected(one: str, other: str) -> None:
    assert judge(Facts(one), Facts(other)) is None


def test_two_credit_codes_are_never_one_enterprise() -> None:
    name = "成都华星光电有限公司"
    assert judge(Facts(name, uscc=USCC), Facts(name, uscc=OTHER)) is None
    assert judge(Facts(name, uscc=USCC), Facts(name)) is not None


def test_a_renamed_firm_is_found_by_its_former_name_alone() -> None:
    renamed = Facts("中信泰富特钢集团股份有限公司", former=("大冶特殊钢股份有限公司",))
    found = judge(Facts("大冶特殊钢股份有限公司"), renamed)
    assert found is not None and found.reasons == ("former_name",)
    assert judge(Facts("大冶特殊钢股份有限公司"), Facts("中信泰富特钢集团股份有限公司")) is None


def test_what_else_is_the_same_speaks_for_it_and_another_representative_against() -> None:
    plain = judge(Facts("成都恒星光电有限公司"), Facts("成都华星光电有限公司"))
    rich = judge(
        Facts("成都恒星光电有限公司", legal_rep="王芳", address="科技路1号", founded_on=date(2020, 1, 1)),
        Facts("成都华星光电有限公司", legal_rep="王芳", address="科技路 1 号", founded_on=date(2020, 1, 1)),
    )
    against = judge(
        Facts("成都恒星光电有限公司", legal_rep="王芳"), Facts("成都华星光电有限公司", legal_rep="李强")
    )
    assert plain and rich and against
    assert against.score < plain.score < rich.score <= 99
    assert rich.reasons == ("one_edit", "legal_rep", "address", "founded")
    assert against.reasons == ("one_edit", "other_rep")
