from __future__ import annotations

import datetime as dt

import pytest

from entrepot.api import ValidationError
from entrepot.kernel.loading import install, manifests
from kernel import shop

MODELS = shop.MODELS
ACCESS = '[[access]]\nmodel = "shop.tag"\nrights = "read"\n'
SEED = '[[record]]\nmodel = "shop.tag"\nid = "red"\nname = "Red"\n"order_ids/id" = ""\n'
MANIFEST = 'name = "sample"\ntitle = "Sample"\nversion = "%s"\ndata = ["access.toml", "seed.toml"]\ndemo = ["demo.toml"]\n'
DEMO = '[[record]]\nmodel = "shop.tag"\nid = "demo"\nname = "Demo"\n'


def content(env):
    """Every row of every table."""
    env.flush()
    found = {}
    for table in env.registry.tables:
        columns = (["id"] if table.has_id else []) + [column.name for column in table.columns]
        quoted = ", ".join(f'"{name}"' for name in columns)
        rows = env.tx.fetch(f'SELECT {quoted} FROM "{table.name}"')
        found[table.name] = sorted(map(repr, rows))
    return found


@pytest.fixture
def known(addon, env):
    sample = addon({"access.toml": ACCESS, "seed.toml": SEED, "demo.toml": DEMO}, MANIFEST % "1.0")
    return {**manifests.discover(), "sample": sample}


def test_tables_that_are_there_need_nothing(env):
    assert install.prepare(env.tx, env.registry.tables) == []


def test_an_add_on_is_installed_with_its_data_and_said_to_be(env, known):
    steps = []
    install.install(env, known, ["sample"], demo=False, step=steps.append)
    assert steps == ["sample/access.toml", "sample/seed.toml"]
    assert env.ref("sample.red").name == "Red"
    assert install.installed(env.tx)["sample"] == "1.0"
    assert env.ref("sample.demo", missing_ok=True) is None
    assert env["ir.model"].search([("model", "=", "shop.tag")])


def test_installing_twice_changes_nothing(env, clock, known):
    install.install(env, known, ["base", "sample"], demo=True)
    before = content(env)
    clock.moment = env.now() + dt.timedelta(hours=1)
    env.cache.forget_all()
    install.install(env, known, ["base", "sample"], demo=True)
    after = content(env)
    assert {name for name in before if before[name] != after[name]} == set()


def test_an_upgrade_without_demo_data_keeps_that_there_is_some(env, known):
    install.install(env, known, ["sample"], demo=True)
    install.install(env, known, ["sample"], demo=False)
    assert env["ir.module.module"].search([("name", "=", "sample")]).demo is True
    assert env.ref("sample.demo").name == "Demo"


def test_an_upgrade_says_the_new_version(env, known, addon):
    install.install(env, known, ["sample"], demo=False)
    files = {"access.toml": ACCESS, "seed.toml": SEED.replace("Red", "Crimson"), "demo.toml": DEMO}
    newer = {**known, "sample": addon(files, MANIFEST % "1.1")}
    install.install(env, newer, ["sample"], demo=False)
    assert install.installed(env.tx)["sample"] == "1.1"
    assert env.ref("sample.red").name == "Crimson"


def test_what_cannot_be_loaded_names_its_file(env, addon):
    broken = addon({"access.toml": ACCESS, "seed.toml": "[[record]]"}, MANIFEST % "1.0")
    with pytest.raises(ValidationError, match=r"sample/seed\.toml"):
        install.install(env, {"sample": broken}, ["sample"], demo=False)
