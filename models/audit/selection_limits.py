"""Checks of limits on which projects are decided when, beyond links, money and rules.

These checks read decisions and no awards. The auditor therefore also confirms the reason `limit leaves no room` by them: it
adds the project to the plan and tests whether one of them fails.
"""

from models.audit.audit_check import AuditCheck

SELECTION_LIMITS: tuple[AuditCheck, ...] = ()
"""In the order of the report. Empty: links, money and rules have checks of their own."""
