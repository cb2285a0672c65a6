"""The BEST scenario suite: what children with an EHC plan will cost, and what six priorities change about it."""

from importlib.metadata import version

__version__ = version("best-model")
