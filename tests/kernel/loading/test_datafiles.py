from __future__ import annotations

import pytest

from entrepot.api import ValidationError
from entrepot.kernel.loading import datafiles
from kernel.shop import MODELS

__all__ = ["MODELS"]

RECORDS = """
[[record]]
model = "shop.category"
id = "tools"
name = "Tools"

[[record]]
model = "shop.category"
id = "saws"
name = "Saws"
"parent_id/id" = "tools"

[[record]]
model = "shop.tag"
id = "red"
name = "Red"
weight = 3
noupdate = true

[[record]]
model = "shop.order"
id = "first"
customer = "Ann"
"tag_ids/id" = "red"
line_ids = [{ quantity = 2 }]
date = 2024-02-03
"""


TAG = '[[record]]\nmodel = "shop.tag"\nid = "a"\nname = "A"\n'


def load(env, addon, **files):
    named = {name.replace("__", "."): text for name, text in files.items()}
    manifest = addon(named)
    for path in named:
        datafiles.load(env, manifest, path)
    env.flush()


def test_records_by_external_id(env, addon):
    load(env, addon, seed__toml=RECORDS)
    order = env.ref("sample.first")
    assert (order.customer, str(order.date), order.tag_ids) == ("Ann", "2024-02-03", env.ref("sample.red"))
    assert [line.quantity for line in order.line_ids] == [2]
    assert env.ref("sample.saws").complete_name == "Tools / Saws"


def test_loading_again_restores_what_is_updated_and_leaves_what_is_not(env, addon):
    text = RECORDS.replace("line_ids = [{ quantity = 2 }]\n", "")
    load(env, addon, seed__toml=text)
    env.ref("sample.tools").name = "Mine"
    env.ref("sample.red").weight = 9
    load(env, addon, seed__toml=text)
    assert env.ref("sample.tools").name == "Tools"
    assert env.ref("sample.red").weight == 9
    assert env["shop.category"].search_count([]) == 2


def test_neighbours_of_one_model_are_one_create(env, addon):
    text = "".join(f'[[record]]\nmodel = "shop.tag"\nid = "t{n}"\nname = "T{n}"\n' for n in range(50))
    before = env.tx.statements
    load(env, addon, seed__toml=text)
    assert env.tx.statements - before < 20


def test_a_table(env, addon):
    load(env, addon, **{"shop.tag__csv": "id,name,weight\na,Red,1\n\nb,Blue,\n", "shop.note__csv": ""})
    assert (env.ref("sample.a").weight, env.ref("sample.b").name) == (1, "Blue")


def test_a_module(env, addon):
    code = 'def load(env):\n    env.upsert("sample.made", "shop.tag", {"name": "Made"})\n'
    load(env, addon, seeds__py=code)
    assert env.ref("sample.made").name == "Made"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("seed.toml", "[[record]]\nmodel =", r"^sample/seed\.toml: "),
        ("seed.toml", '[[record]]\nid = "x"\nname = "y"', r"seed\.toml: x: 'model' is missing"),
        ("seed.toml", '[[record]]\nmodel = "shop.tag"\nname = "y"', r"seed\.toml: record 1: 'id' is missing"),
        ("seed.toml", '[[record]]\nmodel = "no.model"\nid = "x"', r"record x: Object no\.model"),
        ("seed.toml", '[[records]]\nmodel = "shop.tag"', "tables, not records"),
        ("seed.toml", 'record = "x"', "tables, not record"),
        (
            "seed.toml",
            f'{TAG}[[record]]\nmodel = "shop.tag"\nid = "b"\nname = "B"\nweight = "heavy"',
            r"seed\.toml: record b: Weight",
        ),
        (
            "seed.toml",
            f'{TAG}[[record]]\nmodel = "shop.tag"\nid = "b"\nname = "A"',
            r"seed\.toml: record b: .*another Tag",
        ),
        (
            "seed.toml",
            '[[record]]\nmodel = "shop.tag"\nid = "a"\nnaem = "A"',
            "record a: 'naem': there is no field",
        ),
        (
            "seed.toml",
            '[[record]]\nmodel = "shop.category"\nid = "a"\nname = "A"\n"parent_id/id" = "gone"',
            "record a: No matching record found for external id 'gone'",
        ),
        (
            "seed.toml",
            '[[record]]\nmodel = "shop.tag"\nid = "a"\nname = "A"\n' * 2,
            "External id sample.a is given twice",
        ),
        ("shop.tag.csv", "id,name\na,\nb,B\nc,\n", r"(?s)shop\.tag\.csv: row 2: .*row 4: "),
        ("shop.tag.csv", "id,nope\na,b\n", r"shop\.tag\.csv: row 2: Column 'nope'"),
        ("no.model.csv", "id,name\na,b\n", r"Object no\.model"),
        ("shop.tag.csv", 'id,name\na,"b\n', r"shop\.tag\.csv: "),
        ("seed.toml", b"\xff", r"seed\.toml: "),
        ("seed.xml", "<x/>", r"end in \.toml, \.csv or \.py"),
        ("bad.py", "import no_such_module_at_all\n", r"bad\.py: No module"),
        ("bad.py", "def load(env):\n    env.ref('no.where')\n", r"bad\.py: External ID not found"),
    ],
)
def test_an_error_names_file_and_record(env, addon, name, text, message):
    manifest = addon({name: text})
    with pytest.raises(ValidationError, match=message):
        datafiles.load(env, manifest, name)


def test_a_file_that_is_not_there_is_named(env, addon):
    with pytest.raises(ValidationError, match=r"^sample/gone\.toml: "):
        datafiles.load(env, addon({}), "gone.toml")
