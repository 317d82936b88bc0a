"""Peers of the saliency bench: PyTorch's filter saliency of every sample, by two ways.

usage: torch_peers.py MODEL FOLDER [--threads 1,2] [--rounds 2] [--chunks 1,8]

MODEL is resnet20, resnet18-cifar or resnet50. FOLDER holds
  weights.npz   initializer name -> float32 array, named as in the ONNX model (resnet20: the trained one; else those of torchvision)
  inputs.npy    [n,C,H,W] float32, normalised
  labels.npy    [n] int64
and receives
  peer_saliency.npy  [n,K] float32: mean |d CE / d w| over each convolution filter's weights, filters in Conv-node order, inference mode.

Ways:
  loop  one forward and backward pass a sample;
  vmap  functorch's vmap(grad(...)) over chunks of --chunks samples.
Gradients are asked for of the convolution weights alone, which is all either way needs. Every thread count runs in a process of its own, since
OpenBLAS and OpenMP read theirs at start. Prints a JSON line a measurement; a line's largest_difference is vmap's from loop's over the
largest of |loop| and 1e-6, entry by entry. A way that fails says so in "error", and the exit code is 1.

Debian: apt-get install python3-torch libopenblas0-pthread (without the latter the loops are 3 to 6 times slower: see "blas").
"""
import argparse
import json
import os
import subprocess
import sys
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class SmallBlock(nn.Module):
    """The block of ResNet-18, and of ResNet-20 with its shortcut named `down`."""

    def __init__(self, channels, filters, stride, shortcut):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(filters)
        self.shortcut = shortcut
        if stride != 1 or channels != filters:
            self.add_module(shortcut, nn.Sequential(nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters)))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + getattr(self, self.shortcut, nn.Identity())(x))


class Bottleneck(nn.Module):
    """The block of ResNet-50, its stride at the 3x3 convolution."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(filters)
        self.conv3 = nn.Conv2d(filters, filters * 4, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(filters * 4)
        if stride != 1 or channels != filters * 4:
            self.downsample = nn.Sequential(nn.Conv2d(channels, filters * 4, 1, stride, bias=False), nn.BatchNorm2d(filters * 4))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn3(self.conv3(F.relu(self.bn2(self.conv2(y)))))
        return F.relu(y + getattr(self, "downsample", nn.Identity())(x))


class ResNet20(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        widths = [16] * 4 + [32] * 3 + [64] * 3
        self.blocks = nn.Sequential(*(SmallBlock(a, b, 1 if a == b else 2, "down") for a, b in zip(widths, widths[1:])))
        self.fc = nn.Linear(64, classes)

    def forward(self, x):
        return self.fc(self.blocks(F.relu(self.bn(self.conv(x)))).mean((2, 3)))


class ResNet(nn.Module):
    def __init__(self, classes, blocks, bottleneck, small_stem):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False) if small_stem else nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.pool = nn.Identity() if small_stem else nn.MaxPool2d(3, 2, 1)
        channels = 64
        for stage, count in enumerate(blocks):
            made = []
            for b in range(count):
                filters, stride = 64 << stage, 2 if stage and not b else 1
                made.append(Bottleneck(channels, filters, stride) if bottleneck else SmallBlock(channels, filters, stride, "downsample"))
                channels = filters * 4 if bottleneck else filters
            self.add_module(f"layer{stage + 1}", nn.Sequential(*made))
        self.fc = nn.Linear(channels, classes)

    def forward(self, x):
        x = self.pool(F.relu(self.bn1(self.conv1(x))))
        return self.fc(self.layer4(self.layer3(self.layer2(self.layer1(x)))).mean((2, 3)))


MODELS = {
    "resnet20": ResNet20,
    "resnet18-cifar": lambda classes: ResNet(classes, [2, 2, 2, 2], False, True),
    "resnet50": lambda classes: ResNet(classes, [3, 4, 6, 3], True, False),
}


def load(name, folder):
    with np.load(os.path.join(folder, "weights.npz")) as file:
        weights = {key: torch.from_numpy(np.ascontiguousarray(file[key], dtype=np.float32)) for key in file.files}
    model = MODELS[name](len(weights["fc.bias"]))
    wanted = {key for key in model.state_dict() if not key.endswith("num_batches_tracked")}
    for key in wanted - set(weights):
        # The trained ResNet-20 stores one bias for the two batch-norms that end a block with a shortcut.
        if name == "resnet20" and key.endswith("down.1.bias"):
            weights[key] = weights[key.replace("down.1", "bn2")]
    if wanted != set(weights):
        sys.exit(f"weights.npz does not fit {name}: missing {sorted(wanted - set(weights))}, unknown {sorted(set(weights) - wanted)}")
    model.load_state_dict(weights, strict=False)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return model.eval()


def convolutions(model):
    """Names of the convolution weights; modules are registered in the order they run, which is that of the Conv nodes."""
    return [f"{name}.weight" for name, module in model.named_modules() if isinstance(module, nn.Conv2d)]


def by_loop(model, x, y, _):
    weights = [dict(model.named_parameters())[name].requires_grad_(True) for name in convolutions(model)]
    rows = []
    for i in range(len(x)):
        gradients = torch.autograd.grad(F.cross_entropy(model(x[i:i + 1]), y[i:i + 1]), weights)
        rows.append(torch.cat([g.abs().mean((1, 2, 3)) for g in gradients]))
    for weight in weights:
        weight.requires_grad_(False)
    return torch.stack(rows)


def by_vmap(model, x, y, chunk):
    import functorch

    function, parameters, buffers = functorch.make_functional_with_buffers(model)
    order, names = convolutions(model), [name for name, _ in model.named_parameters()]
    at = [names.index(name) for name in order]

    def loss(weights, sample, label):
        whole = list(parameters)
        for i, weight in zip(at, weights):
            whole[i] = weight
        return F.cross_entropy(function(whole, buffers, sample[None]), label[None])

    def saliency(sample, label):
        gradients = functorch.grad(loss)(tuple(parameters[i] for i in at), sample, label)
        return torch.cat([g.abs().mean((1, 2, 3)) for g in gradients])

    batched = functorch.vmap(saliency)
    return torch.cat([batched(x[i:i + chunk], y[i:i + chunk]) for i in range(0, len(x), chunk)])


def blas():
    """The BLAS library this process has loaded."""
    with open("/proc/self/maps") as maps:
        files = {os.path.realpath(line.split()[-1]) for line in maps if "/" in line and "blas" in os.path.basename(line.split()[-1])}
    return ", ".join(sorted("/".join(f.split("/")[-2:]) for f in files))


def measure(arguments, threads):
    torch.set_num_threads(threads)
    model = load(arguments.model, arguments.folder)
    x = torch.from_numpy(np.load(os.path.join(arguments.folder, "inputs.npy")))
    y = torch.from_numpy(np.load(os.path.join(arguments.folder, "labels.npy")))
    reference, failed = None, False
    ways = [("loop", by_loop, 1)] + [("vmap", by_vmap, chunk) for chunk in arguments.chunks]
    for name, way, chunk in ways:
        line = {"peer": name, "model": arguments.model, "threads": threads, "chunk": chunk, "samples": len(x), "torch": torch.__version__, "blas": blas()}
        try:
            found = way(model, x, y, chunk)  # also the warm-up
            if reference is None:
                reference = found
                np.save(os.path.join(arguments.folder, "peer_saliency.npy"), found.numpy())
            line["filters"] = found.shape[1]
            line["largest_difference"] = float(((found - reference).abs() / reference.abs().clamp(min=1e-6)).max())
            seconds = []
            for _ in range(arguments.rounds):
                start = time.perf_counter()
                way(model, x, y, chunk)
                seconds.append(time.perf_counter() - start)
            line["seconds"] = min(seconds)
            line["samples_per_second"] = len(x) / min(seconds)
        except Exception as error:  # told in the line, so that one way's failure leaves the other's figures
            line["error"], failed = f"{type(error).__name__}: {error}", True
        print(json.dumps(line), flush=True)
    return 1 if failed else 0


def numbers(text):
    return [int(part) for part in text.split(",")]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", choices=MODELS)
    parser.add_argument("folder")
    parser.add_argument("--threads", type=numbers, default=[1, 2])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--chunks", type=numbers, default=[8], help="samples vmap takes at once; several are measured one after another")
    parser.add_argument("--here", action="store_true", help="measure in this process, with the one thread count given")
    arguments = parser.parse_args()
    if arguments.here:
        return measure(arguments, arguments.threads[0])
    codes = []
    for threads in arguments.threads:
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
        command = [sys.executable, __file__, arguments.model, arguments.folder, "--here", "--threads", str(threads), "--rounds", str(arguments.rounds),
                   "--chunks", ",".join(map(str, arguments.chunks))]
        codes.append(subprocess.run(command, env=environment, check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
