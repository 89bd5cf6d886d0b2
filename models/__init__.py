"""The planner's problem: schema, mathematics, checks and auditor. Nothing here knows files, solvers or screens."""
