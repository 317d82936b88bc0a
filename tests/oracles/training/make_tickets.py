"""Writes tickets.npz: twenty steps of biprop and edge-popup by PyTorch on the net of make_training.py, for tests of the engine's own.

    python3 tests/oracles/training/make_tickets.py

Needs PyTorch 1.13 or newer and NumPy. float32 on one thread; the seeds are fixed. The net's biases are 0, its normalisation has scale 1 and
shift 0, running mean 0 and variance 1. images, labels: as in training.npz. weights/<tensor>, scores/<tensor>: what every recipe starts from.
For every recipe of RECIPES: <name>/loss [20]; <name>/<tensor> [20, ...], the scores after every step (for the recipes of FINAL after the
last alone); <name>/<tensor> of everything else after the last step. No decision hangs on rounding: the script ends with an error where a
score comes nearer to the threshold than GAP, relative to it.
"""
import math
import os

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from make_training import Net, STEPS

HERE = os.path.dirname(os.path.abspath(__file__))
GAP = 2e-5
SEED = 2
REMOVED = 0.6
RECIPES = {
    "biprop": (lambda p: torch.optim.SGD(p, lr=0.2, momentum=0.9, nesterov=True, weight_decay=5e-4), {}),
    "edge-popup": (lambda p: torch.optim.SGD(p, lr=0.2, momentum=0.9, weight_decay=5e-4), {"binarise": False}),
    "adam": (lambda p: torch.optim.Adam(p, lr=5e-3), {}),
    "norms": (lambda p: torch.optim.SGD(p, lr=0.2, momentum=0.9, weight_decay=5e-4), {"norms": True}),
    "global": (lambda p: torch.optim.SGD(p, lr=0.2, momentum=0.9), {"together": True}),
}
FINAL = {"adam", "norms", "global"}


class Kept(torch.autograd.Function):
    """The mask; its gradient passes straight through, times |w| where the weights are binarised."""

    @staticmethod
    def forward(context, magnitude, weight, threshold, binarise):
        context.save_for_backward(weight)
        context.binarise = binarise
        mask = (magnitude > threshold).float()
        return mask * (weight.abs() * mask).sum() / mask.sum() if binarise else mask

    @staticmethod
    def backward(context, gradient):
        weight, = context.saved_tensors
        return gradient * weight.abs() if context.binarise else gradient, None, None, None


def threshold_of(magnitudes, removed):
    """The largest removed |s| of one pool, after looking at how far the next is."""
    ranked = torch.cat([m.flatten() for m in magnitudes]).sort().values
    count = math.floor(removed * len(ranked) + 1e-9)
    low, high = ranked[count - 1].item(), ranked[count].item()
    if high - low < GAP * high:
        raise SystemExit(f"{low} and {high} are too near: change a seed")
    return low


class Ticket(nn.Module):
    def __init__(self, weights, scores, binarise=True, norms=False, together=False):
        super().__init__()
        self.weights = weights
        self.binarise, self.together = binarise, together
        self.scores = nn.ParameterDict({name.replace(".", "/"): nn.Parameter(s.clone()) for name, s in scores.items()})
        self.scale = nn.Parameter(torch.ones(6), requires_grad=norms)
        self.shift = nn.Parameter(torch.zeros(6), requires_grad=norms)
        self.register_buffer("mean", torch.zeros(6))
        self.register_buffer("var", torch.ones(6))

    def effective(self):
        magnitudes = {name: self.scores[name.replace(".", "/")].abs() for name in self.weights}
        pool = threshold_of([m.detach() for m in magnitudes.values()], REMOVED) if self.together else None
        found = {}
        for name, weight in self.weights.items():
            threshold = pool if self.together else threshold_of([magnitudes[name].detach()], REMOVED)
            mask = Kept.apply(magnitudes[name], weight, threshold, self.binarise)
            found[name] = mask * (weight.sign() if self.binarise else weight)
        return found

    def forward(self, x):
        w = self.effective()
        x = F.conv2d(x, w["conv1.weight"], padding=1)
        x = F.batch_norm(x, self.mean, self.var, self.scale, self.shift, training=True, momentum=0.1, eps=1e-5)
        x = F.max_pool2d(F.relu(x), 2)
        x = F.relu(F.conv2d(x, w["conv2.weight"], stride=2, padding=1))
        return F.linear(F.adaptive_avg_pool2d(x, 1).flatten(1), w["fc.weight"])


def main():
    torch.set_num_threads(1)
    with np.load(os.path.join(HERE, "training.npz")) as archive:
        images, labels = torch.from_numpy(archive["images"]), torch.from_numpy(archive["labels"])
    torch.manual_seed(SEED)
    weights, scores = {}, {}
    for name, tensor in Net().named_parameters():
        if tensor.dim() < 2:
            continue
        fan = tensor[0].numel()
        weights[name] = torch.randn_like(tensor) * math.sqrt(2 / fan)
        scores[name] = (torch.rand_like(tensor) * 2 - 1) / math.sqrt(fan)
    arrays = {f"weights/{n}": w.detach().numpy() for n, w in weights.items()}
    arrays |= {f"scores/{n}": s.numpy().copy() for n, s in scores.items()}
    for name, (make, options) in RECIPES.items():
        net = Ticket({n: w.detach() for n, w in weights.items()}, scores, **options)
        optimiser = make([p for p in net.parameters() if p.requires_grad])
        losses, steps = [], {n: [] for n in weights}
        for step in range(STEPS):
            loss = F.cross_entropy(net(images[step % 4]), labels[step % 4])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
            for n in weights:
                steps[n].append(net.scores[n.replace(".", "/")].detach().numpy().copy())
        arrays[f"{name}/loss"] = np.array(losses, np.float32)
        for n, values in steps.items():
            arrays[f"{name}/{n}"] = values[-1] if name in FINAL else np.stack(values)
        for n, value in {"bn1.weight": net.scale, "bn1.bias": net.shift, "bn1.running_mean": net.mean, "bn1.running_var": net.var}.items():
            arrays[f"{name}/{n}"] = value.detach().numpy()
        arrays |= {f"{name}/effective/{n}": v.detach().numpy() for n, v in net.effective().items()}
    np.savez_compressed(os.path.join(HERE, "tickets.npz"), **arrays)


if __name__ == "__main__":
    main()
