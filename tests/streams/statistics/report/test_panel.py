"""The NPMLE of the panel of real hosts: 155,214 intervals, against npsurv."""

from host_panel import GROUPS, difference, kept_cells, kept_survival

EPISODES = 155_214
DIFFERENCE_MAX = 0.005


def test_each_network_agrees_with_npsurv() -> None:
    """S of each of 50 networks, and of all others together, within 0.005 of npsurv's."""
    cells, survival = kept_cells(), kept_survival()
    assert sum(own.total() for own in cells.values()) == EPISODES
    assert sorted(cells) == sorted(survival) == list(range(GROUPS + 1))
    apart = difference(cells, survival)
    assert {group: most for group, most in apart.items() if most > DIFFERENCE_MAX} == {}


def test_a_wrong_curve_is_found() -> None:
    """The largest time of a group taken away moves S by more than is allowed."""
    cells, survival = kept_cells(), kept_survival()
    longest = max(cells[50], key=lambda cell: cell[0])
    shortest = min(cells[50], key=lambda cell: cell[0])
    cells[50][shortest] += 50 * cells[50].pop(longest)
    assert difference({50: cells[50]}, survival)[50] > DIFFERENCE_MAX
