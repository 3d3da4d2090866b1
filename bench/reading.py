"""The cost of reading a text: time for each, time to load the trained model, and memory."""

import subprocess
import sys

from bench.figures import Figure, at_most
from engage.core.settings import PROJECT

LIMIT_MS, LIMIT_SECONDS, LIMIT_MB = 5.0, 1.0, 100.0
_PROGRAM = """
import time, psutil
def held():
    return psutil.Process().memory_info().rss / 1e6
before, began = held(), time.perf_counter()
from engage.understanding.classifier import lines
from engage.understanding.interpret import interpret
interpret("yes", "appointment")
loaded = time.perf_counter() - began
texts = [line for found in lines.styles().values() for line in found][::7]
spent = []
for line in texts:
    began = time.process_time()
    interpret(line.text, line.prompt)
    spent.append(time.process_time() - began)
spent.sort()
print(loaded, 1000 * sum(spent) / len(spent), 1000 * spent[int(len(spent) * 0.95)],
    held() - before, len(spent))
"""


def measure(server_url: str) -> list[Figure]:
    """A separate process that loads the reader and reads every seventh line of the corpus."""
    told = subprocess.run(
        [sys.executable, "-c", _PROGRAM], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    loaded, each, most, megabytes, count = map(float, told.stdout.split())
    detail = f"{each:.2f} ms of CPU a text, 95 in 100 under {most:.2f} ms; {count:,.0f} texts"
    return [
        at_most("reading a text", each / LIMIT_MS, 1.0, f"{detail}; limit {LIMIT_MS:.0f} ms"),
        at_most(
            "loading the reader",
            loaded / LIMIT_SECONDS,
            1.0,
            f"{loaded:.2f} s with its first text; limit 1 s",
        ),
        at_most(
            "memory of the reader",
            megabytes / LIMIT_MB,
            1.0,
            f"{megabytes:.0f} MB, its libraries included; limit {LIMIT_MB:.0f} MB",
        ),
    ]
