"""The update of ntm-step.ts in PyTorch, with batched ops. Reads numbers of updates, prints their milliseconds, by
the clock and of the processor."""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
torch.set_flush_denormal(True)
torch.manual_seed(1)
sizes = json.loads(sys.argv[1])
T, B, BITS, H, N, M = (sizes[name] for name in ("time", "batch", "bits", "hidden", "slots", "width"))
HEAD = M + 6


class Ntm(nn.Module):
    """An LSTM with a memory of one head that reads and one that writes, as in ntmMemory."""

    def __init__(self):
        super().__init__()
        self.controller = nn.LSTMCell(BITS + 1 + M, H)
        self.command = nn.Linear(H, 2 * HEAD + 2 * M)
        self.output = nn.Linear(H + M, BITS)

    def access(self, memory, weights, command):
        heads, e, a = command.split([2 * HEAD, M, M], 1)
        key, strength, gate, shift, sharpness = heads.view(B, 2, HEAD).split([M, 1, 1, 3, 1], 2)
        cos = F.cosine_similarity(torch.tanh(key).unsqueeze(2), memory.unsqueeze(1), dim=3, eps=1e-6)
        content = torch.softmax(F.softplus(strength) * cos, 2)
        gated = torch.lerp(weights, content, torch.sigmoid(gate))
        s = torch.softmax(shift, 2)
        moved = sum(s[:, :, i : i + 1] * gated.roll(i - 1, 2) for i in range(3))
        weights = torch.softmax((1 + F.softplus(sharpness)) * torch.log(moved + 1e-12), 2)
        w = weights[:, 1].unsqueeze(2)
        memory = memory * (1 - w * torch.sigmoid(e).unsqueeze(1)) + w * torch.tanh(a).unsqueeze(1)
        return torch.bmm(weights[:, :1], memory).squeeze(1), memory, weights

    def forward(self, inputs):
        h = c = inputs.new_zeros(B, H)
        read = inputs.new_zeros(B, M)
        memory = inputs.new_full((B, N, M), 1e-6)
        weights = inputs.new_zeros(B, 2, N)
        weights[:, :, 0] = 1
        outputs = []
        for x in inputs.unbind(1):
            h, c = self.controller(torch.cat([x, read], 1), (h, c))
            read, memory, weights = self.access(memory, weights, self.command(h))
            outputs.append(torch.cat([h, read], 1))
        return self.output(torch.stack(outputs, 1))


net = Ntm()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
inputs = torch.randint(2, (B, T, BITS + 1)).float()
targets = torch.randint(2, (B, T, BITS)).float()


def update():
    optimizer.zero_grad(set_to_none=True)
    F.binary_cross_entropy_with_logits(net(inputs), targets).backward()
    nn.utils.clip_grad_norm_(net.parameters(), 10)
    optimizer.step()


for _ in range(5):
    update()
for line in sys.stdin:
    times = []
    for _ in range(int(line)):
        start = time.perf_counter(), time.process_time()
        update()
        times.append([1000 * (time.perf_counter() - start[0]), 1000 * (time.process_time() - start[1])])
    print(json.dumps(times), flush=True)
