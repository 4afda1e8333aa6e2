"""PyTorch as a contender: the same steps with torch.nn.LSTM, GRU or Conv1d, clip_grad_norm_ and Adam, on the CPU.

Takes a setup as JSON in its last argument; speaks the lines of JSON that src/protocol.ts describes.
Denormals are flushed to zero, since PyTorch is faster so.
"""

import json
import resource
import sys
import time


def say(**reply):
    print(json.dumps(reply), flush=True)


try:
    import torch
    from torch import nn
    from torch.nn.utils.parametrizations import weight_norm
except ImportError as error:
    say(event="unavailable", reason=f"{error}")
    sys.exit(0)


class Block(nn.Module):
    """Two dilated causal convolutions with weight norm, and a residual; [batch, channels, time]."""

    def __init__(self, inputs, outputs, size, dilation):
        super().__init__()
        self.padding = (size - 1) * dilation
        self.first = weight_norm(nn.Conv1d(inputs, outputs, size, dilation=dilation))
        self.second = weight_norm(nn.Conv1d(outputs, outputs, size, dilation=dilation))
        self.residual = nn.Identity() if inputs == outputs else nn.Conv1d(inputs, outputs, 1)

    def forward(self, x):
        h = x
        for layer in (self.first, self.second):
            h = torch.relu(layer(nn.functional.pad(h, (self.padding, 0))))
        return torch.relu(h + self.residual(x))


class Convolutional(nn.Module):
    """Blocks whose dilation doubles, with the signature of a recurrent layer."""

    def __init__(self, inputs, hidden, layers, size):
        super().__init__()
        self.input_size = inputs
        self.blocks = nn.Sequential(*(Block(hidden if i else inputs, hidden, size, 2**i) for i in range(layers)))

    def forward(self, x, state=None):
        return self.blocks(x.transpose(1, 2)).transpose(1, 2), state


class Net(nn.Module):
    """Embedding (none for `adding`), recurrent or convolutional layers, dense."""

    def __init__(self, kind, cell, hiddenSize, layers, vocabSize, kernelSize):
        super().__init__()
        adding = kind == "adding"
        inputs = 2 if adding else hiddenSize
        self.embedding = nn.Identity() if adding else nn.Embedding(vocabSize, hiddenSize)
        if cell == "tcn":
            self.recurrent = Convolutional(inputs, hiddenSize, layers, kernelSize)
        else:
            recurrent = nn.GRU if cell == "gru" else nn.LSTM
            self.recurrent = recurrent(inputs, hiddenSize, layers, batch_first=True)
        self.output = nn.Linear(hiddenSize, 1 if adding else vocabSize)

    def forward(self, inputs, state=None, last=False):
        outputs, state = self.recurrent(self.embedding(inputs), state)
        return self.output(outputs[:, -1] if last else outputs), state


def training(net, workload, setup):
    kind, batch, frames, vocab = (workload[name] for name in ("kind", "batch", "time", "vocabSize"))
    optimizer = torch.optim.Adam(net.parameters(), lr=setup["learningRate"])
    batches = []
    for _ in range(setup["batches"]):
        if kind == "adding":
            marks = torch.zeros(batch, frames)
            marks.scatter_(1, torch.randint(frames // 2, (batch, 1)), 1)
            marks.scatter_(1, torch.randint(frames // 2, frames, (batch, 1)), 1)
            numbers = torch.rand(batch, frames)
            batches.append((torch.stack([numbers, marks], 2), (numbers * marks).sum(1, keepdim=True)))
        else:
            batches.append(tuple(torch.randint(vocab, (batch, frames)) for _ in range(2)))
    done = 0

    def step():
        nonlocal done
        inputs, targets = batches[done % len(batches)]
        done += 1
        optimizer.zero_grad(set_to_none=True)
        if kind == "adding":
            loss = nn.functional.mse_loss(net(inputs, last=True)[0], targets)
        else:
            loss = nn.functional.cross_entropy(net(inputs)[0].reshape(-1, vocab), targets.view(-1))
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), setup["largestNorm"])
        optimizer.step()
        return loss.item()

    return step


def recurrent(net, workload):
    layer = net.recurrent
    inputs = torch.randn(workload["batch"], workload["time"], layer.input_size, requires_grad=True)

    def step():
        layer.zero_grad(set_to_none=True)
        inputs.grad = None
        total = layer(inputs)[0].sum()
        total.backward()
        return total.item()

    return step


def generation(net, workload):
    kind, frames, width, vocab = (workload[name] for name in ("kind", "time", "batch", "vocabSize"))

    @torch.inference_mode()
    def greedy():
        token, state = 1, None
        for _ in range(frames):
            logits, state = net(torch.tensor([[token]]), state)
            token = logits.argmax().item()
        return token

    @torch.inference_mode()
    def beam():
        tokens, state = torch.arange(1, width + 1), None
        scores = torch.zeros(width)
        for _ in range(frames):
            logits, state = net(tokens.view(width, 1), state)
            everything = logits[:, 0].log_softmax(1) + scores.view(width, 1)
            scores, places = everything.view(-1).topk(width)
            tokens = torch.tensor([place % vocab for place in places.tolist()])
            parents = torch.tensor([place // vocab for place in places.tolist()])
            state = tuple(leaf.index_select(1, parents) for leaf in state)
        return scores[0].item()

    return beam if kind == "beam" else greedy


def timed(step, count):
    milliseconds, value = [], float("nan")
    for _ in range(count):
        start = time.perf_counter()
        value = step()
        milliseconds.append((time.perf_counter() - start) * 1e3)
    return milliseconds, value


def main():
    setup = json.loads(sys.argv[-1])
    workload = setup["workload"]
    torch.set_num_threads(setup["threads"])
    torch.set_num_interop_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    net = Net(**{name: workload[name] for name in ("kind", "cell", "hiddenSize", "layers", "vocabSize")}, kernelSize=workload.get("kernelSize"))
    generates = workload["kind"] in ("greedy", "beam")
    steps = {"step": generation(net, workload) if generates else training(net, workload, setup)}
    if not generates:
        steps["recurrent"] = recurrent(net, workload)
    (first,), _ = timed(steps["step"], 1)
    versions = {"PyTorch": torch.__version__, "Python": sys.version.split()[0]}
    say(event="ready", firstMilliseconds=first, versions=versions, parts=list(steps))
    for line in sys.stdin:
        request = json.loads(line)
        processor = time.process_time()
        milliseconds, value = timed(steps[request["part"]], request["count"])
        processor = (time.process_time() - processor) * 1e3
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        say(event="times", milliseconds=milliseconds, processorMilliseconds=processor, value=value, peakBytes=peak)


main()
