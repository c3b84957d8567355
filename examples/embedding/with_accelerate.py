"""The compiled loss under Accelerate. Needs accelerate. Usage: accelerate launch with_accelerate.py [steps]"""

import sys

import accelerate
import torch

import pdec

TEXT = "space x in [0, 1]^5 unknown u equation lap(u) = 10 boundary u = |x|^2 exact u = |x|^2"

accelerator = accelerate.Accelerator()
loss = pdec.compile(pdec.loads(TEXT), method="stein-chi", samples=16)
net = torch.nn.Sequential(torch.nn.Linear(5, 64), torch.nn.Tanh(), torch.nn.Linear(64, 1))
net, optimiser = accelerator.prepare(net, torch.optim.Adam(net.parameters(), lr=2e-3))
# every process draws points and noise of its own; gradients are averaged over the processes
generator = torch.Generator(accelerator.device).manual_seed(accelerator.process_index)
for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 500):
    batch = loss.sample(generator=generator, device=accelerator.device)
    value = loss(net, batch, generator=generator)
    optimiser.zero_grad()
    accelerator.backward(value)
    optimiser.step()
accelerator.print(f"loss {value.item():.3g}")
