"""Reads a page with the parser of the standard library: its tables, scripts, ids, references and text."""

from html.parser import HTMLParser

OUTWARD = ("src", "href", "action", "formaction", "poster", "data", "srcset", "xlink:href", "background")
"""Attributes by which a page would ask for something."""


class Page(HTMLParser):
    """What a page holds. Spaces that do not break are plain spaces in `text` and in cells."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: dict[str, list[list[str]]] = {}
        """Name of a table -> its rows, the headings first."""
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.outward: list[str] = []
        self.handlers: list[str] = []
        self.text = ""
        self._rows: list[list[str]] = []
        self._inside: str | None = None
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.ids += [str(given["id"])] if "id" in given else []
        self.outward += [str(v) for k, v in attrs if k in OUTWARD and v is not None and not v.startswith("#")]
        self.handlers += [k for k, _ in attrs if k.startswith("on")]
        if tag == "div" and str(given.get("aria-label", "")).endswith(", table"):
            self._rows = self.tables.setdefault(str(given["aria-label"]).removesuffix(", table"), [])
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("th", "td"):
            self._rows[-1].append("")
            self._inside = "cell"
        elif tag == "script":
            self.scripts.append((given, ""))
            self._inside = "script"

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td", "script"):
            self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            given, text = self.scripts[-1]
            self.scripts[-1] = (given, text + data)
            return
        plain = data.replace("\u00a0", " ")
        self.text += plain
        if self._inside == "cell":
            self._rows[-1][-1] += plain

    def body(self, title: str) -> list[dict[str, str]]:
        """The rows of a table, by heading."""
        heads, *rows = self.tables[title]
        return [dict(zip(heads, row, strict=True)) for row in rows]
