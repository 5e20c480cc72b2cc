from __future__ import annotations

from dataclasses import replace

import pytest

from entrepot.api import MissingError, ValidationError
from entrepot.kernel.loading import manifests


def test_a_manifest_says_what_it_says_and_the_rest_is_usual(addon):
    found = addon({}, 'name = "sample"\ntitle = "A sample"\nmodels = ["one", "two"]\nversion = "2.1"\n')
    assert (found.title, found.version, found.models) == ("A sample", "2.1", ("one", "two"))
    assert (found.depends, found.data, found.demo) == (("base",), (), ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('name = "other"', "must give it that name"),
        ("", "must give it that name"),
        ('name = "sample"\nmodel = ["x"]', "unknown keys: model"),
        ('name = "sample"\nmodels = "x"', "'models' as a list of texts"),
        ('name = "sample"\ndepends = [1]', "'depends' as a list of texts"),
        ('name = "sample"\nversion = 1.0', "'version' as text"),
        ("name = ", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_manifest_that_cannot_be_used_says_why(addon, text, message):
    with pytest.raises(ValidationError, match=message) as error:
        addon({"manifest.toml": text})
    assert "add-on sample" in str(error.value)


def test_a_package_that_is_not_there_is_named():
    with pytest.raises(ValidationError, match="add-on sample cannot be read"):
        manifests.read("sample", "no_such_package_anywhere")


def test_ours_are_found_in_order():
    found = manifests.discover()
    assert {"base", "optometry"} <= set(found)
    order = manifests.in_order(found, ["optometry"])
    assert order[0] == "base"
    assert order[-1] == "optometry"
    assert manifests.in_order(found, []) == ("base",)


def test_missing_ones_and_circles_are_told(addon):
    one = addon({})
    with pytest.raises(MissingError, match="'gone'"):
        manifests.in_order({"base": replace(one, depends=())}, ["gone"])
    circle = {
        "base": replace(one, depends=()),
        "a": replace(one, depends=("b",)),
        "b": replace(one, depends=("a",)),
    }
    with pytest.raises(ValidationError, match="a → b → a"):
        manifests.in_order(circle, ["a"])


def test_only_the_classes_that_a_module_itself_declares_are_its_models(addon):
    code = '''
from entrepot.api import Char, Model
from entrepot.addons.base.bank import Bank

class Mine(Model, name="sample.mine"):
    """Mine"""
    name = Char()

class Helper:
    """No model"""

class Plain(Model):
    """Declares nothing"""
'''
    found = manifests.classes(addon({"things.py": code}, 'name = "sample"\nmodels = ["things"]\n'))
    assert [each.__name__ for each in found] == ["Mine"]
