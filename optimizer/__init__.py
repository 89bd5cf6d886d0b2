"""Investment portfolio optimizer for public financing of a rare-earth chain outside China: the Python API.

The functions are those that the command line calls, on frozen values:

    from optimizer import frames, read, solve

    case = read("inputs/allied-candidates.xlsx")
    plan = solve(case)
    tables = frames(plan)

`optimizer` holds everything that touches the world, in rooms along the path of the data: `workbook` reads, `solver` and
`analysis` work out, `plan_folder` keeps, `reports` show, `cli` is the command line. Names of the API are imported when
they are first used, so that importing the package costs nothing. Their errors: `optimizer.errors`.
"""

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optimizer.version import __version__ as __version__

if TYPE_CHECKING:
    from models.audit import audit as audit
    from models.checks import check as check
    from models.errors import Mine2MagnetError as Mine2MagnetError
    from models.faults import InvalidInput as InvalidInput
    from models.gaps import gaps as gaps
    from optimizer.analysis.alternatives import alternatives as alternatives
    from optimizer.analysis.explain import explain as explain
    from optimizer.analysis.frontier import explore as explore
    from optimizer.analysis.infeasibility import repairs as repairs
    from optimizer.analysis.risk import solve as solve
    from optimizer.analysis.stress import stress as stress
    from optimizer.errors import AuditFailed as AuditFailed
    from optimizer.errors import Infeasible as Infeasible
    from optimizer.errors import NoPlanFound as NoPlanFound
    from optimizer.errors import Refusal as Refusal
    from optimizer.plan_folder.compare import compare as compare
    from optimizer.reports.frames import frames as frames
    from optimizer.workbook.overrides import Overrides as Overrides
    from optimizer.workbook.read import read as read

API = {
    "read": "optimizer.workbook.read",
    "Overrides": "optimizer.workbook.overrides",
    "check": "models.checks",
    "solve": "optimizer.analysis.risk",
    "explore": "optimizer.analysis.frontier",
    "audit": "models.audit",
    "gaps": "models.gaps",
    "compare": "optimizer.plan_folder.compare",
    "repairs": "optimizer.analysis.infeasibility",
    "explain": "optimizer.analysis.explain",
    "alternatives": "optimizer.analysis.alternatives",
    "stress": "optimizer.analysis.stress",
    "frames": "optimizer.reports.frames",
    "Mine2MagnetError": "models.errors",
    "InvalidInput": "models.faults",
    "Infeasible": "optimizer.errors",
    "NoPlanFound": "optimizer.errors",
    "AuditFailed": "optimizer.errors",
    "Refusal": "optimizer.errors",
}
"""Name of the API -> module that defines it."""

__all__ = list(API)


def __dir__() -> list[str]:
    return sorted({*globals(), *API})


def __getattr__(name: str) -> Any:
    if name not in API:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(API[name]), name)
    globals()[name] = value
    return value


def _own_models() -> str | None:
    """Make sure that `models` is the package beside this one, whatever else Python would find first by that name.

    Returns the file that was in the way, or None. Raises ImportError, naming that file, if it is loaded already.
    """
    own = Path(__file__).resolve().parent.parent / "models" / "__init__.py"
    if (loaded := sys.modules.get("models")) is not None:
        if _file(loaded.__file__) != own:
            raise ImportError(f"{loaded.__file__} is in the way: mine2magnet needs its own package `models`, {own}")
        return None
    existing = find_spec("models")
    if existing is not None and _file(existing.origin) == own:
        return None
    spec = spec_from_file_location("models", own, submodule_search_locations=[str(own.parent)])
    if spec is None or spec.loader is None or not own.is_file():
        raise ImportError(f"mine2magnet is not complete: there is no {own}")
    module = module_from_spec(spec)
    sys.modules["models"] = module
    spec.loader.exec_module(module)
    return None if existing is None else existing.origin or ", ".join(existing.submodule_search_locations or ())


def _file(name: str | None) -> Path | None:
    return None if name is None else Path(name).resolve()


models_in_the_way = _own_models()
