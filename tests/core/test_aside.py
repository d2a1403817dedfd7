"""Work that a second process does: the same answers whoever gives them, and nothing of it stays behind."""

import os
import signal
from collections.abc import Iterator

import pytest

from core.aside import Aside
from crm.enterprises import cutting

QUESTIONS = [[(number, f"绵阳{number}号栖霞微显示有限公司", "", ["旧名称有限公司"])] for number in range(40)]


@pytest.fixture
def aside() -> Iterator[Aside]:
    made = Aside(cutting.__name__)
    yield made
    made.close()


def test_the_child_answers_in_order_what_the_work_itself_says(aside: Aside) -> None:
    asked = [aside.ask(question) for question in QUESTIONS]
    assert aside.pid != os.getpid()
    assert [each.result() for each in asked] == [cutting.work(question) for question in QUESTIONS]


def test_what_a_killed_child_no_longer_answers_is_worked_out_here(aside: Aside) -> None:
    first = aside.ask(QUESTIONS[0]).result()
    os.kill(aside.pid or 0, signal.SIGKILL)
    asked = [aside.ask(question) for question in QUESTIONS[1:]]
    assert [first, *(each.result() for each in asked)] == [cutting.work(question) for question in QUESTIONS]


def test_an_error_of_the_work_is_raised_where_the_answer_is_wanted(aside: Aside) -> None:
    wrong = aside.ask([(1, None, "", [])])
    with pytest.raises(TypeError):
        wrong.result()
    assert aside.ask(QUESTIONS[0]).result() == cutting.work(QUESTIONS[0])


def test_not_apart_there_is_no_child() -> None:
    here = Aside(cutting.__name__, apart=False)
    assert here.pid is None
    assert here.ask(QUESTIONS[0]).result() == cutting.work(QUESTIONS[0])
    here.close()


def test_closing_ends_the_child_although_it_was_asked_for_more() -> None:
    made = Aside(cutting.__name__)
    for question in QUESTIONS * 20:
        made.ask(question)
    made.close()
    with pytest.raises(ProcessLookupError):
        os.kill(made.pid or 0, 0)
