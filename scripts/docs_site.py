#!/usr/bin/env python3
"""docs_site.py [FOLDER]: build the documentation as a site in FOLDER/site (default: out/docs).

The pages are those of docs/, written for GitHub's Markdown. They are copied, with the pages that
stand elsewhere in the repository, and what the generator's Markdown reads in another way is put
into its words. A link to a file that is no page leads to a page that shows the file.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

REPOSITORY = Path(__file__).resolve().parent.parent
DOCS = REPOSITORY / "docs"
# Pages that stand elsewhere, and where the site has them.
ELSEWHERE = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "reporting-a-weakness.md",
    "helm/perfanalysis/README.md": "helm.md",
}
_LINK = re.compile(r"(\]\()([^)\s]+)(\))")
_ITEM = re.compile(r" *(?:[-*]|\d+\.) ")
_LANGUAGES = {".py": "python", ".yml": "yaml", ".yaml": "yaml", ".sh": "bash", ".toml": "toml"}


def place(file: PurePosixPath) -> str:
    """Where the site has a file of the repository; both are paths with slashes."""
    name = str(file)
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    if name.startswith("docs/"):
        return re.sub(r"README\.md$", "index.md", name.removeprefix("docs/"))
    return f"files/{name}.md"


def moved(link: str, page: PurePosixPath, files: set[PurePosixPath]) -> str:
    """A page's link, as the site has it; a file that is no page is added to ``files``."""
    if re.match(r"[a-z]+:|#", link):
        return link
    path, mark, anchor = link.partition("#")
    found = PurePosixPath(os.path.normpath(page.parent / path))
    if not (REPOSITORY / found).exists():
        return link  # The strict build says where it stands.
    there = place(found)
    if (REPOSITORY / found).is_dir():
        raise SystemExit(f"docs_site: {page}: {link}: expected a file, found a folder; name a file")
    if there.startswith("files/"):
        files.add(found)
    return os.path.relpath(there, PurePosixPath(place(page)).parent) + mark + anchor


def in_its_words(text: str) -> str:
    """GitHub's Markdown for the generator: deeper lists, and bars in the code of tables."""
    lines: list[str] = []
    fenced = listed = False
    for given in text.splitlines():
        line, bare = given, given.lstrip(" ")
        indent = len(line) - len(bare)
        fence = bare.startswith("```")
        if not fenced and bare:
            listed = bool(_ITEM.match(line)) or (listed and indent > 0)
        if listed and indent and bare:
            # Four spaces a level, where GitHub takes as many as the item's mark has.
            line = " " * (indent + 4 - indent % 4 if indent % 4 else indent) + bare
        fenced ^= fence
        if not fenced and bare.startswith("|"):
            line = re.sub(r"`[^`]*`", lambda code: code[0].replace(r"\|", "|"), line)
        lines.append(line)
    return "\n".join(lines) + "\n"


def converted(page: PurePosixPath, files: set[PurePosixPath]) -> str:
    """A page of the repository as a page of the site."""
    text = (REPOSITORY / page).read_text()
    parts = re.split(r"(^```.*?^```$|`[^`\n]*`)", text, flags=re.MULTILINE | re.DOTALL)
    for number in range(0, len(parts), 2):
        parts[number] = _LINK.sub(lambda m: m[1] + moved(m[2], page, files) + m[3], parts[number])
    return in_its_words("".join(parts))


def pages() -> list[PurePosixPath]:
    """All pages, by their paths in the repository."""
    own = [path.relative_to(REPOSITORY) for path in sorted(DOCS.rglob("*.md"))]
    return [PurePosixPath(path) for path in (*own, *ELSEWHERE)]


def prepare(folder: Path) -> None:
    """Write what the generator reads into a folder: the pages, their pictures, its settings."""
    source = folder / "pages"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(DOCS, source, ignore=shutil.ignore_patterns("*.md"))
    files: set[PurePosixPath] = set()
    for page in pages():
        target = source / place(page)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(converted(page, files))
    for file in sorted(files):
        target = source / place(file)
        target.parent.mkdir(parents=True, exist_ok=True)
        language = _LANGUAGES.get(file.suffix, "text")
        target.write_text(
            f"# {file}\n\n````{language}\n{(REPOSITORY / file).read_text().rstrip()}\n````\n"
        )
    settings = (REPOSITORY / "zensical.toml").read_text()
    # The generator would link to a page that is not there, and say nothing.
    shown = [line for line in settings.splitlines() if not _is_absent(line, source)]
    (folder / "zensical.toml").write_text("\n".join(shown) + "\n")


def _is_absent(line: str, source: Path) -> bool:
    """Whether a line of the navigation names a page that is not there."""
    named = re.fullmatch(r' *"([\w/.-]+\.md)",', line)
    return named is not None and not (source / named[1]).exists()


def built(folder: Path) -> int:
    """Run the generator over a prepared folder; its status."""
    generator = Path(sys.executable).with_name("zensical")
    if not generator.exists():
        print("docs_site: zensical is missing: pip install 'perfanalysis[docs]'", file=sys.stderr)
        return 1
    command = [generator, "build", "--strict", "--clean", "--config-file", folder / "zensical.toml"]
    return subprocess.run(command, cwd=folder, check=False).returncode


def main(arguments: list[str]) -> int:
    """Build it."""
    folder = Path(arguments[0] if arguments else REPOSITORY / "out" / "docs").resolve()
    prepare(folder)
    status = built(folder)
    if status == 0:
        print(f"the site is in {folder / 'site'}: open {folder / 'site' / 'index.html'}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
