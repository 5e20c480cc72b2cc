"""Every tenant knows the world's countries, currencies and languages, and its first company and users."""

from __future__ import annotations

from decimal import Decimal

import pytest

from entrepot.errors import UserError, ValidationError


def test_first_records_have_the_ids_that_clients_count_on(env):
    assert env.ref("base.user_root").id == 1
    assert env.ref("base.user_admin").id == 2
    assert env.ref("base.main_company").id == 1
    assert env.ref("base.main_partner").id == 1
    assert env.ref("base.main_company").partner_id == env.ref("base.main_partner")


def test_countries_and_states_have_their_codes(env):
    assert env.ref("base.be").name == "Belgium"
    assert env.ref("base.be").currency_id.name == "EUR"
    assert env["res.country"].search_count([]) == 249
    codes = env["res.country.state"].search([("country_id.code", "=", "US")]).mapped("code")
    assert {"CA", "NY", "TX", "DC"} <= set(codes)
    assert env.ref("base.state_us_ca").name == "California"
    assert env["res.country"].search([("country_group_ids.code", "=", "EU"), ("code", "=", "FR")])


def test_currencies_know_their_decimals(env):
    assert env["res.currency"].search([]).mapped("name") == ["EUR", "USD"]
    everything = env["res.currency"].with_context(active_test=False)
    by_code = {each.name: each for each in everything.search([])}
    assert len(by_code) > 150
    assert [by_code[code].decimal_places for code in ("EUR", "JPY", "KWD")] == [2, 0, 3]
    assert (by_code["EUR"].symbol, by_code["EUR"].position) == ("€", "after")
    assert (by_code["USD"].symbol, by_code["USD"].position) == ("$", "before")
    assert by_code["JPY"].round(Decimal("10.5")) == Decimal(11)


def test_conversion_uses_the_rate_of_the_day(env):
    euro, dollar = env.ref("base.EUR"), env.ref("base.USD")
    env["res.currency.rate"].create(
        [
            {"currency_id": euro.id, "name": "2020-01-01", "rate": 0.5},
            {"currency_id": euro.id, "name": "2021-01-01", "rate": 0.8},
        ]
    )
    from datetime import date

    assert dollar._convert(Decimal(10), euro, day=date(2020, 6, 1)) == Decimal("5.00")
    assert dollar._convert(Decimal(10), euro) == Decimal("8.00")
    assert euro._convert(Decimal(8), dollar) == Decimal("10.00")
    assert dollar._convert(Decimal(10), euro, day=date(2019, 6, 1)) == Decimal("10.00")
    assert (euro.rate, dollar.rate) == (0.8, 1.0)


def test_a_rate_is_positive_and_may_be_given_the_other_way_round(env):
    euro = env.ref("base.EUR")
    rate = env["res.currency.rate"].create({"currency_id": euro.id, "inverse_company_rate": 4.0})
    assert rate.rate == 0.25
    with pytest.raises(ValidationError, match="positive"):
        env["res.currency.rate"].create({"currency_id": euro.id, "name": "2001-01-01", "rate": -1.0})


def test_a_currency_in_use_stays_awake(env):
    currency = env.company.currency_id
    with pytest.raises(ValidationError, match="company"):
        currency.write({"active": False})
    with pytest.raises(UserError):
        currency.unlink()


def test_languages_wait_to_be_activated(env):
    assert env["res.lang"].get_installed() == [["en_US", "English (United States)"]]
    french = env["res.lang"].with_context(active_test=False).search([("code", "=", "fr_FR")])
    assert (french.week_start, french.date_format, french.decimal_point) == ("1", "%d/%m/%Y", ",")
    with pytest.raises(ValidationError):
        env.ref("base.lang_en_US").write({"active": False})


def test_installing_again_keeps_what_the_tenant_changed(env):
    from entrepot.addons.base.seeds import currencies, languages, main_company

    env.ref("base.main_company").write({"name": "Lens & Co"})
    env["res.lang"].with_context(active_test=False).search([("code", "=", "nl_BE")]).write({"active": True})
    before = env["res.currency"].with_context(active_test=False).search_count([])
    for seed in (languages, currencies, main_company):
        seed.load(env)
    assert env.ref("base.main_company").name == "Lens & Co"
    assert env["res.lang"].search_count([]) == 2
    assert env["res.currency"].with_context(active_test=False).search_count([]) == before
