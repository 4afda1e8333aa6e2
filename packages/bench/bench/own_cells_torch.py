"""PyTorch as a contender with cells of one's own: the equations of src/own-cells/, frame by frame, eagerly, on the CPU; gradients
with respect to parameters and inputs. Denormals are flushed to zero, since PyTorch is faster so.
"""

import json
import sys

from own_cells_peer import SLOTS, WIDTH, evaluation, leaves, map_leaves, problem, say, serve

try:
    import torch
    from torch.nn.functional import softmax, softplus
except ImportError as error:
    say(event="unavailable", reason=f"{error}")
    sys.exit(0)

sigmoid, tanh = torch.sigmoid, torch.tanh


def gates(z, c):
    i, f, g, o = z.chunk(4, 1)
    return sigmoid(f) * c + sigmoid(i) * tanh(g), sigmoid(o)


def lstm(p, state, x):
    h, c = state
    c, o = gates(x @ p["kernel"] + h @ p["recurrentKernel"] + p["bias"], c)
    h = o * tanh(c)
    return (h, c), h


def gru(p, h, x):
    xz, xr, xn = (x @ p["kernel"] + p["bias"]).chunk(3, 1)
    hz, hr, hn = (h @ p["recurrentKernel"]).chunk(3, 1)
    z = sigmoid(xz + hz)
    n = tanh(xn + sigmoid(xr + hr) * (hn + p["recurrentBias"]))
    h = (1 - z) * n + z * h
    return h, h


def reset_before_gru(p, h, x):
    size = h.shape[1]
    projected = x @ p["kernel"] + p["bias"]
    z, r = sigmoid(projected[:, : 2 * size] + h @ p["gateKernel"]).chunk(2, 1)
    n = tanh(projected[:, 2 * size :] + (r * h) @ p["candidateKernel"])
    h = z * h + (1 - z) * n
    return h, h


def normed(x, gain):
    centred = x - x.mean(1, keepdim=True)
    return centred / torch.sqrt((centred * centred).mean(1, keepdim=True) + 1e-5) * gain


def layer_norm_lstm(p, state, x):
    h, c = state
    z = normed(x @ p["kernel"], p["inputGain"]) + normed(h @ p["recurrentKernel"], p["recurrentGain"]) + p["bias"]
    c, o = gates(z, c)
    h = o * tanh(normed(c, p["cellGain"]) + p["cellBias"])
    return (h, c), h


def multiplicative_lstm(p, state, x):
    h, c = state
    wx, uh = x @ p["kernel"], h @ p["recurrentKernel"]
    c, o = gates(p["productGain"] * wx * uh + p["recurrentGain"] * uh + p["inputGain"] * wx + p["bias"], c)
    h = o * tanh(c)
    return (h, c), h


def residual_stack(p, states, x):
    following = []
    for layer, state in enumerate(states):
        state, y = lstm(p[str(layer)], state, x)
        following.append(state)
        x = x + y
    return tuple(following), x


def length(x):
    return torch.sqrt((x * x).sum(2, keepdim=True) + 1e-12)


def access(memory, weights, command):
    """Reads and writes as `ntmMemory` of @elman/memory does, with one read head, one write head and shifts of at most one."""
    batch, heads = command.shape[0], 2 * (WIDTH + 6)
    told = command[:, :heads].reshape(batch, 2, WIDTH + 6)
    key, strength, gate, shift, sharpness = told.split([WIDTH, 1, 1, 3, 1], 2)
    key, shift = tanh(key), softmax(shift, -1)
    alike = key @ memory.mT / (length(key) * length(memory).mT + 1e-6)
    weights = weights + sigmoid(gate) * (softmax(softplus(strength) * alike, -1) - weights)
    moved = sum(shift[:, :, i : i + 1] * weights.roll(i - 1, 2) for i in range(3))
    weights = softmax((1 + softplus(sharpness)) * torch.log(moved + 1e-12), -1)
    write, erase, addition = weights[:, 1:].mT, command[:, heads:-WIDTH], command[:, -WIDTH:]
    memory = memory * (1 - write * sigmoid(erase)[:, None]) + write * tanh(addition)[:, None]
    return (weights[:, :1] @ memory)[:, 0], memory, weights


def ntm(p, state, x):
    controller, memory, weights, read = state
    controller, y = lstm(p["controller"], controller, torch.cat([x, read], 1))
    read, memory, weights = access(memory, weights, y @ p["kernel"] + p["bias"])
    return (controller, memory, weights, read), torch.cat([y, read], 1)


def pair(batch, size):
    return torch.zeros(batch, size), torch.zeros(batch, size)


def memory_state(batch, size):
    weights = torch.zeros(batch, 2, SLOTS)
    weights[:, :, 0] = 1
    return pair(batch, size), torch.full((batch, SLOTS, WIDTH), 1e-6), weights, torch.zeros(batch, WIDTH)


CELLS = {
    "lstm": (lstm, pair),
    "gru": (gru, torch.zeros),
    "reset-before-gru": (reset_before_gru, torch.zeros),
    "layer-norm-lstm": (layer_norm_lstm, pair),
    "multiplicative-lstm": (multiplicative_lstm, pair),
    "residual-stack": (residual_stack, lambda batch, size: (pair(batch, size),) * 3),
    "ntm": (ntm, memory_state),
}


def main():
    setup = json.loads(sys.argv[-1])
    torch.set_num_threads(setup["threads"])
    torch.set_num_interop_threads(1)
    torch.set_flush_denormal(True)
    workload = setup["workload"]
    step, initial = CELLS[workload["cell"]]
    params, inputs = problem(workload)
    params = map_leaves(lambda _, leaf: torch.tensor(leaf, requires_grad=True), params)
    inputs = torch.tensor(inputs, requires_grad=True)
    given = [*leaves(params).values(), inputs]

    def once():
        for leaf in given:
            leaf.grad = None
        state, outputs = initial(workload["batch"], workload["hiddenSize"]), []
        for x in inputs.unbind(1):
            state, output = step(params, state, x)
            outputs.append(output)
        loss = torch.stack(outputs, 1).sum()
        loss.backward()
        return loss.item()

    def evaluate():
        loss = once()
        return evaluation(loss, map_leaves(lambda _, leaf: leaf.grad, params), inputs.grad)

    serve({"PyTorch": torch.__version__}, once, evaluate)


main()
