"""Checks of limits on which projects are decided when, beyond links, money and rules.

They read decisions alone and no awards, so that the auditor also confirms by them the reason `limit leaves no room`: it
adds the project to the plan and looks whether one of them fails.
"""

from models.audit.audit_check import AuditCheck

SELECTION_LIMITS: tuple[AuditCheck, ...] = ()
"""In the order of the report. The limits of the project are links, money and rules: none is of this kind yet."""
