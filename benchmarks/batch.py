"""How long a batch of eight documents takes, beside plainer ways to make the same: python -m benchmarks.batch

Each document has three figures, two tables and a sentence, and is made for a scenario of its own. Every way must leave eight pages
with all of them before its time counts. Each is run once to warm the disk, then timed.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from time import perf_counter

DOCUMENTS, AT_ONCE, TIMES = 8, 2, 3
NAMES = tuple(f"scenario_{number}" for number in range(DOCUMENTS))
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


def write_notebook(folder: Path) -> Path:
    """The notebook that every way but the plain script runs."""
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
    path = folder / "eight.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


def ours(notebook: Path, out: Path) -> None:
    """The batch as `best report` makes it: validated, with limits, a lock, a log, a manifest and an index; nothing kept from before."""
    subprocess.run(
        [sys.executable, "-m", "benchmarks.batch", "ours", str(notebook), str(out)], check=True, capture_output=True
    )


def _ours(notebook: Path, out: Path) -> None:
    from best_model.reporting.papers import warm_for  # noqa: PLC0415 - in the order of publish_pack

    pack = _pack()
    warm_for(pack, notebook.parent)
    from best_model.reporting.pack import Orders, build  # noqa: PLC0415
    from best_model.reporting.provenance import provenance  # noqa: PLC0415

    (out / "params").mkdir(exist_ok=True)
    made_from = provenance(out / "params", {}, {})
    build(pack, notebook.parent, out, made_from, orders=Orders(force=True))


def _pack():  # type: ignore[no-untyped-def]
    from best_model.inputs.packs import Pack, PackDocument  # noqa: PLC0415

    return Pack(
        name="eight",
        title="Eight",
        meeting="None",
        date="2027-03-01",
        audience="None",
        authority="leicestershire",
        scenarios=("base",),
        documents=tuple(PackDocument(notebook="eight", scenario=name) for name in NAMES),
    )


def command_lines(notebook: Path, out: Path) -> None:
    """`papermill`, then `nbconvert`, one document after another."""
    for name in NAMES:
        run, page = out / f"{name}.ipynb", out / f"{name}.html"
        words = [BIN / "papermill", "-p", "scenario", name, notebook, run]
        subprocess.run(list(map(str, words)), check=True, capture_output=True)
        words = [BIN / "jupyter", "nbconvert", "--to", "html", "--no-input", "--output", page.name, run]
        subprocess.run(list(map(str, words)), check=True, capture_output=True)


def pool_of_two(notebook: Path, out: Path) -> None:
    """Papermill and nbconvert as libraries, in a pool of two processes, in a program of its own."""
    subprocess.run(
        [sys.executable, "-m", "benchmarks.batch", "pool", str(notebook), str(out)], check=True, capture_output=True
    )


def _pool(notebook: Path, out: Path) -> None:
    with ProcessPoolExecutor(AT_ONCE) as pool:
        list(pool.map(_one_in_a_pool, [(notebook, out, name) for name in NAMES]))


def _one_in_a_pool(of: tuple[Path, Path, str]) -> None:
    import papermill  # noqa: PLC0415
    from nbconvert import HTMLExporter  # noqa: PLC0415

    notebook, out, name = of
    run = papermill.execute_notebook(notebook, out / f"{name}.ipynb", {"scenario": name}, progress_bar=False)
    (out / f"{name}.html").write_text(HTMLExporter(exclude_input=True).from_notebook_node(run)[0], encoding="utf-8")


def plain_script(notebook: Path, out: Path) -> None:
    """The floor: a script with no notebook and no kernel, which draws with matplotlib and fills a jinja2 template."""
    subprocess.run(
        [sys.executable, "-m", "benchmarks.batch", "script", str(notebook), str(out)], check=True, capture_output=True
    )


def _script(_: Path, out: Path) -> None:
    from jinja2 import Template  # noqa: PLC0415

    template = Template("<h1>How fast is it?</h1>{% for each in parts %}{{ each }}{% endfor %}")
    for name in NAMES:
        (out / f"{name}.html").write_text(template.render(parts=_parts(name)), encoding="utf-8")


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


def pages(out: Path) -> list[str]:
    """What a way left: the page of each scenario."""
    found = sorted(path for path in out.rglob("*scenario_?.html") if ".cache" not in path.parts)
    return [path.read_text(encoding="utf-8") for path in found if not path.is_symlink()]


def is_whole(html: str, name: str) -> bool:
    """Three figures, two tables, the sentence of its own scenario."""
    return html.count('src="data:image/png;base64,') == 3 and html.count("<caption>") == 2 and f"It is {name}." in html


def timed(way: Callable[[Path, Path], None], notebook: Path) -> float:
    """Seconds of one run into an empty folder, all of whose pages are whole."""
    with tempfile.TemporaryDirectory() as folder:
        began = perf_counter()
        way(notebook, Path(folder))
        seconds = perf_counter() - began
        found = pages(Path(folder))
        assert len(found) == DOCUMENTS, len(found)
        assert all(is_whole(html, name) for html, name in zip(found, NAMES, strict=True))
    return seconds


def main() -> None:
    """The best of some runs of each way, beside ours."""
    with tempfile.TemporaryDirectory() as folder:
        notebook = write_notebook(Path(folder))
        best = {}
        for name, way in WAYS.items():
            timed(way, notebook)
            best[name] = min(timed(way, notebook) for _ in range(TIMES if way is not command_lines else 1))
            print(f"{name:<46} {best[name]:6.1f} s  {best[name] / best['ours']:5.1f} times", flush=True)


def _child(words: Sequence[str]) -> None:
    {"ours": _ours, "pool": _pool, "script": _script}[words[0]](Path(words[1]), Path(words[2]))


if __name__ == "__main__":
    _child(sys.argv[1:]) if len(sys.argv) > 1 else main()
