"""Which rows the matcher is judged by on firms that the labelled file does not name."""

from chains.judging import Labelled, of_others


def placed(stock: str, product: str, chain: str, node: str) -> Labelled:
    return Labelled(stock, product, chain, node, "placed")


def test_a_firm_stands_on_its_nodes_and_nowhere_on_chains_without_it() -> None:
    rows = [
        placed("1", "偏光片", "显示", "X-01"),
        placed("1", "电池", "储能", "C-02"),
        placed("2", "芯片", "电路", "J-01"),
    ]
    found = of_others(rows, {"2"}, ["显示", "储能", "电路"])
    assert found[:2] == rows[:2]
    assert [(row.product, row.chain, row.node_code, row.kind) for row in found[2:]] == [
        ("偏光片", "电路", "", "elsewhere"), ("电池", "电路", "", "elsewhere"),
    ]  # fmt: skip


def test_a_product_on_two_nodes_is_asked_for_once_on_every_other_chain() -> None:
    rows = [placed("1", "偏光片", "显示", "X-01"), placed("1", "偏光片", "显示", "X-02")]
    assert len(of_others(rows, (), ["显示", "电路"])) == 3
