"""Snow, fog, spatter and the elastic transform of random images with given draws, by OpenCV, SciPy and scikit-image.

    python3 tests/oracles/corruptions/make_weather.py

Needs OpenCV (made with 4.6), SciPy (1.10), scikit-image (0.19) and NumPy; the tests read the stored file only.
weather.npz holds per case an image, the draws in their order (uniforms over [0,1) and standard normals) and, per severity,
the corrupted image. Written from the definitions of the published generators (arXiv:1903.12261; the package
imagecorruptions; MNIST-C), ImageMagick's motion blur by its definition.
"""
import os

import cv2
import numpy as np
from scipy.ndimage import map_coordinates, zoom
from skimage.color import rgb2gray
from skimage.filters import gaussian

HERE = os.path.dirname(os.path.abspath(__file__))

SNOW = {
    "Cifar": [(.1, .2, 1, .6, 8, 3, .95), (.1, .2, 1, .5, 10, 4, .9), (.15, .3, 1.75, .55, 10, 4, .9), (.25, .3, 2.25, .6, 12, 6, .85), (.3, .3, 1.25, .65, 14, 12, .8)],
    "Mnist": [(.1, .3, 3, .5, 10, 4, .8), (.2, .3, 2, .5, 12, 4, .7), (.55, .3, 4, .9, 12, 8, .7), (.55, .3, 4.5, .85, 12, 8, .65), (.55, .3, 2.5, .85, 12, 12, .55)],
}
SPATTER = {
    "Cifar": [(.62, .1, .7, .7, .5, 0), (.65, .1, .8, .7, .5, 0), (.65, .3, 1, .69, .5, 0), (.65, .1, .7, .69, .6, 1), (.65, .1, .5, .68, .6, 1)],
    "Mnist": [(.65, .3, 4, .69, .6, 0), (.65, .3, 3, .68, .6, 0), (.65, .3, 2, .68, .5, 0), (.65, .3, 1, .65, 1.5, 1), (.67, .4, 1, .65, 1.5, 1)],
}
ELASTIC = {
    "Cifar": [tuple(32 * v for v in c) for c in [(0, 0, .08), (.05, .2, .07), (.08, .06, .06), (.1, .04, .05), (.1, .03, .03)]],
    "Mnist": [tuple(28 * v for v in c) for c in [(2, .7, .1), (2, .08, .2), (.05, .01, .02), (.07, .01, .02), (.12, .01, .02)]],
}
FOG = {"Cifar": [(.2, 3), (.5, 3), (.75, 2.5), (1, 2), (1.5, 1.75)], "Mnist": [(1.5, 2), (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4)]}


class Draws:
    def __init__(self, random, uniforms, normals):
        self.uniforms = random.rand(uniforms).astype(np.float32)
        self.normals = random.normal(size=normals).astype(np.float32)
        self.rewind()

    def rewind(self):
        self.at = 0

    def normal(self, loc, scale, shape):
        return loc + scale * self.normals[:shape[0] * shape[1]].astype(np.float64).reshape(shape)

    def uniform(self, low, high, shape=()):
        count = int(np.prod(shape))
        self.at += count
        return low + (high - low) * self.uniforms[self.at - count:self.at].astype(np.float64).reshape(shape)


def finish(x, profile):
    scaled = np.clip(x, 0, 1) * 255
    return np.round(scaled.astype(np.float32)).astype(np.uint8) if profile == "Mnist" else scaled.astype(np.uint8)


def clipped_zoom(plane, factor):
    side = plane.shape[0]
    kept = int(np.ceil(side / factor))
    top = (side - kept) // 2
    large = zoom(plane[top:top + kept, top:top + kept], (factor, factor), order=1)
    trim = (large.shape[0] - side) // 2
    return large[trim:trim + side, trim:trim + side]


def motion(plane, radius, sigma, angle):
    width = 2 * int(np.ceil(radius)) + 1
    weights = np.exp(-np.arange(width) ** 2 / (2 * sigma ** 2))
    weights /= weights.sum()
    rows, columns = np.meshgrid(*(np.arange(n) for n in plane.shape), indexing="ij")
    out = np.zeros(plane.shape)
    for i, weight in enumerate(weights):
        dx, dy = (int(np.ceil(i * f(np.radians(angle)) - .5)) for f in (np.cos, np.sin))
        out += weight * plane[np.clip(rows + dy, 0, plane.shape[0] - 1), np.clip(columns + dx, 0, plane.shape[1] - 1)]
    return np.floor(np.floor(257 * out + .5) / 257).astype(np.uint8)


def snow(x8, draws, profile, severity):
    c = SNOW[profile][severity - 1]
    layer = clipped_zoom(draws.normal(c[0], c[1], x8.shape[:2]), c[2])
    layer[layer < c[3]] = 0
    layer = motion((np.clip(layer, 0, 1) * 255).astype(np.uint8), c[4], c[5], draws.uniform(-135, -45)) / 255.
    layer = layer[..., None]
    x = x8.astype(np.float32) / np.float32(255)
    grey = cv2.cvtColor(x, cv2.COLOR_RGB2GRAY).reshape(*x.shape[:2], 1) if x.shape[2] == 3 else x
    x = np.float32(c[6]) * x + np.float32(1 - c[6]) * np.maximum(x, grey * np.float32(1.5) + np.float32(.5))
    return finish(x + layer + np.rot90(layer, k=2), profile)


def spatter(x8, draws, profile, severity):
    c = SPATTER[profile][severity - 1]
    x = x8.astype(np.float32) / np.float32(255)
    layer = gaussian(draws.normal(c[0], c[1], x8.shape[:2]), sigma=c[2])
    layer[layer < c[3]] = 0
    if c[5] == 0 and profile != "Mnist":
        layer = (layer * 255).astype(np.int64).astype(np.uint8)
        distance = cv2.distanceTransform(255 - cv2.Canny(layer, 50, 150), cv2.DIST_L2, 5)
        _, distance = cv2.threshold(distance, 20, 20, cv2.THRESH_TRUNC)
        distance = cv2.equalizeHist(cv2.blur(distance, (3, 3)).astype(np.uint8))
        distance = cv2.filter2D(distance, cv2.CV_8U, np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]))
        mask = layer * cv2.blur(distance, (3, 3)).astype(np.float32)
        mask = mask / mask.max() * np.float32(c[4])
        return finish(x + mask[..., None] * (np.array([175, 238, 238]) / 255.).astype(np.float32), profile)
    mask = gaussian(np.where(layer > c[3], 1, 0).astype(np.float64), sigma=c[4])
    mask[mask < .8] = 0
    colour = np.array([63, 42, 20] if x.shape[2] == 3 else [63]) / 255.
    return finish((x * (1 - mask[..., None])).astype(np.float32) + colour * mask[..., None], profile)


def elastic_transform(x8, draws, profile, severity):
    c = ELASTIC[profile][severity - 1]
    image = x8.astype(np.float32) / np.float32(255)
    side = x8.shape[0]
    centre, third = side // 2, side // 3
    points = np.float32([[centre + third, centre + third], [centre + third, centre - third], [centre - third, centre - third]])
    moved = points + draws.uniform(-c[2], c[2], points.shape).astype(np.float32)
    border = cv2.BORDER_CONSTANT if profile == "Mnist" else cv2.BORDER_REFLECT_101
    image = cv2.warpAffine(image, cv2.getAffineTransform(points, moved), (side, side), borderMode=border).reshape(image.shape)
    dx, dy = (((gaussian(f, c[1], mode="reflect", truncate=3) if c[1] > 0 else f) * c[0]).astype(np.float32)
              for f in (draws.uniform(-1, 1, (side, side)) for _ in range(2)))
    row, column = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
    mode = "constant" if profile == "Mnist" else "reflect"
    out = [map_coordinates(image[..., k], (row + dy, column + dx), order=1, mode=mode) for k in range(image.shape[2])]
    return finish(np.stack(out, -1), profile)


def plasma(side, decay, draws):
    a = np.zeros((side, side))
    step, w = side, 100.
    while step >= 2:
        half, n = step // 2, side // step
        noise = lambda: w * draws.uniform(-w, w, (n, n))
        corner = a[::step, ::step]
        total = corner + np.roll(corner, -1, 0)
        total = total + np.roll(total, -1, 1)
        a[half::step, half::step] = total / 4 + noise()
        centre, corner = a[half::step, half::step], a[::step, ::step]
        a[::step, half::step] = (centre + np.roll(centre, 1, 0) + corner + np.roll(corner, -1, 1)) / 4 + noise()
        a[half::step, ::step] = (centre + np.roll(centre, 1, 1) + corner + np.roll(corner, -1, 0)) / 4 + noise()
        step, w = half, w / decay
    a -= a.min()
    return a / a.max()


def fog(x8, draws, profile, severity):
    strength, decay = FOG[profile][severity - 1]
    x = x8 / 255.
    top = x.max()
    side = 32 if profile == "Cifar" else 256
    x = x + strength * plasma(side, decay, draws)[:x.shape[0], :x.shape[1], None]
    return finish(x * top / (top + strength), profile)


def main():
    random = np.random.RandomState(11)
    stored = {}
    for profile, shape in (("Cifar", (32, 32, 3)), ("Mnist", (28, 28, 1))):
        y, x = np.mgrid[0:shape[0], 0:shape[1]]
        waves = np.stack([128 + 110 * np.sin(x * (.3 + .2 * c) + y * (.5 - .15 * c) + c) for c in range(shape[2])], -1)
        image = np.clip(waves + random.randint(-20, 21, shape), 0, 255).astype(np.uint8)
        draws = Draws(random, 65536 if profile == "Mnist" else 2100, shape[0] * shape[1])
        stored[f"{profile}_image"], stored[f"{profile}_uniforms"], stored[f"{profile}_normals"] = image, draws.uniforms, draws.normals
        for corruption in (snow, spatter, elastic_transform, fog):
            for severity in range(1, 6):
                draws.rewind()
                stored[f"{profile}_{corruption.__name__}_{severity}"] = corruption(image, draws, profile, severity)
    np.savez_compressed(os.path.join(HERE, "weather.npz"), **stored)


if __name__ == "__main__":
    main()
