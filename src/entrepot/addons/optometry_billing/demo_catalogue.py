"""The demo clinic's catalogue: a few frames, lenses, coatings, contact lenses and a spray, with prices and stock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FRAMES = (
    ("frame_alder", "Alder 52", "Fieldmark", "FM-1052", 128, (52, 38, 18, 140), "Black", "full", "unisex", 6),
    (
        "frame_birch",
        "Birch 50",
        "Fieldmark",
        "FM-1150",
        164,
        (50, 36, 19, 140),
        "Tortoise",
        "full",
        "female",
        5,
    ),
    (
        "frame_cedar",
        "Cedar 54",
        "Northlane",
        "NL-2054",
        219,
        (54, 34, 17, 145),
        "Gunmetal",
        "semi",
        "male",
        4,
    ),
    ("frame_dune", "Dune 51", "Northlane", "NL-3051", 285, (51, 33, 18, 140), "Gold", "rimless", "unisex", 3),
    ("frame_elf", "Elf 44", "Littlewood", "LW-0444", 89, (44, 33, 15, 125), "Blue", "full", "child", 5),
)
"""External id, name, brand, model, price, (A, B, bridge, temple), colour, rim, made for, in stock."""
LENSES = (
    ("lens_sv_cr39", "Single vision CR-39", 45, "cr39", "single_vision", "V2103", (-8, 6, 4), False),
    (
        "lens_sv_poly",
        "Single vision polycarbonate",
        72,
        "polycarbonate",
        "single_vision",
        "V2103",
        (-10, 8, 4),
        False,
    ),
    (
        "lens_pal_poly",
        "Progressive polycarbonate",
        165,
        "polycarbonate",
        "progressive",
        "V2781",
        (-10, 7, 4),
        False,
    ),
    (
        "lens_pal_photo",
        "Progressive 1.67 photochromic",
        248,
        "hi167",
        "progressive",
        "V2781",
        (-12, 8, 4),
        True,
    ),
)
"""External id, name, price, material, style, code, (least, most, strongest cylinder), photochromic."""
CONTACTS = (
    (
        "cl_daily",
        "Daybreak daily, 30 lenses",
        34,
        "daily",
        "V2520",
        ("8.5, 9.0", "14.2", "", -12, 8),
        30,
        False,
        40,
    ),
    (
        "cl_monthly",
        "Longview monthly, 6 lenses",
        48,
        "monthly",
        "V2520",
        ("8.4, 8.8", "14.0", "", -12, 8),
        6,
        False,
        24,
    ),
    (
        *("cl_toric", "Longview toric monthly, 6 lenses", 62, "monthly", "V2521"),
        *(("8.7", "14.5", "-0.75, -1.25, -1.75, -2.25", -9, 6), 6, True, 16),
    ),
)
"""External id, name, price, schedule, code, (curves, diameters, cylinders, least, most), a box, toric, in stock."""
EXTRAS = (
    ("coating_ar", "Anti-reflective coating", 55, "coating", "consu", "V2750"),
    ("spray", "Lens spray, 60 ml", 9, "accessory", "consu", None),
)


def frame(row: tuple[Any, ...]) -> dict[str, Any]:
    """The values of a frame's product."""
    _, name, brand, model, price, (a, b, bridge, temple), colour, rim, made_for, _ = row
    return {
        "name": f"{brand} {name}",
        "default_code": model,
        "spec_product_type": "frame",
        "is_storable": True,
        "list_price": price,
        "standard_price": round(price * 0.4),
        "brand": brand,
        "model_no": model,
        "frame_color": colour,
        "eye_size": a,
        "b_size": b,
        "dbl": bridge,
        "temple_length": temple,
        "rim_type": rim,
        "gender": made_for,
    }


def lens(row: tuple[Any, ...], ids: Mapping[str, int]) -> dict[str, Any]:
    """The values of a spectacle lens's product; `ids` are of materials, styles and codes."""
    _, name, price, material, style, code, (least, most, cylinder), photochromic = row
    return {
        "name": name,
        "spec_product_type": "lens",
        "list_price": price,
        "standard_price": round(price * 0.3),
        "material_id": ids[f"lens_material_{material}"],
        "style_id": ids[f"lens_style_{style}"],
        "procedure_id": ids[f"procedure_{code.lower()}"],
        "sphere_min": least,
        "sphere_max": most,
        "cylinder_max": cylinder,
        "photochromic": photochromic,
    }


def contact(row: tuple[Any, ...], ids: Mapping[str, int]) -> dict[str, Any]:
    """The values of a contact lens's product; `ids` are of schedules, makers and codes."""
    _, name, price, schedule, code, (curves, diameters, cylinders, least, most), box, toric, _ = row
    return {
        "name": name,
        "spec_product_type": "contact_lens",
        "is_storable": True,
        "list_price": price,
        "standard_price": round(price * 0.6),
        "manufacturer_id": ids["cl_manufacturer_coopervision"],
        "replacement_schedule_id": ids[f"cl_schedule_{schedule}"],
        "procedure_id": ids[f"procedure_{code.lower()}"],
        "base_curves": curves,
        "diameters": diameters,
        "cylinders": cylinders or None,
        "power_min": least,
        "power_max": most,
        "toric": toric,
        "box_qty": box,
    }
