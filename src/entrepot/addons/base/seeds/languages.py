"""Languages, with names and habits from CLDR. English (US) is installed; the others wait to be activated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel import Locale

from entrepot.addons.base.locale_formats import formats

if TYPE_CHECKING:
    from entrepot.api import Environment

SOURCE = "en_US"

CODES = [
    "af_ZA", "am_ET", "ar_001", "ar_SA", "ar_SY", "az_AZ", "be_BY", "bg_BG", "bn_BD", "bn_IN", "bs_BA",
    "ca_ES", "cs_CZ", "cy_GB", "da_DK", "de_AT", "de_CH", "de_DE", "el_GR", "en_AU", "en_CA", "en_GB",
    "en_IE", "en_IN", "en_NZ", "en_US", "en_ZA", "es_419", "es_AR", "es_BO", "es_CL", "es_CO", "es_CR",
    "es_DO", "es_EC", "es_ES", "es_GT", "es_MX", "es_PA", "es_PE", "es_PY", "es_UY", "es_VE", "et_EE",
    "eu_ES", "fa_IR", "fi_FI", "fil_PH", "fr_BE", "fr_CA", "fr_CH", "fr_FR", "fr_LU", "ga_IE", "gl_ES",
    "gu_IN", "he_IL", "hi_IN", "hr_HR", "hu_HU", "hy_AM", "id_ID", "is_IS", "it_CH", "it_IT", "ja_JP",
    "ka_GE", "kk_KZ", "km_KH", "ko_KR", "lb_LU", "lo_LA", "lt_LT", "lv_LV", "mk_MK", "ml_IN", "mn_MN",
    "ms_MY", "mt_MT", "my_MM", "nb_NO", "ne_NP", "nl_BE", "nl_NL", "pl_PL", "pt_AO", "pt_BR", "pt_PT",
    "ro_RO", "ru_RU", "sk_SK", "sl_SI", "sq_AL", "sr_RS", "sr@latin", "sv_SE", "sw_KE", "ta_IN",
    "te_IN", "th_TH", "tr_TR", "uk_UA", "ur_PK", "uz_UZ", "vi_VN", "zh_CN", "zh_HK", "zh_TW", "zu_ZA",
]  # fmt: skip
"""Languages offered: those of the countries and markets that business software is usually translated for."""

_PLAIN_REGIONS = {"en": "US", "pt": "PT", "zh": "CN", "ar": "001"}
_CLDR_NAMES = {"sr@latin": "sr_Latn_RS"}


def load(env: Environment) -> None:
    """Create or refresh every language; which of them are active stays as the tenant has it."""
    known = {lang.code for lang in env["res.lang"].with_context(active_test=False).search([])}
    english = Locale.parse("en")
    rows = []
    for code in CODES:
        values = described(code, english)
        rows.append(
            (
                f"base.lang_{code.replace('@', '_')}",
                values if code in known else {**values, "active": code == SOURCE},
            )
        )
    # The source language goes alone and first: records made on the way here speak it.
    env.upsert_many("res.lang", [row for row in rows if row[1]["code"] == SOURCE])
    env.upsert_many("res.lang", [row for row in rows if row[1]["code"] != SOURCE])


def described(code: str, english: Locale) -> dict[str, str]:
    """What a `res.lang` record holds for a code such as `fr_BE` or `sr@latin`. Raises
    babel.UnknownLocaleError.
    """
    locale = Locale.parse(_CLDR_NAMES.get(code, code))
    habits = formats(locale)
    return {
        "code": code,
        "iso_code": locale.language if is_plain(locale) else code,
        "name": label(locale, english),
        "date_format": habits.date_format,
        "time_format": habits.time_format,
        "week_start": habits.week_start,
        "decimal_point": habits.decimal_point,
        "thousands_sep": habits.thousands_sep,
        "grouping": habits.grouping,
        "direction": habits.direction,
    }


def label(locale: Locale, english: Locale) -> str:
    """A name for people: `French (Belgium) / français (Belgique)`; English is not said twice."""
    names = [str(english.languages[locale.language]), str(locale.get_language_name() or "")]
    detail = [
        english.territories.get(locale.territory or "", ""),
        locale.territories.get(locale.territory or "", ""),
    ]
    if locale.script:
        detail = [str(english.scripts[locale.script]), str(locale.scripts.get(locale.script, ""))]
    if not is_plain(locale) or locale.language == "en":
        names = [f"{name} ({more})" if more else name for name, more in zip(names, detail, strict=True)]
    return names[0] if names[0] == names[1] or not names[1] else " / ".join(names)


def is_plain(locale: Locale) -> bool:
    """Whether a language is spoken of without its region: French of France, Portuguese of Portugal."""
    usual = _PLAIN_REGIONS.get(locale.language, locale.language.upper())
    alone = [code for code in CODES if code.partition("_")[0] == locale.language]
    return not locale.script and (locale.territory == usual or len(alone) == 1)
