"""JAX as a contender with cells of one's own: the equations of src/own-cells/ as a step in `lax.scan`, `value_and_grad` with respect to
parameters and inputs, `jit`. The inputs are [time, batch, size], as `lax.scan` wants them.
"""

import json
import sys

from own_cells_peer import SLOTS, WIDTH, evaluation, problem, say, serve

try:
    import jax
    import jax.numpy as jnp
except ImportError as error:
    say(event="unavailable", reason=f"{error}")
    sys.exit(0)

sigmoid, softmax, softplus, tanh = jax.nn.sigmoid, jax.nn.softmax, jax.nn.softplus, jnp.tanh


def gates(z, c):
    i, f, g, o = jnp.split(z, 4, 1)
    return sigmoid(f) * c + sigmoid(i) * tanh(g), sigmoid(o)


def lstm(p, state, x):
    h, c = state
    c, o = gates(x @ p["kernel"] + h @ p["recurrentKernel"] + p["bias"], c)
    h = o * tanh(c)
    return (h, c), h


def gru(p, h, x):
    xz, xr, xn = jnp.split(x @ p["kernel"] + p["bias"], 3, 1)
    hz, hr, hn = jnp.split(h @ p["recurrentKernel"], 3, 1)
    z = sigmoid(xz + hz)
    n = tanh(xn + sigmoid(xr + hr) * (hn + p["recurrentBias"]))
    h = (1 - z) * n + z * h
    return h, h


def reset_before_gru(p, h, x):
    size = h.shape[1]
    projected = x @ p["kernel"] + p["bias"]
    z, r = jnp.split(sigmoid(projected[:, : 2 * size] + h @ p["gateKernel"]), 2, 1)
    n = tanh(projected[:, 2 * size :] + (r * h) @ p["candidateKernel"])
    h = z * h + (1 - z) * n
    return h, h


def normed(x, gain):
    centred = x - x.mean(1, keepdims=True)
    return centred / jnp.sqrt((centred * centred).mean(1, keepdims=True) + 1e-5) * gain


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
    return jnp.sqrt((x * x).sum(2, keepdims=True) + 1e-12)


def access(memory, weights, command):
    """Reads and writes as `ntmMemory` of @elman/memory does, with one read head, one write head and shifts of at most one."""
    batch, heads = command.shape[0], 2 * (WIDTH + 6)
    told = command[:, :heads].reshape(batch, 2, WIDTH + 6)
    key, strength, gate, shift, sharpness = jnp.split(told, [WIDTH, WIDTH + 1, WIDTH + 2, WIDTH + 5], 2)
    key, shift = tanh(key), softmax(shift)
    alike = key @ memory.swapaxes(1, 2) / (length(key) * length(memory).swapaxes(1, 2) + 1e-6)
    weights = weights + sigmoid(gate) * (softmax(softplus(strength) * alike) - weights)
    moved = sum(shift[:, :, i : i + 1] * jnp.roll(weights, i - 1, 2) for i in range(3))
    weights = softmax((1 + softplus(sharpness)) * jnp.log(moved + 1e-12))
    write, erase, addition = weights[:, 1:].swapaxes(1, 2), command[:, heads:-WIDTH], command[:, -WIDTH:]
    memory = memory * (1 - write * sigmoid(erase)[:, None]) + write * tanh(addition)[:, None]
    return (weights[:, :1] @ memory)[:, 0], memory, weights


def ntm(p, state, x):
    controller, memory, weights, read = state
    controller, y = lstm(p["controller"], controller, jnp.concatenate([x, read], 1))
    read, memory, weights = access(memory, weights, y @ p["kernel"] + p["bias"])
    return (controller, memory, weights, read), jnp.concatenate([y, read], 1)


def pair(batch, size):
    return jnp.zeros((batch, size)), jnp.zeros((batch, size))


def memory_state(batch, size):
    weights = jnp.zeros((batch, 2, SLOTS)).at[:, :, 0].set(1)
    return pair(batch, size), jnp.full((batch, SLOTS, WIDTH), 1e-6), weights, jnp.zeros((batch, WIDTH))


CELLS = {
    "lstm": (lstm, pair),
    "gru": (gru, lambda batch, size: jnp.zeros((batch, size))),
    "reset-before-gru": (reset_before_gru, lambda batch, size: jnp.zeros((batch, size))),
    "layer-norm-lstm": (layer_norm_lstm, pair),
    "multiplicative-lstm": (multiplicative_lstm, pair),
    "residual-stack": (residual_stack, lambda batch, size: (pair(batch, size),) * 3),
    "ntm": (ntm, memory_state),
}


def main():
    workload = json.loads(sys.argv[-1])["workload"]
    step, initial = CELLS[workload["cell"]]
    params, inputs = problem(workload)
    given = jax.device_put((params, inputs.swapaxes(0, 1)))

    @jax.jit
    @jax.value_and_grad
    def run(given):
        params, inputs = given
        start = initial(*inputs.shape[1:])
        return jax.lax.scan(lambda state, x: step(params, state, x), start, inputs)[1].sum()

    def once():
        loss, _ = jax.block_until_ready(run(given))
        return float(loss)

    def evaluate():
        loss, gradients = run(given)
        return evaluation(loss, *gradients)

    serve({"JAX": jax.__version__}, once, evaluate)


main()
