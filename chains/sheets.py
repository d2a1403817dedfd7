"""A map on a sheet of paper: in as many columns as leave its words largest."""

from collections.abc import Collection, Sequence

from chains import drawing

COLUMNS = range(4, 15)
ACROSS = 1.47
"""Width by height of what a sheet of A3 that lies across leaves for the picture."""


def draw(
    nodes: Sequence[drawing.Shown],
    supply: Sequence[tuple[str, str]],
    support: Sequence[tuple[str, str]],
    *,
    shut: Collection[str] = (),
    column: float,
    around: tuple[float, float],
) -> drawing.Drawing:
    """`around` is (width, height) of title, legend and margins beside the drawing, in its own units."""

    def scale(one: drawing.Drawing) -> float:
        return min(ACROSS / (one.width + around[0]), 1 / (one.height + around[1]))

    made = [drawing.draw(nodes, supply, support, shut=shut, wanted=count, column=column) for count in COLUMNS]
    return max(made, key=scale)
