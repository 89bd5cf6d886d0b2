"""Topics for programs: the functions of the Python API and the fields of plan.json, from their sources."""

import ast
from collections.abc import Iterator, Mapping

from optimizer.reports.guide.source_text import classes, fields, source
from optimizer.reports.guide.topic import Topic

CHAPTER = "For programs"
_OF_PLAN = (
    "Plan",
    "ObjectiveValue",
    "Financed",
    "Award",
    "CapacityRow",
    "MaterialRow",
    "BudgetRow",
    "RuleRow",
    "NotFinanced",
)


def topics(api: Mapping[str, str]) -> Iterator[Topic]:
    """`api`: name -> module that defines it or hands it on."""
    yield _plan_json()
    for name, module in api.items():
        node = _definition(module, name)
        if node is not None:
            yield Topic(
                f"python-{name.lower()}", f"Python: {name}", CHAPTER, _body(name, node), aliases=(f"optimizer.{name}",)
            )


def _definition(module: str, name: str) -> ast.FunctionDef | ast.ClassDef | None:
    """The definition of a name, followed through the `import` of a package."""
    tree = source(module).tree
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            return node
        if isinstance(node, ast.ImportFrom) and any((a.asname or a.name) == name for a in node.names) and node.module:
            return _definition(node.module, name)
    return None


def _body(name: str, node: ast.FunctionDef | ast.ClassDef) -> str:
    doc = ast.get_docstring(node) or ""
    if isinstance(node, ast.ClassDef):
        return f"```python\nfrom optimizer import {name}\n```\n\n{_escaped(doc)}"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    arguments = ast.unparse(node.args).replace('"', "'")
    return f"```python\n{name}({arguments}){returns}\n```\n\n{_escaped(doc)}"


def _plan_json() -> Topic:
    """The blocks of plan.json, field by field."""
    known = classes(source("models.plan"))
    parts = [("The file `plan.json` of a plan folder, schema `mine2magnet.plan/1`. Money in millions of the base currency, "
             "material in tonnes a year, scores from 0 to 1.")]  # fmt: skip
    for name in _OF_PLAN:
        if name not in known:
            continue
        rows = "\n".join(f"| `{f.name.rstrip('_')}` | {_escaped(f.doc)} |" for f in fields(known[name]))
        meaning = " ".join((ast.get_docstring(known[name]) or "").split())
        parts.append(f"**{name}.** {_escaped(meaning)}\n\n| field | meaning |\n| --- | --- |\n{rows}")
    return Topic(
        "plan.json", "plan.json, field by field", CHAPTER, "\n\n".join(parts), aliases=("plan-json", "json-plan")
    )


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
