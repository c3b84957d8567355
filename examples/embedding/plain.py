"""The compiled loss in a training loop of plain PyTorch. Usage: python plain.py [steps]"""

import sys

import torch

import pdec

TEXT = """
problem heat
dim N = 10
space x in ball(N)
time t in [0, 1]
unknown u(x, t)
equation u_t = lap(u)
initial  u = |x|^2/(2*N)
boundary u = t + 1/(2*N)
exact    u = t + |x|^2/(2*N)
"""

steps = int(sys.argv[1]) if len(sys.argv) > 1 else 500
loss = pdec.compile(pdec.loads(TEXT), method="stein-chi", samples=16, points=100, weight=100)
torch.manual_seed(0)
net = torch.nn.Sequential(torch.nn.Linear(11, 64), torch.nn.Tanh(), torch.nn.Linear(64, 64), torch.nn.Tanh())
net.append(torch.nn.Linear(64, 1))
optimiser = torch.optim.Adam(net.parameters(), lr=2e-3)

for step in range(steps):
    value = loss(net, loss.sample())
    optimiser.zero_grad()
    value.backward()
    optimiser.step()
    if step % 100 == 0:
        print(f"step {step}: loss {value.item():.3g}")

points = loss.points(1000)
truth, _ = loss.known(points)["u"]
with torch.no_grad():
    error = (loss.solution(net, points)[:, 0] - truth).abs().sum() / truth.abs().sum()
print(f"relative L1 error {error.item():.3g}")
