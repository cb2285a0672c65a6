"""Imported last by the process that documents are forked from: what is slow the first time is done once, here."""

import gc
import importlib
import os
from contextlib import suppress

from nbformat.v4 import new_markdown_cell, new_notebook

from best_model.papers.document import render
from best_model.papers.page import Page, read_page
from best_model.papers.workers import TO_LOAD

_cell = new_markdown_cell("# Is it warm?", metadata={"place": 1})
_page = Page(title="", date="", version="", commit="", inputs="")
read_page(render(new_notebook(cells=[_cell], metadata={"title": ""}), _page), "warm")
for _name in os.environ.get(TO_LOAD, "").split():
    with suppress(Exception):  # what cannot be loaded says so in the cell that wants it
        importlib.import_module(_name)
gc.freeze()  # what is loaded now is never garbage, and stays shared between the forks
