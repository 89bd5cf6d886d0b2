"""What the planner's problem is: schema, mathematics and checks, free of files, solvers and screens."""
