"""Trains models/shapes_cnn.onnx, the demo model, on the exported synthetic:shapes.

    ./onnxaudit data synthetic:shapes#train -o train
    ./onnxaudit data synthetic:shapes#test -o test
    python3 models/make_shapes_cnn.py --train train --test test

Needs PyTorch 1.13 or newer and onnx; neither is needed to use the model. Seeds are fixed; another PyTorch or another
number of threads still changes the last digits of the weights, so the file's sha256 is that of one run.
"""
import argparse
import json
import os

import numpy as np
import onnx
import torch
import torch.nn as nn
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
WIDTHS = (16, 32, 48, 64)


class ShapesCnn(nn.Module):
    """Four 3x3 convolutions with batch normalisation, global average pooling and one linear layer."""

    def __init__(self, classes):
        super().__init__()
        before = 3
        for i, width in enumerate(WIDTHS, 1):
            setattr(self, f"conv{i}", nn.Conv2d(before, width, 3, padding=1, bias=False))
            setattr(self, f"bn{i}", nn.BatchNorm2d(width))
            before = width
        self.fc = nn.Linear(before, classes)

    def forward(self, x):
        for i in range(1, len(WIDTHS) + 1):
            x = F.relu(getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(x)))
            if i <= 2:
                x = F.max_pool2d(x, 2)
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


def load(folder):
    images = torch.from_numpy(np.load(os.path.join(folder, "images.npy"))).permute(0, 3, 1, 2).float().div_(255)
    return images, torch.from_numpy(np.load(os.path.join(folder, "labels.npy")))


def accuracy(model, x, y):
    model.eval()
    with torch.no_grad():
        right = sum((model(x[i:i + 500]).argmax(1) == y[i:i + 500]).sum().item() for i in range(0, len(x), 500))
    return right / len(x)


def train(model, x, y, epochs, batch=64):
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=5e-4)
    steps = len(x) // batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.1, total_steps=epochs * steps)
    for epoch in range(epochs):
        model.train()
        order, total = torch.randperm(len(x)), 0.0
        for step in range(steps):
            pick = order[step * batch:(step + 1) * batch]
            inputs = x[pick]
            # A mirror image is the same shape; half of the batches are mirrored along each axis.
            flips = [axis for axis in (2, 3) if torch.rand(1).item() < 0.5]
            loss = F.cross_entropy(model(inputs.flip(flips) if flips else inputs), y[pick])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / steps:.4f}", flush=True)


def export(model, path):
    """Keeps batch normalisation as nodes: PRESERVE with the model in eval mode does not fold it into the convolutions."""
    model.eval()
    torch.onnx.export(model, torch.zeros(1, 3, 32, 32), path, opset_version=13, input_names=["input"], output_names=["logits"],
                      dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}}, do_constant_folding=False,
                      training=torch.onnx.TrainingMode.PRESERVE)
    proto = onnx.load(path)
    onnx.checker.check_model(proto)
    return [node.op_type for node in proto.graph.node]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--train", required=True)
    options.add_argument("--test", required=True)
    options.add_argument("--epochs", type=int, default=20)
    options.add_argument("-o", "--output", default=os.path.join(HERE, "shapes_cnn.onnx"))
    options = options.parse_args()
    torch.manual_seed(2026)
    torch.set_num_threads(2)
    (x, y), (x_test, y_test) = load(options.train), load(options.test)
    classes = open(os.path.join(options.train, "classes.txt"), encoding="utf-8").read().split()
    mean = [round(v, 4) for v in x.mean((0, 2, 3)).tolist()]
    std = [round(v, 4) for v in x.std((0, 2, 3)).tolist()]
    scale = torch.tensor(mean).view(1, 3, 1, 1), torch.tensor(std).view(1, 3, 1, 1)
    x, x_test = (x - scale[0]) / scale[1], (x_test - scale[0]) / scale[1]
    model = ShapesCnn(len(classes))
    train(model, x, y, options.epochs)
    score = accuracy(model, x_test, y_test)
    nodes = export(model, options.output)
    parameters = sum(p.numel() for p in model.parameters())
    description = {
        "file": os.path.basename(options.output),
        "data": "synthetic:shapes",
        "input": {"name": "input", "layout": "NCHW", "dtype": "float32", "shape": ["batch", 3, 32, 32]},
        "normalisation": {"mean": mean, "std": std},
        "classes": classes,
        "output": {"name": "logits", "classes": len(classes)},
        "nodes": {op: nodes.count(op) for op in dict.fromkeys(nodes)},
        "parameters": parameters,
        "test_accuracy": score,
    }
    with open(os.path.splitext(options.output)[0] + ".json", "w", encoding="utf-8") as file:
        json.dump(description, file, indent=2)
        file.write("\n")
    print(f"{parameters} parameters, test accuracy {score:.4f}, nodes {description['nodes']}")


if __name__ == "__main__":
    main()
