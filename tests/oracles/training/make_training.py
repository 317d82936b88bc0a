"""Writes small_net.onnx and training.npz: twenty steps of training by PyTorch, for tests of the engine's own.

    python3 tests/oracles/training/make_training.py

Needs PyTorch 1.13 or newer and NumPy. float32 on one thread; the seeds are fixed. For every recipe of RECIPES the archive
holds <name>/loss [20] and <name>/<tensor> of every weight and running statistic after the last step; images [4,8,3,8,8] and
labels [4,8] are four batches taken in turn, teacher [4,8,5] scores that distilled learns; rate/<schedule> are learning rates of PyTorch's own schedules.
"""
import os

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS = 20
RECIPES = {
    "sgd": (lambda p: torch.optim.SGD(p, lr=0.05), {}),
    "momentum": (lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=5e-4), {}),
    "nesterov": (lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=5e-4), {}),
    "adam": (lambda p: torch.optim.Adam(p, lr=1e-2, weight_decay=1e-3), {}),
    "adamw": (lambda p: torch.optim.AdamW(p, lr=1e-2, weight_decay=1e-2), {}),
    "smoothed": (lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9), {"smoothing": 0.1}),
    "clipped": (lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9), {"clip": 0.5}),
    "distilled": (lambda p: torch.optim.SGD(p, lr=0.05), {"temperature": 3.0, "teacher": 0.7}),
}


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(6)
        self.conv2 = nn.Conv2d(6, 8, 3, stride=2, padding=1)
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.relu(self.conv2(x))
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


def start():
    torch.manual_seed(7)
    net = Net()
    nn.init.uniform_(net.bn1.weight, 0.5, 1.5)
    nn.init.normal_(net.bn1.bias, std=0.2)
    nn.init.normal_(net.bn1.running_mean, std=0.2)
    nn.init.uniform_(net.bn1.running_var, 0.5, 1.5)
    return net


def main():
    torch.set_num_threads(1)
    net = start().eval()
    torch.onnx.export(net, torch.zeros(1, 3, 8, 8), os.path.join(HERE, "small_net.onnx"), opset_version=13, input_names=["input"],
                      output_names=["logits"], dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}}, do_constant_folding=False,
                      training=torch.onnx.TrainingMode.PRESERVE)
    generator = torch.Generator().manual_seed(11)
    labels = torch.randint(0, 5, (4, 8), generator=generator)
    images = torch.randn(4, 8, 3, 8, 8, generator=generator) + labels[..., None, None, None] * 0.3
    teacher = torch.randn(4, 8, 5, generator=generator) * 2 + F.one_hot(labels, 5) * 3
    arrays = {"images": images.numpy(), "labels": labels.numpy(), "teacher": teacher.numpy()}
    for name, (make, options) in RECIPES.items():
        net = start().train()
        optimiser = make(net.parameters())
        losses = []
        for step in range(STEPS):
            scores = net(images[step % 4])
            loss = F.cross_entropy(scores, labels[step % 4], label_smoothing=options.get("smoothing", 0.0))
            if "teacher" in options:
                loss = distilled(loss, scores, teacher[step % 4], options["temperature"], options["teacher"])
            optimiser.zero_grad()
            loss.backward()
            if "clip" in options:
                nn.utils.clip_grad_norm_(net.parameters(), options["clip"])
            optimiser.step()
            losses.append(loss.item())
        arrays[f"{name}/loss"] = np.array(losses, np.float32)
        for key, value in net.state_dict().items():
            if not key.endswith("num_batches_tracked"):
                arrays[f"{name}/{key}"] = value.numpy()
    arrays |= rates()
    np.savez_compressed(os.path.join(HERE, "training.npz"), **arrays)


def distilled(loss, scores, teacher, temperature, weight):
    """Hinton's mixture: torch.nn.functional.kl_div of softened scores, batchmean, times T squared."""
    divergence = F.kl_div(F.log_softmax(scores / temperature, 1), F.softmax(teacher / temperature, 1), reduction="batchmean")
    return (1 - weight) * loss + weight * temperature**2 * divergence


def rates():
    """Rates of 40 steps (4 epochs of 10) with peak 0.4."""
    found = {}
    for name, make in {
        "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 40),
        "one-cycle": lambda o: torch.optim.lr_scheduler.OneCycleLR(o, max_lr=0.4, total_steps=40, cycle_momentum=False),
        "step": lambda o: torch.optim.lr_scheduler.MultiStepLR(o, [10, 30], gamma=0.2),
    }.items():
        optimiser = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.4)
        schedule = make(optimiser)
        values = []
        for _ in range(40):
            values.append(optimiser.param_groups[0]["lr"])
            optimiser.step()
            schedule.step()
        found[f"rate/{name}"] = np.array(values)
    return found


if __name__ == "__main__":
    main()
