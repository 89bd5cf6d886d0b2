"""The plain form of a generated book in linopy, vectorised: the same model, written with another modelling layer.

Only what `generate.book` uses: programmes with envelopes on face value, two rules, capacity through vintages, coverage.
"""

import warnings
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import linopy
import numpy as np
import pandas as pd
import xarray as xr
from generate import FIRST, LAST_FID

from models.sets import Sets
from models.terms import award_cap, need, output, ramp_share

if TYPE_CHECKING:
    from models.schema import Project

Data = xr.DataArray
warnings.filterwarnings(
    "ignore", message=".*absent slots.*"
)  # a decision outside of its window counts 0: what is meant


def model(sets: Sets) -> linopy.Model:
    """Variables, rows and the plan score of a generated book."""
    m = linopy.Model()
    i = pd.Index([p.id for p in sets.candidates], name="project")
    t = pd.Index(range(FIRST, LAST_FID + 1), name="year")
    may = Data([[y in sets.windows[p.id] for y in t] for p in sets.candidates], coords=[i, t])
    start = m.add_variables(coords=[i, t], binary=True, mask=may, name="start")
    m.add_constraints(start.sum("year") <= 1, name="selection")
    _money(m, sets, start, may)
    _rules(m, sets, start, i)
    _coverage(m, sets, start)
    return m


def _money(m: linopy.Model, sets: Sets, start: Any, may: Data) -> None:
    programmes = sets.case.programmes
    p = pd.Index([q.id for q in programmes], name="programme")
    i, t = may.indexes["project"], may.indexes["year"]
    eligible = sets.eligible
    cap = Data(
        [[award_cap(j, q) if q in eligible[j.id] else 0.0 for q in programmes] for j in sets.candidates], coords=[i, p]
    )
    open_ = (cap > 0) & may
    award = m.add_variables(lower=0, coords=open_.coords, mask=open_, name="award")
    m.add_constraints(award - cap * start <= 0, mask=open_, name="award_cap")
    given = award.sum("programme")
    m.add_constraints(given - Data([need(j) for j in sets.candidates], coords=[i]) * start >= 0, mask=may, name="need")
    m.add_constraints(
        given - Data([j.capex_m for j in sets.candidates], coords=[i]) * start <= 0, mask=may, name="cost"
    )
    envelope = Data([[q.envelopes[y] for y in t] for q in programmes], coords=[p, t])
    carries = Data([q.carry_over for q in programmes], coords=[p]) & (envelope >= 0)
    carried = m.add_variables(lower=0, coords=carries.coords, mask=carries, name="carried")
    spent = award.sum("project")
    m.add_constraints(spent <= envelope, mask=~carries, name="envelope")
    m.add_constraints(spent + carried - carried.shift(year=1) == envelope, mask=carries, name="carry_over")


def _rules(m: linopy.Model, sets: Sets, start: Any, i: pd.Index) -> None:
    average, share = sets.case.rules
    candidates = sets.candidates
    above = [p.capex_m * ((p.esg_e + p.esg_s + p.esg_g) / 3 - average.value) for p in candidates]
    m.add_constraints((Data(above, coords=[i]) * start).sum() >= 0, name="average")
    over = [p.capex_m * ((p.country == "US") - share.value) for p in candidates]
    m.add_constraints((Data(over, coords=[i]) * start).sum() <= 0, name="share")


def _coverage(m: linopy.Model, sets: Sets, start: Any) -> None:
    y = pd.Index(sets.years, name="delivery")
    k = pd.Index([demand_row.stage for demand_row in sets.demands], name="stage")
    coverage = m.add_variables(lower=0, upper=1, coords=[k, y], name="coverage")
    for key in sets.demands:
        nodes: dict[tuple[Any, ...], list[Project]] = defaultdict(list)
        for p in sets.candidates:
            if p.stage == key.stage:
                nodes[p.ramp, p.build_years].append(p)
        demand = Data([sets.demand[key, demand_row] for demand_row in y], coords=[y])
        existing = Data([sets.existing[key, demand_row] for demand_row in y], coords=[y])
        delivered: Any = 0
        for n, members in enumerate(nodes.values()):
            ids = [p.id for p in members]
            tonnes = Data([output(p) for p in members], coords={"project": ids})
            vintage = m.add_variables(lower=0, coords=[start.indexes["year"]], name=f"vintage {key.stage} {n}")
            result = (tonnes / 1000 * start.sel(project=ids)).sum("project")
            m.add_constraints(vintage - result == 0, name=f"vintages {key.stage} {n}")
            ramp = [[1000 * ramp_share(members[0], demand_row - u) for demand_row in y] for u in start.indexes["year"]]
            delivered = delivered + (Data(ramp, coords=[start.indexes["year"], y]) * vintage).sum("year")
        m.add_constraints(
            coverage.sel(stage=key.stage) - delivered / demand <= existing / demand, name=f"covered {key.stage}"
        )
    weight = Data(
        [[sets.weight[demand_row] * sets.discount[v] for v in y] for demand_row in sets.demands], coords=[k, y]
    )
    m.add_objective((weight / float(np.sum(weight)) * coverage).sum(), sense="max")
