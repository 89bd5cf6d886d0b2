"""Questions that are answered for plans as planned alone, and refused for plans under a measure of risk."""

from models.case import Case
from optimizer.errors import Refusal


def refuse_under_risk(case: Case, what: str) -> None:
    """Raises Refusal where a case asks for a measure of risk: the answer would be that of another question."""
    if case.settings.risk != "none":
        raise Refusal(
            "usage",
            f"{what} is not modelled under a measure of risk, and the workbook or the plan has risk = {case.settings.risk}: "
            "ask again with --set risk=none (a plan: solve its workbook so first)",
        )
