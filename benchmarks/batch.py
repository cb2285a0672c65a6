"""How long a batch of eight documents takes, beside plainer ways to make the same: python -m benchmarks.batch

Two notebooks on four scenarios; each document has three figures, two tables and a sentence. Every way must leave eight pages with all of
them before its time counts. Each is a program of its own, run once to warm the disk, then timed. Ours is `best report` as anyone runs it:
it also runs the model on each scenario, holds every identity, and publishes an index, a manifest and what changed.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from time import perf_counter

AT_ONCE, TIMES = 2, 5
NOTEBOOKS, SCENARIOS = ("one", "other"), ("do_nothing", "evidence", "base", "stretched")
DOCUMENTS = tuple((notebook, scenario) for notebook in NOTEBOOKS for scenario in SCENARIOS)
PARAMS = Path(__file__).parents[1] / "params"
PACK = """\
name: eight
title: Eight documents
meeting: None
date: 2027-03-01
audience: None
authority: leicestershire
scenarios: [base]
documents:
"""
BIN = Path(sys.executable).parent

IMPORTS = "import matplotlib.pyplot as plt\nimport numpy as np\nimport pandas as pd\nfrom IPython.display import HTML, display"
DRAW = """\
figure, axes = plt.subplots(figsize=(7, 4))
axes.plot(np.arange(5), np.arange(5) * {slope})
axes.set_title(f"{{scenario}}: {{5 * {slope}}}")
display(figure, metadata={{"image/png": {{"alt": "It rises to {slope} times four"}}}})
plt.close(figure)"""
TABLE = """\
frame = pd.DataFrame(np.arange(40).reshape(10, 4) * {factor}, columns=list("abcd"))
heads = "".join(f'<th scope="col">{{name}}</th>' for name in frame)
rows = "".join("<tr>" + "".join(f"<td>{{cell}}</td>" for cell in row) + "</tr>" for row in frame.to_numpy())
HTML(f"<table><caption>Times {factor}</caption><thead><tr>{{heads}}</tr></thead><tbody>{{rows}}</tbody></table>")"""


def write_notebooks(folder: Path) -> None:
    """The notebooks that every way but the plain script runs."""
    import nbformat  # noqa: PLC0415 - a way that needs it pays for it
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook  # noqa: PLC0415

    cells = [
        new_markdown_cell("# How fast is it?"),
        new_code_cell('scenario = "base"\nauthority = "leicestershire"', metadata={"tags": ["parameters"]}),
        new_code_cell(IMPORTS),
        *(new_code_cell(DRAW.format(slope=slope)) for slope in (1, 2, 3)),
        *(new_code_cell(TABLE.format(factor=factor)) for factor in (1, 2)),
        new_code_cell('HTML(f"<p class=answer>It is {scenario}.</p>")'),
    ]
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    for name in NOTEBOOKS:
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / f"{name}.ipynb")


def ours(notebooks: Path, out: Path) -> None:
    """`best report`, with nothing kept from before."""
    params = notebooks / "params"
    shutil.copytree(PARAMS, params, dirs_exist_ok=True)
    listed = "".join(f"  - notebook: {notebook}\n    scenario: {scenario}\n" for notebook, scenario in DOCUMENTS)
    (params / "packs" / "eight.yaml").write_text(PACK + listed, encoding="utf-8")
    run(BIN / "best", "report", "eight", "--params", params, "--notebooks", notebooks, "--reports", out)


def command_lines(notebooks: Path, out: Path) -> None:
    """`papermill`, then `nbconvert`, one document after another."""
    for notebook, scenario in DOCUMENTS:
        name = f"{notebook}-{scenario}"
        run(BIN / "papermill", "-p", "scenario", scenario, notebooks / f"{notebook}.ipynb", out / f"{name}.ipynb")
        run(BIN / "jupyter", "nbconvert", "--to", "html", "--no-input", "--output", name, out / f"{name}.ipynb")


def pool_of_two(notebooks: Path, out: Path) -> None:
    """Papermill and nbconvert as libraries, in a pool of two processes."""
    run(sys.executable, "-m", "benchmarks.batch", "pool", notebooks, out)


def plain_script(notebooks: Path, out: Path) -> None:
    """The floor: a script with no notebook and no kernel, which draws with matplotlib and fills a jinja2 template."""
    run(sys.executable, "-m", "benchmarks.batch", "script", notebooks, out)


def run(*words: object) -> None:
    """A program, to its end."""
    subprocess.run([str(word) for word in words], check=True, capture_output=True)


def _pool(notebooks: Path, out: Path) -> None:
    with ProcessPoolExecutor(AT_ONCE) as pool:
        list(pool.map(_one_in_a_pool, [(notebooks, out, *document) for document in DOCUMENTS]))


def _one_in_a_pool(of: tuple[Path, Path, str, str]) -> None:
    import papermill  # noqa: PLC0415
    from nbconvert import HTMLExporter  # noqa: PLC0415

    notebooks, out, notebook, scenario = of
    name = f"{notebook}-{scenario}"
    given = {"scenario": scenario}
    executed = papermill.execute_notebook(
        notebooks / f"{notebook}.ipynb", out / f"{name}.ipynb", given, progress_bar=False
    )
    html = HTMLExporter(exclude_input=True).from_notebook_node(executed)[0]
    (out / f"{name}.html").write_text(html, encoding="utf-8")


def _script(_: Path, out: Path) -> None:
    from jinja2 import Template  # noqa: PLC0415

    template = Template("<h1>How fast is it?</h1>{% for each in parts %}{{ each }}{% endfor %}")
    for notebook, scenario in DOCUMENTS:
        page = template.render(parts=_parts(scenario))
        (out / f"{notebook}-{scenario}.html").write_text(page, encoding="utf-8")


def _parts(scenario: str) -> list[str]:
    import base64  # noqa: PLC0415
    import io  # noqa: PLC0415

    import matplotlib  # noqa: PLC0415

    matplotlib.use("agg")
    parts: list[str] = []

    def display(figure, metadata):  # type: ignore[no-untyped-def]
        held = io.BytesIO()
        figure.savefig(held, format="png", bbox_inches="tight")
        alt = metadata["image/png"]["alt"]
        parts.append(f'<img alt="{alt}" src="data:image/png;base64,{base64.b64encode(held.getvalue()).decode()}">')

    names = {"scenario": scenario, "display": display, "HTML": parts.append}
    exec(IMPORTS.rpartition("\n")[0], names)
    for source in [*(DRAW.format(slope=slope) for slope in (1, 2, 3)), *(TABLE.format(factor=each) for each in (1, 2))]:
        exec(source, names)
    parts.append(f"<p>It is {scenario}.</p>")
    return parts


WAYS: dict[str, Callable[[Path, Path], None]] = {
    "ours": ours,
    "papermill, a pool of two": pool_of_two,
    "papermill and nbconvert, one after another": command_lines,
    "the floor: a plain script, one after another": plain_script,
}


def is_whole(html: str, scenario: str) -> bool:
    """Three figures, two tables, the sentence of its own scenario."""
    parts = html.count('src="data:image/png;base64,'), html.count("<caption>")
    return parts == (3, 2) and f"It is {scenario}." in html


def timed(way: Callable[[Path, Path], None], notebooks: Path) -> float:
    """Seconds of one run into an empty folder, all of whose pages are whole."""
    with tempfile.TemporaryDirectory() as folder:
        began = perf_counter()
        way(notebooks, Path(folder))
        seconds = perf_counter() - began
        published = Path(folder, "eight") if Path(folder, "eight").exists() else Path(folder)
        for notebook, scenario in DOCUMENTS:
            assert is_whole((published / f"{notebook}-{scenario}.html").read_text(encoding="utf-8"), scenario)
    return seconds


def main() -> None:
    """The best of some runs of each way, beside ours."""
    with tempfile.TemporaryDirectory() as folder:
        write_notebooks(Path(folder))
        best = {}
        for name, way in WAYS.items():
            timed(way, Path(folder))
            best[name] = min(timed(way, Path(folder)) for _ in range(1 if way is command_lines else TIMES))
            print(f"{name:<46} {best[name]:6.1f} s  {best[name] / best['ours']:5.1f} times", flush=True)


def _child(words: Sequence[str]) -> None:
    {"pool": _pool, "script": _script}[words[0]](Path(words[1]), Path(words[2]))


if __name__ == "__main__":
    _child(sys.argv[1:]) if len(sys.argv) > 1 else main()
