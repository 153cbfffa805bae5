"""A letter's Markdown, read: as safe HTML, or as plain blocks of text that a page can be set from.

No HTML of its own, no links and no pictures: what stands in a letter is what a person reads in it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

Block = dict[str, Any]
Run = dict[str, Any]


def html_of(markdown: str) -> str:
    """The text as HTML elements; every character that came as text is escaped."""
    rendered: str = _parser().render(markdown)
    return rendered


def blocks_of(markdown: str) -> list[Block]:
    """The text as blocks of plain data: `heading`, `paragraph`, `list`, `table`, `quote`, `code` and `rule`.

    What is written in a line is a list of runs: a text with `strong`, `emphasis` or `code`, or a `break`.
    """
    from markdown_it.tree import SyntaxTreeNode

    return _blocks(SyntaxTreeNode(_parser().parse(markdown)))


@cache
def _parser() -> MarkdownIt:
    # Only letters need it, and the other reports should not wait for it.
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    return parser.disable(["link", "image", "autolink", "reference", "html_block", "html_inline"])


def _blocks(parent: SyntaxTreeNode) -> list[Block]:
    return [block for node in parent.children if (block := _block(node)) is not None]


def _block(node: SyntaxTreeNode) -> Block | None:
    match node.type:
        case "heading":
            return {"kind": "heading", "level": int(node.tag[1:]), "runs": _runs(node)}
        case "paragraph":
            return {"kind": "paragraph", "runs": _runs(node)}
        case "bullet_list" | "ordered_list":
            ordered = node.type == "ordered_list"
            start = int(node.attrs.get("start", 1)) if ordered else 1
            items = [_blocks(item) for item in node.children]
            return {"kind": "list", "ordered": ordered, "start": start, "items": items}
        case "table":
            rows = [row for part in node.children for row in part.children]
            cells = [[_runs(cell) for cell in row.children] for row in rows]
            sides = [_side(cell) for cell in rows[0].children]
            return {"kind": "table", "sides": sides, "head": cells[0], "rows": cells[1:]}
        case "blockquote":
            return {"kind": "quote", "blocks": _blocks(node)}
        case "code_block" | "fence":
            return {"kind": "code", "text": node.content.rstrip("\n")}
        case "hr":
            return {"kind": "rule"}
        case _:
            return None


def _side(cell: SyntaxTreeNode) -> str:
    """`left`, `center` or `right`."""
    return str(cell.attrs.get("style", "text-align:left")).partition(":")[2]


def _runs(node: SyntaxTreeNode) -> list[Run]:
    runs: list[Run] = []
    for child in node.children:
        _collect(child, frozenset(), runs)
    return runs


def _collect(node: SyntaxTreeNode, marks: frozenset[str], runs: list[Run]) -> None:
    match node.type:
        case "strong":
            marks |= {"strong"}
        case "em":
            marks |= {"emphasis"}
        case "softbreak":
            runs.append({"text": " ", "marks": sorted(marks)})
        case "hardbreak":
            runs.append({"text": "", "marks": ["break"]})
        case "text" | "text_special":
            runs.append({"text": node.content, "marks": sorted(marks)})
        case "code_inline":
            runs.append({"text": node.content, "marks": sorted(marks | {"code"})})
        case _:
            pass
    for child in node.children:
        _collect(child, marks, runs)
