"""LaTeX of the docstrings as MathML for the page and as plain text for a terminal.

Both know the few commands that the docstrings use; a test converts every formula of the program.
"""

import re

_COMMANDS = {
    "qquad": "   ", "quad": "  ", ";": " ", ",": " ", "le": "<=", "ge": ">=", "sum": "sum", "max": "max", "min": "min",
    "forall": "for all", "in": "in", "notin": "not in", "subseteq": "part of", "epsilon": "epsilon", "alpha": "alpha",
    "pi": "pi", "tau": "tau", "varphi": "phi", "varepsilon": "epsilon", "cdot": "*", "times": "x", "infty": "infinity",
    "ln": "ln", "exp": "exp", "Phi": "Phi", "sigma": "sigma", "sqrt": "sqrt", "left": "", "right": "", "le ": "<=",
}  # fmt: skip
_WORD = re.compile(r"\\text\{[^{}]*\}|\\[A-Za-z]+|(?:[A-Za-z]|\\_){2,}")
_INNERMOST = re.compile(r"\{([^{}]*)\}")


def mathml(latex: str, *, display: bool) -> str:
    """A formula as MathML Core, which browsers draw by themselves. Names of several letters stay whole."""
    from latex2mathml.converter import convert

    return str(convert(_words_kept(latex), display="block" if display else "inline"))


def _words_kept(latex: str) -> str:
    r"""
    >>> print(_words_kept(r"cost\_rate_p \le \sum_t start_{i,t}"))
    \text{cost_rate}_p \le \sum_t \text{start}_{i,t}
    """

    def kept(match: re.Match[str]) -> str:
        word = match[0]
        return (
            word if word.startswith("\\") and not word.startswith("\\_") else f"\\text{{{word.replace(chr(92), '')}}}"
        )

    return _WORD.sub(kept, latex)


def plain(latex: str) -> str:
    r"""A formula for a terminal: indices in brackets, fractions with a slash.

    >>> plain(r"\frac{\sum_t d_t\, coverage_{k,t}}{\sum_t d_t} \le 1 \qquad \text{over all } k")
    '(sum[t] d[t] coverage[k,t]) / (sum[t] d[t]) <= 1 over all k'
    """
    text = re.sub(r"\\text\{([^{}]*)\}", r"\1", latex).replace(r"\_", "§")
    text = re.sub(r"_([A-Za-z0-9])", r"[\1]", text)
    for _ in range(8):
        text = re.sub(r"_\{([^{}]*)\}", r"[\1]", text)
        text = re.sub(r"\^\{([^{}]*)\}", r"^(\1)", text)
        text = re.sub(r"\\t?frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1) / (\2)", text)
    text = re.sub(r"\\([A-Za-z]+|[;, ])", lambda m: _COMMANDS.get(m[1], m[1]) + " ", text)
    text = _INNERMOST.sub(r"\1", text).replace("§", "_")
    return re.sub(r"\s+(?=[\[\],)])|(?<=[(\[])\s+", "", " ".join(text.split()))
