"""The `processes` sheet: recipes from ore to magnet, every coefficient worked out from `facts_recipes.csv`.

A coefficient is a product of facts (a share, a recovery, a yield), so its range is the product of theirs, its
confidence the least of theirs. Where the facts are silent the reason is in the row's note.
"""

from collections.abc import Iterator
from typing import NamedTuple

from .estimate import Estimate, recipe
from .facts import Record, assumptions
from .ores import Ore, ores, share

SCRAP = "scrap NdFeB magnets (REO basis)"
METAL_OF = {"NdPr": "ndpr_metal", "Dy": "dy_oxide", "Tb": "tb_oxide"}
"""The form in which a magnet maker buys an element; Dy and Tb as oxide, because no candidate makes their metal alone."""
OXIDE_OF = {"NdPr": "ndpr_oxide", "Dy": "dy_oxide", "Tb": "tb_oxide"}
ONE = Estimate(1.0, 1.0, 1.0)


class RecipeRow(NamedTuple):
    """One coefficient: t made (> 0) or used (< 0) for a tonne that the process runs."""

    process: str
    recipe: str
    stage: str
    material: str
    sign: int
    amount: Estimate
    capacity_use: float | None = None
    from_year: int | None = None
    note: str = ""


def processes() -> list[Record]:
    """Rows of the `processes` sheet, along the chain."""
    return [_record(row) for row in (*_mines(), *_separation(), *_recycling(), *_metal(), *_magnets())]


def _record(row: RecipeRow) -> Record:
    """A row of the sheet; amounts to five significant digits."""
    low, high = sorted((row.sign * row.amount.low + 0.0, row.sign * row.amount.high + 0.0))
    return {
        "process": row.process,
        "recipe": row.recipe or None,
        "stage": row.stage,
        "material": row.material,
        "tonnes_per_tonne": float(f"{row.sign * row.amount.value:.5g}"),
        "capacity_use": row.capacity_use,
        "from_year": row.from_year,
        "low": float(f"{low:.5g}"),
        "high": float(f"{high:.5g}"),
        "confidence": row.amount.confidence,
        "source": "; ".join(row.amount.sources) or "definition of the unit",
        "note": row.note,
    }


# -- mines and separation --------------------------------------------------------------------------------------------


def overall(element: str) -> Estimate:
    """Concentrate to separated oxide, the facts' default for a planner."""
    return recipe(process="separation, overall", output=f"{element} oxide")


def extraction(element: str) -> Estimate:
    """Solvent extraction alone."""
    return recipe(process="solvent extraction", output=f"{element} oxide")


def _mines() -> Iterator[RecipeRow]:
    for ore in ores().values():
        yield RecipeRow(f"mine_{ore.id}", "", "mine", ore.concentrate, 1, ONE, note=f"{ore.name}: {ore.why}")


def _separation() -> Iterator[RecipeRow]:
    known = ores().values()
    for process in ("sep_light_bastnaesite", "sep_light_monazite"):
        for ore in known:
            if process in ore.plants:
                yield from _light(process, ore)
    for process in ("sep_full_monazite", "sep_full_mixed"):
        for ore in known:
            if process in ore.plants:
                yield from _full(process, ore)
        if process == "sep_full_mixed":
            yield from _mixed_oxide(process)
    for ore in known:
        if any(plant.startswith("sep_light") for plant in ore.plants):
            yield from _heavy("sep_heavy", ore)


def _light(process: str, ore: Ore) -> Iterator[RecipeRow]:
    """Separated NdPr; the heavy elements leave together."""
    cracked = recipe(process="crack and leach", element="DyTb")
    yield RecipeRow(process, ore.id, "separation", ore.concentrate, -1, ONE, note="t REO passing through")
    yield RecipeRow(process, ore.id, "separation", "ndpr_oxide", 1, ore.ndpr.times(overall("NdPr")))
    yield RecipeRow(process, ore.id, "separation", ore.mixed_heavy, 1, ore.heavy.times(cracked), note="Sm to Lu and Y")


def _full(process: str, ore: Ore) -> Iterator[RecipeRow]:
    """NdPr, Dy and Tb separated on one site."""
    yield RecipeRow(process, ore.id, "separation", ore.concentrate, -1, ONE, note="t REO passing through")
    for element, held in (("NdPr", ore.ndpr), ("Dy", ore.dy), ("Tb", ore.tb)):
        yield RecipeRow(process, ore.id, "separation", OXIDE_OF[element], 1, held.times(overall(element)))


def _heavy(process: str, ore: Ore) -> Iterator[RecipeRow]:
    """Dy and Tb from a light plant's mixed heavy concentrate."""
    yield RecipeRow(
        process, ore.id, "separation", ore.mixed_heavy, -1, ONE, note="t of mixed heavy oxide passing through"
    )
    for element, held in (("Dy", ore.dy), ("Tb", ore.tb)):
        amount = Estimate(held.value / ore.heavy.value, *_range(held, ore), held.sources, ore.heavy.confidence)
        yield RecipeRow(process, ore.id, "separation", OXIDE_OF[element], 1, amount.times(extraction(element)))


def _range(held: Estimate, ore: Ore) -> tuple[float, float]:
    """Of an element's part of the heavy group: the element's own range, the group held."""
    return held.low / ore.heavy.value, held.high / ore.heavy.value


# -- recycling -------------------------------------------------------------------------------------------------------


def _research(what: str, element: str = "") -> Iterator[tuple[int, str, str]]:
    """Year, value and reason of the steps that joint research brings."""
    for row in assumptions("chain_research"):
        if row["what"] == what and row["element"] == element:
            yield int(row["from_year"]), row["factor"], row["why"]


def _recycling() -> Iterator[RecipeRow]:
    yield from _scrap_to_oxides()
    yield from _mixed_oxide("recycle")
    for grade in grades():
        yield from _swarf(grade)
    yield from _scrap_to_mixed_oxide()


def _recovered() -> Estimate:
    """Mixed oxide recovered from a tonne of end-of-life magnets."""
    return recipe(process="end-of-life recycling", output="mixed oxide")


def _steps(amount: Estimate, better: Estimate) -> Iterator[tuple[int | None, Estimate]]:
    """A yield as it is, and from the year on in which research brings it to the upper end of its range."""
    yield None, amount
    for year, _, why in _research("recycling"):
        yield year, better._replace(low=amount.low, high=amount.high, sources=(*amount.sources, why), confidence="low")


def _scrap_to_oxides() -> Iterator[RecipeRow]:
    """A tonne of scrap; the plant's capacity counts the mixed oxide that passes through."""
    recovered = _recovered()
    yield RecipeRow("recycle", "scrap", "separation", "scrap", -1, ONE, capacity_use=recovered.value)
    for element, oxide in OXIDE_OF.items():
        part = share(SCRAP, element).times(extraction(element))
        best = share(SCRAP, element).times(extraction(element)).times(_upper(recovered))
        for year, amount in _steps(recovered.times(part), best):
            yield RecipeRow("recycle", "scrap", "separation", oxide, 1, amount, from_year=year)


def _upper(amount: Estimate) -> Estimate:
    return amount._replace(value=amount.high)


def _mixed_oxide(process: str) -> Iterator[RecipeRow]:
    """Mixed oxide from scrap, separated where there is solvent extraction."""
    yield RecipeRow(process, "mixed_oxide", "separation", "mixed_oxide", -1, ONE, note="from end-of-life magnets")
    for element, oxide in OXIDE_OF.items():
        yield RecipeRow(
            process, "mixed_oxide", "separation", oxide, 1, share(SCRAP, element).times(extraction(element))
        )


def _scrap_to_mixed_oxide() -> Iterator[RecipeRow]:
    recovered = _recovered()
    output = RecipeRow("recycle_to_mixed", "", "separation", "mixed_oxide", 1, ONE, note="t REO in mixed oxide")
    for year, amount in _steps(ONE.over(recovered), ONE.over(_upper(recovered))):
        yield output._replace(material="scrap", sign=-1, amount=amount, from_year=year, note="")
    yield output


def _swarf(grade: str) -> Iterator[RecipeRow]:
    """Swarf keeps the composition of its grade, at the least Dy and Tb that thrift will leave in it: one composition
    for all years, and never more out than in."""
    recovery = recipe(process="swarf recycling", output="NdPr oxide")
    held = {element: held_in(grade, element).times(per_metal(element)) for element in OXIDE_OF}
    passing = sum(oxide.value for oxide in held.values())
    used = RecipeRow(
        "recycle", f"swarf_{grade}", "separation", f"swarf_{grade}", -1, ONE, capacity_use=round(passing, 4)
    )
    yield used._replace(note="a tonne of swarf; capacity counts the oxide in it")
    for year, amount in _steps(held["NdPr"].times(recovery), held["NdPr"].times(_upper(recovery))):
        yield used._replace(material="ndpr_oxide", sign=1, amount=amount, from_year=year, capacity_use=None)
    for element in ("Dy", "Tb"):
        if held[element].value > 0:
            amount = held[element].scaled(least(element)).times(overall(element))
            note = "at the least content that thrift leaves; recovery as from ore, the facts name none: estimate"
            yield used._replace(material=OXIDE_OF[element], sign=1, amount=amount, note=note, capacity_use=None)


# -- metal and magnets -----------------------------------------------------------------------------------------------


def per_metal(element: str) -> Estimate:
    """t oxide for a tonne of the metal in it."""
    return recipe(process="stoichiometry", element=element)


def smelting(element: str) -> Estimate:
    """Oxide for a tonne of metal, losses of metal making included."""
    return per_metal(element).over(recipe(process="metal making", element=element))


def grades() -> tuple[str, ...]:
    """Magnet grades, as demand names them."""
    return tuple(row["grade"] for row in assumptions("chain_grades"))


def held_in(grade: str, element: str) -> Estimate:
    """Metal of an element in a tonne of finished magnets of a grade."""
    (fact,) = (row["fact"] for row in assumptions("chain_grades") if row["grade"] == grade)
    return in_magnet(fact, element)


def in_magnet(fact: str, element: str) -> Estimate:
    return recipe(process="magnet composition", input=fact, element=element)


def least(element: str) -> float:
    """The least part of today's Dy or Tb that thrift leaves in a magnet."""
    return min(float(factor) for _, factor, _ in _research("thrift", element))


def bought(element: str) -> Estimate:
    """Tonnes to buy for a tonne of an element in a finished magnet, with alloy and cutting losses."""
    yields = recipe(process="alloy and strip cast").times(recipe(process="magnet making", output="finished magnet"))
    metal = ONE.over(yields)
    return metal if element == "NdPr" else metal.times(smelting(element))


def _metal() -> Iterator[RecipeRow]:
    yield RecipeRow("metal", "", "metal", "ndpr_metal", 1, ONE)
    yield RecipeRow("metal", "", "metal", "ndpr_oxide", -1, smelting("NdPr"))


def _magnets() -> Iterator[RecipeRow]:
    for grade in grades():
        yield from _magnet("magnet_sintered", grade)
    for grade in grades():
        yield from _magnet("magnet_integrated", grade, own_metal=True)
    yield from _magnet("magnet_heavy_free", "magnet_n")
    yield from _magnet(
        "magnet_heavy_free", "magnet_sh", fact="heavy-free hot-deformed or fine-grained (Daido, Proterial)"
    )
    for grade in grades():
        yield from _magnet("magnet_part_scrap", grade)
    yield from _from_scrap("magnet_part_scrap")
    yield from _from_scrap("magnet_from_scrap")


def _magnet(process: str, grade: str, *, own_metal: bool = False, fact: str = "") -> Iterator[RecipeRow]:
    """A tonne of finished magnets of a grade; `own_metal`: the plant buys oxide; `fact`: another composition."""
    row = RecipeRow(process, grade, "magnet", grade, 1, ONE)
    yield row
    for element, material in METAL_OF.items():
        held = in_magnet(fact, element) if fact else held_in(grade, element)
        if held.value > 0:
            smelted = own_metal and element == "NdPr"
            whole = held.times(bought(element)).times(smelting("NdPr") if smelted else ONE)
            used = row._replace(material=OXIDE_OF[element] if smelted else material, sign=-1, amount=whole)
            yield used
            yield from _thrift(used, whole, element)
    if not fact:
        loss = recipe(process="magnet making", output="swarf and scrap")
        swarf = loss.over(recipe(process="magnet making", output="finished magnet"))
        yield row._replace(material=f"swarf_{grade}", amount=swarf, note="t of alloy lost in cutting and grinding")


def _thrift(row: RecipeRow, amount: Estimate, element: str) -> Iterator[RecipeRow]:
    """Less Dy and Tb in the magnet from a year on."""
    for year, factor, why in _research("thrift", element):
        yield row._replace(amount=amount.scaled(float(factor), why)._replace(confidence="low"), from_year=year)


def _from_scrap(process: str) -> Iterator[RecipeRow]:
    """Recycled magnets straight from scrap, by hydrogen: of the simplest grade."""
    mass = recipe(process="end-of-life recycling", output="recycled magnet (HPMS)")
    row = RecipeRow(process, "scrap", "magnet", "magnet_n", 1, ONE, note="grade N: estimate")
    yield row
    yield row._replace(material="scrap", sign=-1, amount=ONE.over(mass), note="")
