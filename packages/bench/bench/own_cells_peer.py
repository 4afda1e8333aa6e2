"""What own_cells_jax.py and own_cells_torch.py share: the parameters of the cells, by name and shape as in src/own-cells/, their
values and the inputs by the formula of src/contenders/shared-values.ts, and the contender's side of src/protocol.ts.
"""

import json
import math
import resource
import sys
import time

import numpy as np

SLOTS, WIDTH = 64, 16
COMMAND = 2 * (WIDTH + 6) + 2 * WIDTH


def say(**reply):
    print(json.dumps(reply), flush=True)


def values(path, shape, scale):
    """Uniform on ±scale: a hash of the path (FNV-1a) and the index; 1/2 is added to gains."""
    seed = 2166136261
    for byte in path.encode():
        seed = (seed ^ byte) * 16777619 % 2**32
    x = np.arange(math.prod(shape), dtype=np.uint32) + np.uint32(seed)
    x = (x ^ (x >> 16)) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> 15)) * np.uint32(0x846CA68B)
    x ^= x >> 16
    centre = 0.5 if path.lower().endswith("gain") else 0
    return (centre + scale * (x / 2**31 - 1)).astype(np.float32).reshape(shape)


def gated(gates, inputs, hidden, **more):
    wide = gates * hidden
    return {"kernel": (inputs, wide), "recurrentKernel": (hidden, wide), "bias": (wide,), **more}


def shapes(cell, size):
    """The shapes of a cell's parameters, as nested dictionaries."""
    if cell == "lstm":
        return gated(4, size, size)
    if cell == "gru":
        return gated(3, size, size, recurrentBias=(size,))
    if cell == "reset-before-gru":
        gates, candidate = (size, 2 * size), (size, size)
        return {"kernel": (size, 3 * size), "bias": (3 * size,), "gateKernel": gates, "candidateKernel": candidate}
    if cell == "layer-norm-lstm":
        wide, narrow = (4 * size,), (size,)
        return gated(4, size, size, inputGain=wide, recurrentGain=wide, cellGain=narrow, cellBias=narrow)
    if cell == "multiplicative-lstm":
        wide = (4 * size,)
        return gated(4, size, size, productGain=wide, recurrentGain=wide, inputGain=wide)
    if cell == "residual-stack":
        return {str(layer): gated(4, size, size) for layer in range(3)}
    if cell == "ntm":
        return {"controller": gated(4, size + WIDTH, size), "kernel": (size, COMMAND), "bias": (COMMAND,)}
    raise ValueError(f"unknown cell {cell}")


def map_leaves(f, tree, path=""):
    """The tree with each leaf f(path, leaf); a path is `controller.kernel`."""
    if not isinstance(tree, dict):
        return f(path[:-1], tree)
    return {key: map_leaves(f, child, f"{path}{key}.") for key, child in tree.items()}


def leaves(tree):
    found = {}
    map_leaves(found.__setitem__, tree)
    return found


def problem(workload):
    """Parameters and inputs [batch, time, size] as NumPy arrays."""
    size = workload["hiddenSize"]
    scale = 1 / math.sqrt(size)
    params = map_leaves(lambda path, shape: values(f"cell.{path}", shape, scale), shapes(workload["cell"], size))
    return params, values("inputs", (workload["batch"], workload["time"], size), math.sqrt(3))


def norm(gradient):
    return float(np.linalg.norm(np.asarray(gradient, dtype=np.float64)))


def evaluation(loss, params, inputs):
    """The loss, and the norm of the gradient of each parameter and of the inputs."""
    named = {f"cell.{path}": norm(leaf) for path, leaf in leaves(params).items()}
    return {"loss": float(loss), "norms": {**named, "inputs": norm(inputs)}}


def serve(versions, step, evaluate):
    """Replies to requests for the times of some steps. `step` returns the loss when all gradients are there."""
    start = time.perf_counter()
    step()
    first = (time.perf_counter() - start) * 1e3
    versions = {**versions, "Python": sys.version.split()[0]}
    say(event="ready", firstMilliseconds=first, versions=versions, parts=["step"], evaluation=evaluate())
    for line in sys.stdin:
        milliseconds, value, processor = [], float("nan"), time.process_time()
        for _ in range(json.loads(line)["count"]):
            start = time.perf_counter()
            value = step()
            milliseconds.append((time.perf_counter() - start) * 1e3)
        processor = (time.process_time() - processor) * 1e3
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        say(event="times", milliseconds=milliseconds, processorMilliseconds=processor, value=value, peakBytes=peak)
