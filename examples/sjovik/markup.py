"""The light markup of the story's texts: paragraphs, ``- `` lists, ``## `` headings and links."""

import functools
import html
import re


@functools.cache
def to_html(text: str) -> str:
    """Text as the HTML that a blog's editor would have stored."""
    blocks = (b.strip() for b in re.split(r"\n\s*\n", text.strip()))
    return "\n".join(_block(b) for b in blocks if b)


def to_text(text: str) -> str:
    """The same text without markup, on one line."""
    plain = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text).replace("**", "")
    return re.sub(r"\s+", " ", re.sub(r"(?m)^(- |## )", "", plain)).strip()


def _block(block: str) -> str:
    if block.startswith("## "):
        return f"<h3>{_inline(block[3:])}</h3>"
    lines = block.splitlines()
    if all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{_inline(line[2:])}</li>" for line in lines) + "</ul>"
    return f"<p>{_inline(' '.join(lines))}</p>"


def _inline(text: str) -> str:
    safe = html.escape(text, quote=False)
    safe = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", safe)
    return re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r'<a href="\2">\1</a>', safe)
