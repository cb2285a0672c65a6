"""The explorer's grid as its script reads it: whole pounds and whole children, compressed, and what the script must know beside them."""

import zlib
from base64 import b64encode
from typing import Any

import numpy as np
from numpy.typing import NDArray

from best_model.faces.whole_pounds import pounds_of, rounded, settled
from best_model.model.phasing import Month
from best_model.model.scenario import Lever
from best_model.questions.grid import Grid
from best_model.questions.sliders import Sliders

Channel = NDArray[np.int32]
Layout = list[tuple[int, list[int]]]
_BYTE, _LEVEL = 8, 9


def packed(grid: Grid) -> tuple[str, Layout]:
    """What is identified by year, children by setting, and all children, as text; and for each of these channels how many bytes a value
    takes and along which axes it is held as differences. Raises `BrokenIdentity` where a number would be shown otherwise than the
    engine has it."""
    pounds = np.moveaxis(settled(grid.identified, pounds_of(grid)), -1, 0)
    children = np.rint([*np.moveaxis(grid.plans, -1, 0), grid.plans.sum(axis=-1)])
    parts = [_as_differences(each.astype(np.int32)) for each in (*pounds, *children)]
    data = [_bytes(values) for values, _ in parts]
    layout = [(len(held) // values.size, axes) for held, (values, axes) in zip(data, parts, strict=True)]
    return b64encode(zlib.compress(b"".join(data), _LEVEL)).decode(), layout


def _as_differences(values: Channel) -> tuple[Channel, list[int]]:
    """A channel as differences along those axes, one after another, that make it smaller: the page adds them up again."""
    axes: list[int] = []
    least = _size(values)
    while left := [axis for axis in range(values.ndim) if axis not in axes]:
        size, axis = min((_size(_difference(values, axis)), axis) for axis in left)
        if size >= least:
            break
        least, values = size, _difference(values, axis)
        axes.append(axis)
    return values, axes


def _difference(values: Channel, axis: int) -> Channel:
    return np.diff(values, axis=axis, prepend=np.int32(0))


def _size(values: Channel) -> int:
    return len(zlib.compress(_bytes(values), 1))


def _bytes(values: Channel) -> bytes:
    """Values as bytes, all the lowest first; small ones of either sign are small numbers: 0, -1, 1, -2 are 0, 1, 2, 3."""
    folded = ((values << 1) ^ (values >> (np.iinfo(np.int32).bits - 1))).astype(np.uint32)
    places = max(-(-int(folded.max()).bit_length() // _BYTE), 1)
    return b"".join((folded >> (_BYTE * place)).astype(np.uint8).tobytes() for place in range(places))


def beside_it(grid: Grid, layout: Layout) -> dict[str, Any]:
    """What the script knows beside the packed numbers, for JSON: whole pounds, where the scenarios stand, what a scenario file says."""
    pounds = rounded(pounds_of(grid))
    names = ["new_plans", "late", *(lever.name for lever in grid.levers)]
    return {
        "shape": grid.shape,
        "channels": layout,
        "order": names,
        "nothing": grid.nothing,
        "starts": [
            dict(zip(names, grid.position(each), strict=True)) | {"in_train": grid.level(each)}
            for each in grid.scenarios
        ],
        "gapBefore": pounds.gap_before.astype(int).tolist(),
        "inTrain": pounds.in_train.astype(int).tolist(),
        "targets": [
            {"name": name, "pounds": [int(each) if np.isfinite(each) else None for each in amounts]}
            for name, amounts in zip(grid.authority.council.targets, pounds.targets, strict=True)
        ],
        "broughtForward": pounds.brought_forward.astype(int).tolist(),
        "kept": pounds.kept.astype(int).tolist(),
        "file": _file(grid),
    }


def _file(sliders: Sliders) -> dict[str, Any]:
    """What a scenario file says at each stop, so that a reviewer can run the setting again."""
    years, by_lever = sliders.authority.januaries, zip(sliders.levers, sliders.intensities, strict=True)
    return {
        "extends": sliders.scenarios[0].name,
        "inTrain": [each.names[0] for each in sliders.in_train],
        "levers": [
            {
                "name": lever.name,
                "intensity": [repr(float(each)) for each in intensities],
                "start": [_later(lever, stop.months) for stop in sliders.stops.late],
            }
            for lever, intensities in by_lever
        ],
        "newPlans": [
            {f"calibration.new_plans_index.{year}": repr(float(each)) for year, each in zip(years, index, strict=False)}
            for index in sliders.new_plans
        ],
    }


def _later(lever: Lever, months: int) -> str:
    """The month so many after a priority's start."""
    year, month = lever.start_year_and_month
    years, left = divmod(month - 1 + months, Month.IN_A_YEAR)
    return f"{year + years}-{left + 1:02d}"
