"""What people read: the terminal, tables, pages. Reports read a plan and its case, never the solver."""
