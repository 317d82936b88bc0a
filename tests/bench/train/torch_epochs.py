"""Peer of `onnxaudit train` over whole epochs: ResNet-20 trained from scratch by PyTorch on CIFAR-10's binary files.

usage: torch_epochs.py SALIENCY-FOLDER CIFAR-FOLDER EPOCHS SEED THREADS

SALIENCY-FOLDER holds torch_peers.py, which has the network. The same protocol as
  onnxaudit train NET --data cifar10:DIR#train --test cifar10:DIR --init he --epochs EPOCHS --lr 0.1 --schedule cosine --warmup 1
                      --nesterov --weight-decay 5e-4 --augment crop:4,flip
that is: batches of 128, mean loss, SGD with Nesterov's momentum 0.9, weight decay on every parameter, the rate risen linearly over the first epoch and
then lowered by a cosine at every step, images shifted by up to 4 pixels into black and mirrored by half. Kernels start from He's normal numbers by
fan-out. Prints a JSON line an epoch: {"epoch", "loss", "accuracy", "images_per_second"}; accuracy in percent of the 10,000 test images.

Debian: apt-get install python3-torch libopenblas0-pthread.
"""
import glob
import json
import math
import os
import sys
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

BATCH, PEAK, MARGIN = 128, 0.1, 4
MEAN, DEVIATION = (torch.tensor(v).view(1, 3, 1, 1) for v in ([.4914, .4822, .4465], [.2470, .2435, .2616]))


def images(paths):
    rows = np.concatenate([np.fromfile(path, np.uint8).reshape(-1, 3073) for path in sorted(paths)])
    return torch.from_numpy(rows[:, 1:].reshape(-1, 3, 32, 32).copy()), torch.from_numpy(rows[:, 0].astype(np.int64))


def normalised(pixels):
    return (pixels.float() / 255 - MEAN) / DEVIATION


def augmented(pixels, generator):
    padded = F.pad(pixels, (MARGIN,) * 4)
    places = torch.randint(2 * MARGIN + 1, (len(pixels), 2), generator=generator).tolist()
    cut = torch.stack([image[:, y:y + 32, x:x + 32] for image, (y, x) in zip(padded, places)])
    mirrored = torch.rand(len(pixels), generator=generator) < 0.5
    cut[mirrored] = cut[mirrored].flip(3)
    return cut


def rate(step, per_epoch, epochs):
    if step < per_epoch:
        return PEAK * (step + 1) / per_epoch
    return PEAK * 0.5 * (1 + math.cos(math.pi * (step - per_epoch) / (per_epoch * (epochs - 1))))


def main():
    folder, data, epochs, seed, threads = sys.argv[1], sys.argv[2], *(int(a) for a in sys.argv[3:6])
    sys.path.insert(0, folder)
    from torch_peers import ResNet20
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    model = ResNet20(10)
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    optimiser = torch.optim.SGD(model.parameters(), lr=PEAK, momentum=0.9, nesterov=True, weight_decay=5e-4)
    generator = torch.Generator().manual_seed(seed)
    x, y = images(glob.glob(os.path.join(data, "data_batch_*.bin")))
    test, labels = images([os.path.join(data, "test_batch.bin")])
    per_epoch = (len(x) + BATCH - 1) // BATCH
    for epoch in range(epochs):
        model.train()
        order, total, start = torch.randperm(len(x), generator=generator), 0.0, time.perf_counter()
        for i in range(per_epoch):
            picked = order[i * BATCH:(i + 1) * BATCH]
            for group in optimiser.param_groups:
                group["lr"] = rate(epoch * per_epoch + i, per_epoch, epochs)
            loss = F.cross_entropy(model(normalised(augmented(x[picked], generator))), y[picked])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(picked)
        seconds = time.perf_counter() - start
        model.eval()
        with torch.no_grad():
            right = sum((model(normalised(test[i:i + 500])).argmax(1) == labels[i:i + 500]).sum().item() for i in range(0, len(test), 500))
        print(json.dumps({"epoch": epoch + 1, "loss": total / len(x), "accuracy": 100 * right / len(test), "images_per_second": len(x) / seconds}), flush=True)


if __name__ == "__main__":
    main()
