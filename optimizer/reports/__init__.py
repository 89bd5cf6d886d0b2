"""Reports for people: terminal, tables, pages and documents. They read a plan and its case, never the solver."""
