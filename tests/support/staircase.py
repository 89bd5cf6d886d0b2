"""A book with a long staircase: many plants of many sizes, so that an exploration takes many solves."""

import random

from support.tables import Book, settings


def broad(count: int = 12, seed: int = 3) -> Book:
    """Plants of three stages that one total budget pays for."""
    rng = random.Random(seed)
    projects = [
        {
            "id": f"p{n:02d}",
            "country": rng.choice(("US", "AU", "JP", "CA")),
            "stage": ("mine", "separation", "magnet")[n % 3],
            "capacity_tpa": 50 * rng.randint(2, 30),
            "capex_m": 5 * rng.randint(4, 40),
            "private_share": 0.5,
            "build_years": rng.randint(1, 3),
        }
        for n in range(count)
    ]
    whole = [sum(p["capacity_tpa"] for p in projects if p["stage"] == s) for s in ("mine", "separation", "magnet")]
    return {
        "projects": projects,
        "demand": [{"stage": s, 2026: t} for s, t in zip(("mine", "separation", "magnet"), whole, strict=True)],
        "settings": settings(first_year=2026, last_year=2032, last_fid_year=2028, total_budget_m=300),
    }
