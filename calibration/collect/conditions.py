"""The circumstances of a measurement, one entry a run, in conditions.json."""

import datetime
import json
import os
import platform
import re
import subprocess

FORMAT = 1


class ConditionsError(Exception):
    """The folder holds measurements that this run may not join."""


class Conditions:
    """conditions.json of one output folder."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "conditions.json")
        self.document = {"format": FORMAT, "runs": [], "serving": {}}
        if os.path.exists(self.path):
            with open(self.path) as file:
                self.document = json.load(file)

    def begin_run(self, facts):
        """Adds an entry; returns its number. All runs of a folder are of one kind of GPU."""
        for run in self.document["runs"]:
            if run["gpu"] != facts["gpu"]:
                raise ConditionsError(
                    f"{self.path} is of {run['gpu']!r}, this is {facts['gpu']!r}")
        number = len(self.document["runs"]) + 1
        self.document["runs"].append({"run": number, **facts})
        self.save()
        return number

    def add_to_run(self, **facts):
        self.document["runs"][-1].update(facts)
        self.save()

    def add_scenario(self, name, facts):
        self.document["serving"][name] = facts
        self.save()

    def save(self):
        os.makedirs(os.path.dirname(self.path) or ".", exist_ok=True)
        with open(self.path + ".new", "w") as file:
            json.dump(self.document, file, indent=2)
            file.write("\n")
        os.replace(self.path + ".new", self.path)


def host_facts():
    return {
        "started": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "kernel": re.match(r"[\d.]*", platform.release()).group().rstrip("."),
        "machine": platform.machine(),
        "host_cpus": os.cpu_count(),
        "revision": _revision(),
    }


def software_facts(device):
    """Versions and sizes that PyTorch knows."""
    import torch
    from collect.device import DATA_SEED
    facts = {"torch": torch.__version__, "cuda": torch.version.cuda,
             "data_seed": DATA_SEED,
             "l2_bytes": device.l2_bytes, "multiprocessors": device.multiprocessors}
    try:
        import triton
        facts["triton"] = triton.__version__
    except ImportError:
        facts["triton"] = None
    if device.kind == "cuda":
        facts["memory_bytes"] = device.properties.total_memory
        facts["compute_capability"] = f"{device.properties.major}.{device.properties.minor}"
        facts["cudnn"] = torch.backends.cudnn.version()
    return facts


def _revision():
    """The commit of the harness, if it lies in a repository and git is there."""
    try:
        return subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=os.path.dirname(__file__),
            capture_output=True, text=True, timeout=5, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None

