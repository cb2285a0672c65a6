"""Two built packs side by side: which numbers of the old one are in no page, table, file or manifest of the new one.

`python -m benchmarks.same_numbers OLD NEW`: folders of two packs of one council, such as one built by an earlier commit and one by this,
or of what commands printed.
A page that only rewords itself passes, so it is no proof that each number stands in its place: the tables beside it, cell by cell, are.
Prints what is gone, page by page, with its reason where `REASONS` has one; 1 is returned where
anything is gone without a reason.
"""

import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]\d+)?")
OF_THE_BUILD = {"run.log", "pack.pdf"}
"""Files that say when and from what a pack was made, or repeat the pages."""
REASONS = {
    r"0[19]_.*: 1\.(51|03)0": "written without its last nought: 1.51 and 1.03",
    r".*: 0(\.0e\+00|\.0000)?": "a check without an error says so in words",
    r"tables/Mapping\.csv: 2025": "its January stands in a heading, and no longer in every row",
    r"ensemble_.*: (9|10)": "nine in ten, in words",
    r"05_.*: 83": "part of a checksum at the foot of the page",
    r"05_.*: (85|161)": "one more digit: 84.6 and 161.3",
    r"index\.html: (2026|2027|2028|27|28|29|50)": "an answer on the index is one short sentence; the paper says the rest",
    r"explorer\.html: (50|60|7,513|2025)": "where a slider stands is written by the page's script as it opens",
    r"made_from\.html: .*": "commits and checksums differ from build to build",
}
"""A pattern of `file: number`, and why a number of that kind may go."""


def numbers_of(path: Path) -> Counter[str]:
    """Every number that a reader finds in a file, as written, and how often."""
    if path.suffix == ".html":
        return Counter(NUMBER.findall(_seen(path)))
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return Counter(number for row in csv.reader(file) for cell in row for number in NUMBER.findall(cell))
    if path.suffix == ".json":
        return Counter(_values(json.loads(path.read_text(encoding="utf-8"))))
    return Counter(NUMBER.findall(path.read_text(encoding="utf-8")))


def _seen(page: Path) -> str:
    """The words of a page and of its pictures, without what stands round them."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    main = soup.find("main") or soup
    for part in main.find_all(["style", "script", "nav", "footer"]):
        part.decompose()
    told = [str(picture.get("alt") or picture.get("aria-label") or "") for picture in main.find_all(["img", "svg"])]
    for picture in main.find_all("svg"):
        picture.decompose()
    return " ".join([main.get_text(" "), *told])


def _values(held: Any) -> Iterator[str]:
    """Every number in a manifest, at any depth."""
    for each in held.values() if isinstance(held, dict) else held if isinstance(held, list) else ():
        yield from _values(each)
    if isinstance(held, int | float) and not isinstance(held, bool):
        yield repr(held)


def gone(old: Path, new: Path) -> dict[str, list[str]]:
    """By file of the old pack, the numbers that the same file of the new one does not hold: on a page at all, elsewhere as often."""
    found = {}
    for path in sorted(each for each in old.rglob("*") if each.suffix in {".html", ".csv", ".json", ".txt"}):
        name = path.relative_to(old).as_posix()
        there = numbers_of(new / name) if (new / name).exists() else Counter()
        lost = [
            number
            for number, times in numbers_of(path).items()
            if there[number] < (1 if path.suffix == ".html" else times)
        ]
        if lost and path.name not in OF_THE_BUILD:
            found[name] = lost
    return found


def reason_for(file: str, number: str) -> str:
    """Why a number may be gone; empty where no reason is listed."""
    return next((why for pattern, why in REASONS.items() if re.fullmatch(pattern, f"{file}: {number}")), "")


def main(old: Path, new: Path) -> int:
    """Print what is gone and why; the exit code says whether every reason is known."""
    without = 0
    for file, numbers in gone(old, new).items():
        for number in numbers:
            why = reason_for(file, number)
            without += not why
            print(f"{file}: {number} is gone{f': {why}' if why else ' WITHOUT A REASON'}")
    print(f"{without} numbers are gone without a reason.")
    return int(without > 0)


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:3])))
