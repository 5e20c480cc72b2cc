"""Demo data."""

from entrepot.addons.crm import demo


def test_the_demo_is_made_once(environment):
    env = environment(demo=True)
    leads = env["crm.lead"].with_context(active_test=False)
    before = leads.search_count([])
    assert {"won", "lost", "pending"} == set(leads.search([]).mapped("won_status"))
    demo.load(env)
    assert leads.search_count([]) == before
