"""Failures as values: an outcome's name and one line that says why."""

import re
import subprocess

MAX_REASON = 400


class JobError(Exception):
    """A job ended in a named outcome other than success.

    outcome: one of the names in docs/workers.md; reason: one line; fatal: whether the process must be replaced; facts: more
    fields for the answer.
    """

    def __init__(self, outcome, reason, fatal=False, facts=None):
        super().__init__(reason)
        self.outcome = outcome
        self.reason = one_line(reason)
        self.fatal = fatal
        self.facts = facts or {}


def one_line(text):
    """The text on one line, without control characters, cut at MAX_REASON characters."""
    line = re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in str(text))).strip()
    return line if len(line) <= MAX_REASON else line[: MAX_REASON - 4] + " ..."


def deepest(error):
    """The exception at the end of the chain of causes: the one that says most. A failed tool's own words, which Triton
    puts into its exception, say more than the failed command beneath them."""
    seen = set()
    while id(error) not in seen:
        seen.add(id(error))
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is None or not str(cause).strip() or isinstance(cause, subprocess.CalledProcessError):
            return error
        error = cause
    return error


def describe(error):
    """One line for an exception: its type, its message, and the line of generated code where it was raised, if known."""
    text = str(error).strip()
    where = ""
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "perihelion_module_" in name:
            where = f" (line {trace.tb_lineno} of the module)"
        trace = trace.tb_next
    return one_line(f"{type(error).__name__}: {text}{where}" if text else f"{type(error).__name__}{where}")
