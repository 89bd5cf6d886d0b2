"""A case as the program on its funding classes, and as the matrix that is solved."""

from models.case import Case
from models.classes import funding_classes
from models.formulation import build
from models.program import Program
from models.sets import Sets
from optimizer.solver.standard_form import Matrix, compile_program


def compiled(case: Case) -> tuple[Program, Matrix]:
    sets = Sets(case)
    program = build(sets, classes=funding_classes(sets))
    return program, compile_program(program)
