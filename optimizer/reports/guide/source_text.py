"""Docstrings, documented fields and messages, read from the source text and not from objects.

The guide is then fast, because nothing is imported, and cannot differ from the program that it describes.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Source:
    """A module that is read as text."""

    name: str
    """Name of the file without its ending."""
    tree: ast.Module

    @property
    def doc(self) -> str:
        """The docstring of the module."""
        return ast.get_docstring(self.tree) or ""


@cache
def sources(package: str) -> tuple[Source, ...]:
    """The modules of a package in alphabetical order, without `__init__`."""
    names = sorted(f.name for f in files(package).iterdir() if f.name.endswith(".py") and f.name != "__init__.py")
    return tuple(source(f"{package}.{name.removesuffix('.py')}") for name in names)


@cache
def source(module: str) -> Source:
    """One module by its full name; of a package its `__init__`."""
    package, _, name = module.rpartition(".")
    file = files(package) / f"{name}.py"
    if not file.is_file():
        file = files(module) / "__init__.py"
    return Source(name, ast.parse(file.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Field:
    """A field of a class, with the docstring below it."""

    name: str
    kind: str
    doc: str


def classes(module: Source) -> dict[str, ast.ClassDef]:
    """The classes of a module by name."""
    return {node.name: node for node in module.tree.body if isinstance(node, ast.ClassDef)}


def fields(node: ast.ClassDef) -> Iterator[Field]:
    """The annotated fields of a class in order."""
    for here, after in zip(node.body, [*node.body[1:], None], strict=True):
        if not isinstance(here, ast.AnnAssign) or not isinstance(here.target, ast.Name):
            continue
        doc = ""
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str):
            doc = " ".join(after.value.value.split())
        yield Field(here.target.id, ast.unparse(here.annotation), doc)


def text_of(node: ast.expr) -> str | None:
    """A text of the source, with `<name>` in place of an inserted value; None if it is no text.

    >>> text_of(ast.parse('f"{p.id} has {number(x)} M" + " of it"', mode="eval").body)
    '<id> has <x> M of it'
    >>> text_of(ast.parse('Text("{name} has no capacity", name=p.id)', mode="eval").body)
    '<name> has no capacity'
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            part.value if isinstance(part, ast.Constant) else f"<{_word(part.value)}>"  # type: ignore[attr-defined, misc]
            for part in node.values
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        both = [text_of(node.left), text_of(node.right)]
        if all(text is None for text in both):
            return None
        return "".join(text if text is not None else "<...>" for text in both)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text" and node.args:
        template = text_of(node.args[0])
        return None if template is None else re.sub(r"\{(\w+)\}", r"<\1>", template)
    if isinstance(node, ast.IfExp):
        either = [text_of(node.body), text_of(node.orelse)]
        return " / ".join(text for text in either if text) or None
    return None


def _word(node: ast.expr) -> str:
    """A value in a word: the last name of the expression."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id.strip("_")
    if isinstance(node, ast.Call) and _word(node.func) in ("cell", "setting", "setting_cell", "address"):
        return "cell"
    if isinstance(node, ast.Call):
        return _word(node.args[0]) if node.args else _word(node.func)
    if isinstance(node, ast.Subscript):
        return _word(node.value)
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "..."
