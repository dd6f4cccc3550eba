#!/usr/bin/env python3
"""A routing policy in another process: JSON lines in, JSON lines out. No dependencies.

docs/policies.md describes the protocol. The first line says what there is to choose from; every
line after it is a request, or the state of the fleet before one.
"""

import json
import sys


def main() -> None:
    greeting = json.loads(sys.stdin.readline())
    arms = greeting["arms"]
    print("{}", flush=True)
    cheap, strong = arms[0], arms[-1]
    # Answers are the same few lines over and over: spelled once.
    answers = {arm: json.dumps({"arm": arm}) for arm in arms}
    for line in sys.stdin:
        request = json.loads(line)
        if "fleet" in request:
            continue
        looks_hard = request.get("estimate", 0.5) > 0.6 or request["prompt_tokens"] > 400
        sys.stdout.write(answers[strong if looks_hard else cheap] + "\n")
        # Whoever waits for an answer gets it once nothing more is waiting to be read.
        sys.stdout.flush()


if __name__ == "__main__":
    main()
