"""ACCEPTANCE T01–T06 and what lies around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fields import uscc
from core.fields.errors import FieldError

VALID = (
    "912201011239989159",
    "913303006807061374",
    "913306815877655972",
    "11370881004339597L",
    "91350100M000100Y43",
)


def refusal(value: object) -> FieldError:
    with pytest.raises(FieldError) as refused:
        uscc.enterprise_code(value)
    return refused.value


@pytest.mark.parametrize("code", VALID)
def test_real_codes_pass_both_check_digits(code: str) -> None:
    assert uscc.credit_code(code) == code


def test_an_offices_code_is_valid_but_no_enterprise() -> None:
    error = refusal("11370881004339597L")
    assert error.code == "not_enterprise"
    assert "非企业主体" in str(error)
    assert "机关" in str(error)


def test_wrong_check_digits_are_named_with_what_they_should_be() -> None:
    error = refusal("91310000735470911B")
    assert error.code == "check_digit"
    assert "第 18 位应为 8" in str(error)
    assert "第 9 位（全码第 17 位）应为 9（现 1）" in str(error)


def test_one_wrong_check_digit_is_named_alone() -> None:
    assert "第 18 位应为 4（现 5）" in str(refusal("913303006807061375"))
    assert "第 17 位" not in str(refusal("913303006807061375"))


def test_letters_that_are_never_used_are_named_with_their_places() -> None:
    error = refusal("91330213MA2F9R2Z0I")
    assert error.code == "illegal_letter"
    assert "I O S V Z" in str(error)
    assert "第 16、18 位是 Z、I" in str(error)
    assert refusal("9133030068070613企4").code == "illegal_character"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (" 9133 0300 6807 0613 74 ", "913303006807061374"),
        ("９１３３０３００６８０７０６１３７４", "913303006807061374"),
        ("91350100m000100y43", "91350100M000100Y43"),
        ("913303\u200b006807061374\ufeff", "913303006807061374"),
        ("91330300-6807061374", "913303006807061374"),
        ("", None),
        (None, None),
    ],
)
def test_spaces_width_and_case_are_put_right(written: str | None, code: str | None) -> None:
    assert uscc.credit_code(written) == code


@pytest.mark.parametrize("written", ["91330300680706137", "9133030068070613744"])
def test_seventeen_or_nineteen_characters_are_counted(written: str) -> None:
    error = refusal(written)
    assert error.code == "length"
    assert f"长度应为 18 位，现在是 {len(written)} 位" in str(error)


@pytest.mark.parametrize("value", [9.13303e17, 913303006807061374, "9.13303E+17", "9.13303006807061E+17"])
def test_a_spreadsheet_number_is_refused_not_truncated(value: object) -> None:
    assert refusal(value).code == "as_number"


@given(
    st.text(alphabet=uscc.LETTERS, min_size=8, max_size=8),
    st.text(alphabet=uscc.LETTERS, min_size=8, max_size=8),
)
def test_a_made_code_passes_and_every_single_misread_character_is_caught(head: str, body: str) -> None:
    stem = head + body + uscc.body_check_letter(body)
    code = stem + uscc.check_letter(stem)
    assert uscc.credit_code(code) == code
    for place in range(18):
        other = uscc.LETTERS[(uscc.LETTERS.index(code[place]) + 1) % 31]
        with pytest.raises(FieldError):
            uscc.credit_code(code[:place] + other + code[place + 1 :])


@given(st.text(max_size=40))
def test_any_text_gives_a_code_or_a_refusal(written: str) -> None:
    try:
        code = uscc.credit_code(written)
    except FieldError:
        return
    assert code is None or len(code) == 18
