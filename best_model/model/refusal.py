"""The two errors a user is meant to see: theirs to mend, and ours."""


class Refusal(ValueError):
    """Input we will not work with, said in one line: the file, the line or row, what is wrong, and the remedy."""


class BrokenIdentity(Exception):
    """Something that must hold does not: the model or its calibration is at fault, and nothing is published."""
