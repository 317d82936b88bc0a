"""Peer of the train bench: steps of training by PyTorch.

usage: torch_training.py SALIENCY-FOLDER MODEL FOLDER RATE THREADS

SALIENCY-FOLDER holds torch_peers.py, which has the networks; FOLDER holds weights.npz, inputs.npy and labels.npy as that script
describes. For every line on stdin, a number of steps, prints {"losses", "seconds", "processor"}: SGD with momentum 0.9 on
the mean cross-entropy in training mode, loss read once a step as a training loop does.

Debian: apt-get install python3-torch libopenblas0-pthread.
"""
import json
import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F


def main():
    folder, name, data, rate, threads = sys.argv[1:]
    sys.path.insert(0, folder)
    from torch_peers import load
    torch.set_num_threads(int(threads))
    model = load(name, data).train()
    for parameter in model.parameters():
        parameter.requires_grad_(True)
    x = torch.from_numpy(np.load(os.path.join(data, "inputs.npy")))
    y = torch.from_numpy(np.load(os.path.join(data, "labels.npy")))
    optimiser = torch.optim.SGD(model.parameters(), lr=float(rate), momentum=0.9)
    for line in sys.stdin:
        losses, start, processor = [], time.perf_counter(), time.process_time()
        for _ in range(int(line)):
            loss = F.cross_entropy(model(x), y)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        print(json.dumps({"losses": losses, "seconds": time.perf_counter() - start, "processor": time.process_time() - processor}), flush=True)


if __name__ == "__main__":
    main()
