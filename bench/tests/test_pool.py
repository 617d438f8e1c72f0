"""A request that crashes, hangs or ends its process costs itself only."""

import sys
import time
from pathlib import Path

from pool import Pool

CHILD = f"""
import os, sys, time
sys.path.insert(0, {str(Path(__file__).resolve().parents[1])!r})
from pool import serve

def handle(request, tell):
    tell("running")
    if request["do"] == "die":
        print("last words", file=sys.stderr, flush=True)
        os._exit(7)
    if request["do"] == "hang":
        time.sleep(60)
    if request["do"] == "compile forever":
        tell("compiling")
        time.sleep(60)
    print("noise of a kernel")
    return {{"outcome": "done", "pid": os.getpid(), "fatal": request["do"] == "spoil"}}

serve(handle)
"""


def run(groups, jobs=1, **options):
    answers = {}
    limits = {"running": 0.5, "compiling": 0.3, "starting": 30.0}
    pool = Pool([sys.executable, "-c", CHILD], jobs, limits, **options)
    pool.run(groups, lambda request, answer: answers.update({request["id"]: answer}))
    return answers


def requests(*names):
    return [{"id": index, "do": name} for index, name in enumerate(names)]


def test_failures_cost_themselves_only():
    answers = run([requests("work", "die", "work", "hang", "compile forever", "work")])
    outcomes = [answers[index]["outcome"] for index in range(6)]
    assert outcomes == ["done", "worker_died", "done", "run_timeout", "compile_timeout", "done"]
    assert "status 7: last words" in answers[1]["reason"]


def test_a_process_is_kept_until_it_is_spoilt():
    answers = run([requests("work", "spoil", "work")])
    assert answers[0]["pid"] == answers[1]["pid"] != answers[2]["pid"]


def test_groups_are_shared_out():
    groups = [[{"id": index, "do": "work"}] for index in range(8)]
    assert len(run(groups, jobs=2)) == 8


def test_after_the_deadline_nothing_begins():
    answers = run([requests("work")], deadline=time.monotonic() - 1)
    assert answers[0]["outcome"] == "not_run"


def test_the_deadline_ends_what_runs():
    begun = time.monotonic()
    answers = {}
    pool = Pool([sys.executable, "-c", CHILD], 1, deadline=begun + 2)
    pool.run([requests("work", "hang", "work")], lambda request, answer: answers.update({request["id"]: answer}))
    assert [answers[index]["outcome"] for index in range(3)] == ["done", "not_run", "not_run"]
    assert time.monotonic() - begun < 10


def test_what_cannot_start_is_told():
    answers = {}
    pool = Pool([sys.executable, "-c", "raise SystemExit('no torch')"], 1)
    pool.run([requests("work")], lambda request, answer: answers.update({request["id"]: answer}))
    assert answers[0]["outcome"] == "worker_died"
    assert "no torch" in answers[0]["reason"]
