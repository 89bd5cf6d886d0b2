"""Additions of a plan: tonnes of each financed project to each demand row."""

from models.frozen import Frozen
from models.gaps.keys import report_keys
from models.plan import Plan
from models.sets import DemandKey, Sets
from models.terms import material_share, output, ramp_share


class Addition(Frozen):
    """Deliveries of one financed project to one demand row in one year."""

    stage: str
    material: str | None
    year: int
    id: str
    fid_year: int
    tonnes: float
    """Delivered in the year, t/yr."""
    anyway_t: float = 0.0
    """Part that the project would deliver in the year without support, t/yr."""
    first_output: int
    """First year of deliveries."""
    public_m: float
    """Public and contingent support of the whole project, millions."""

    @property
    def key(self) -> DemandKey:
        return DemandKey(self.stage, self.material)


def additions(sets: Sets, plan: Plan | None, year: int) -> tuple[Addition, ...]:
    """Additions by demand row, the largest first; projects that deliver nothing in the year are left out."""
    return tuple(a for key in report_keys(sets) for a in _of(sets, plan, key, year)) if plan is not None else ()


def _of(sets: Sets, plan: Plan, key: DemandKey, year: int) -> list[Addition]:
    additions = []
    for chosen in plan.projects:
        p = sets.by_id[chosen.id]
        tonnes = output(p) * material_share(p, key.material) * ramp_share(p, year - chosen.fid_year)
        if p.stage == key.stage and tonnes > 0:
            additions.append(
                Addition(
                    stage=key.stage,
                    material=key.material,
                    year=year,
                    id=p.id,
                    fid_year=chosen.fid_year,
                    tonnes=tonnes,
                    anyway_t=min(tonnes, output(p) * material_share(p, key.material) * sets.unaided_share(p, year)),
                    first_output=chosen.fid_year + p.build_years,
                    public_m=chosen.public_m + chosen.contingent_m,
                )
            )
    return sorted(additions, key=lambda a: (-a.tonnes, a.id))
