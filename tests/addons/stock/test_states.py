"""The state of a transfer from those of its moves, and of a move from what it holds."""

import pytest

from entrepot.addons.stock.states import move_state, picking_state


@pytest.mark.parametrize(
    ("moves", "soon", "at_once"),
    [
        ([], "draft", "draft"),
        (["draft", "assigned"], "draft", "draft"),
        (["cancel", "cancel"], "cancel", "cancel"),
        (["done", "cancel"], "done", "done"),
        (["assigned", "confirmed"], "assigned", "confirmed"),
        (["partially_available"], "assigned", "confirmed"),
        (["assigned", "done"], "assigned", "assigned"),
        (["waiting", "confirmed"], "confirmed", "waiting"),
        (["waiting"], "waiting", "waiting"),
    ],
)
def test_a_transfer_is_as_far_as_its_moves(moves, soon, at_once):
    assert picking_state(moves, all_at_once=False) == soon
    assert picking_state(moves, all_at_once=True) == at_once


@pytest.mark.parametrize(
    ("demand", "held", "waits", "state"),
    [
        (5, 0, False, "confirmed"),
        (5, 0, True, "waiting"),
        (5, 2, False, "partially_available"),
        (5, 5, False, "assigned"),
        (5, 7, False, "assigned"),
        (0, 0, False, "assigned"),
    ],
)
def test_a_move_is_as_far_as_what_it_holds(demand, held, waits, state):
    assert move_state(demand, held, waits=waits) == state
