"""Demo data."""

from entrepot.addons.calendar import demo


def test_the_demo_is_made_once(environment):
    env = environment(demo=True)
    count = env["calendar.event"].search_count([])
    assert count == 5
    demo.load(env)
    assert env["calendar.event"].search_count([]) == count
