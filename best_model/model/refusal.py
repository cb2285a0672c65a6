"""The one error a reader of ours is meant to see."""


class Refusal(ValueError):
    """Input we will not work with, said in one line: the file, the line or row, what is wrong, and the remedy."""
