"""Peer of the masks bench: torch.nn.utils.prune.global_unstructured on the same weights.

usage: peer_torch.py WEIGHTS MASK_OUT AMOUNT ROUNDS THREADS LAYER_SIZE...
WEIGHTS holds the layers' float32 values one after another; MASK_OUT receives the kept bits, packed low first, layer after layer, each layer
starting at a new byte. Prints one line: torch version, threads, best seconds.
"""
import sys
import time

import numpy as np
import torch
from torch.nn.utils import prune


class Layer(torch.nn.Module):
    def __init__(self, values):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.from_numpy(values.copy()))


def main():
    weights, mask_out = sys.argv[1:3]
    amount, rounds, threads = float(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
    sizes = [int(s) for s in sys.argv[6:]]
    torch.set_num_threads(threads)
    values = np.fromfile(weights, dtype="<f4")
    parts = np.split(values, np.cumsum(sizes)[:-1])
    best = float("inf")
    for _ in range(rounds):
        layers = [Layer(part) for part in parts]
        start = time.perf_counter()
        prune.global_unstructured([(layer, "weight") for layer in layers], pruning_method=prune.L1Unstructured, amount=amount)
        best = min(best, time.perf_counter() - start)
    with open(mask_out, "wb") as out:
        for layer in layers:
            out.write(np.packbits(layer.weight_mask.numpy() != 0, bitorder="little").tobytes())
    print(torch.__version__, torch.get_num_threads(), repr(best))


if __name__ == "__main__":
    main()
