"""The compiled loss in a LightningModule. Needs lightning. Usage: python with_lightning.py [steps]"""

import sys

import lightning
import torch
from torch.utils.data import IterableDataset

import pdec

TEXT = "space x in [0, 1]^5 unknown u equation lap(u) = 10 boundary u = |x|^2 exact u = |x|^2"


class Points(IterableDataset):
    """A batch of new points for ever."""

    def __init__(self, loss: pdec.Loss) -> None:
        self.loss = loss

    def __iter__(self):
        while True:
            yield self.loss.sample()


class Pinn(lightning.LightningModule):
    def __init__(self, loss: pdec.Loss) -> None:
        super().__init__()
        self.loss = loss
        self.net = torch.nn.Sequential(torch.nn.Linear(5, 64), torch.nn.Tanh(), torch.nn.Linear(64, 1))

    def training_step(self, batch, index):
        return self.loss(self.net, batch)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=2e-3)


loss = pdec.compile(pdec.loads(TEXT), method="stein-chi", samples=16)
batches = torch.utils.data.DataLoader(Points(loss), batch_size=None)
steps = int(sys.argv[1]) if len(sys.argv) > 1 else 500
options = {"enable_checkpointing": False, "logger": False, "enable_progress_bar": False, "accelerator": "cpu"}
model = Pinn(loss)
lightning.Trainer(max_steps=steps, **options).fit(model, batches)
print(f"loss {loss(model.net, loss.sample()).item():.3g}")
