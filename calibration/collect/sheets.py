"""The project's own data sheets: model shapes and GPU peaks, read from calibration/.

The sheets are flat YAML (`key: value`, or one level of `value`, `unit`, `source` below a key),
which these few lines read without a YAML library, so that no shape is written down twice.
"""

import os
import re
from dataclasses import dataclass

from collect.arithmetic import BF16_BYTES

CALIBRATION = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_LINE = re.compile(r"^(?P<indent> *)(?P<key>[A-Za-z_][\w.-]*):(?: +(?P<value>.*))?$")


class SheetError(Exception):
    """A sheet is missing or not of the expected form."""


@dataclass(frozen=True)
class ModelShape:
    """A dense decoder with grouped-query attention and a gated feed-forward network."""
    name: str
    layers: int
    hidden: int
    query_heads: int
    kv_heads: int
    head_dim: int
    intermediate: int
    vocabulary: int
    tied_embeddings: bool = False

    @property
    def projections(self):
        """(out, in) features of each matrix product of a layer, and of the head."""
        attention = self.query_heads * self.head_dim
        return {
            "qkv": (attention + 2 * self.kv_heads * self.head_dim, self.hidden),
            "output": (self.hidden, attention),
            "gate_up": (2 * self.intermediate, self.hidden),
            "down": (self.hidden, self.intermediate),
            "head": (self.vocabulary, self.hidden),
        }

    @property
    def layer_weights(self):
        """Elements of the matrices of one layer."""
        return sum(n * k for name, (n, k) in self.projections.items() if name != "head")

    @property
    def weight_bytes(self):
        """Matrices, the head and, unless tied to it, the embedding, in bf16."""
        tables = 1 if self.tied_embeddings else 2
        elements = self.layers * self.layer_weights + tables * self.vocabulary * self.hidden
        return BF16_BYTES * elements

    def kv_bytes_per_token(self, element_bytes=BF16_BYTES):
        return 2 * self.layers * self.kv_heads * self.head_dim * element_bytes


@dataclass(frozen=True)
class Peaks:
    """Rates by the maker's data sheet, per second; None where unknown."""
    flop: dict
    memory_bytes: float = None


def read_sheet(path):
    """Keys to text; a nested key is named `outer.inner`."""
    values, outer = {}, None
    with open(path) as file:
        for number, line in enumerate(file, start=1):
            text = line.rstrip()
            if not text or text.lstrip().startswith("#"):
                continue
            match = _LINE.match(text)
            if not match:
                raise SheetError(f"{path}:{number}: expected `key: value`, found {text!r}")
            key, value = match["key"], match["value"]
            if not match["indent"]:
                outer = key
            else:
                key = f"{outer}.{key}"
            if value is not None:
                values[key] = value.strip().strip("'\"")
    return values


def model_names(folder=None):
    folder = folder or os.path.join(CALIBRATION, "models")
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return sorted(name[:-len(".yaml")] for name in names if name.endswith(".yaml"))


def is_modelled(sheet):
    """Whether `ModelShape` has the whole shape: no experts, no latent attention, gated blocks."""
    return (not any(key.startswith(("experts.", "latent_attention.")) for key in sheet)
            and sheet.get("details.gated") != "false")


def read_model(name, folder=None):
    folder = folder or os.path.join(CALIBRATION, "models")
    path = os.path.join(folder, name + ".yaml")
    if not os.path.exists(path):
        raise SheetError(f"no model sheet {path}; there are: {', '.join(model_names(folder))}")
    sheet = read_sheet(path)
    if not is_modelled(sheet):
        raise SheetError(f"{path}: not a dense decoder with grouped queries and gated blocks")
    try:
        return ModelShape(
            name=name, layers=int(sheet["layers"]), hidden=int(sheet["hidden_size"]),
            query_heads=int(sheet["attention_heads"]), kv_heads=int(sheet["key_value_heads"]),
            head_dim=int(sheet["head_dimension"]), intermediate=int(sheet["intermediate_size"]),
            vocabulary=int(sheet["vocabulary_size"]),
            tied_embeddings=sheet["tied_embeddings"] == "true")
    except (KeyError, ValueError) as error:
        raise SheetError(f"{path}: {error}") from error


def read_peaks(gpu, folder=None):
    """The GPU's peaks; all unknown if it has no sheet."""
    folder = folder or os.path.join(CALIBRATION, "gpus")
    path = os.path.join(folder, f"{gpu}.yaml")
    if not os.path.exists(path):
        return Peaks(flop={})
    sheet = read_sheet(path)
    flop = {dtype: float(sheet[f"peak_{dtype}.value"])
            for dtype in ("bf16", "fp8") if f"peak_{dtype}.value" in sheet}
    bandwidth = sheet.get("memory_bandwidth.value")
    return Peaks(flop=flop, memory_bytes=float(bandwidth) if bandwidth else None)
