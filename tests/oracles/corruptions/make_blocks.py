"""What OpenCV, SciPy and scikit-image make of random planes: the building blocks of the common corruptions.

    python3 tests/oracles/corruptions/make_blocks.py

Needs OpenCV (made with 4.6), SciPy (1.10), scikit-image (0.19) and NumPy; the tests read the stored file only.
blocks.npz holds, per case, inputs and results; names say which.
"""
import os

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates, zoom
from skimage.feature import canny

HERE = os.path.dirname(os.path.abspath(__file__))


def liquid(random, side, sigma):
    """A plane like spatter's: mostly 0, drops of about 180."""
    layer = gaussian_filter(random.normal(.65, .3, (side, side)), sigma)
    layer[layer < .69] = 0
    return (np.clip(layer, 0, 1) * 255).astype(np.uint8)


def clipped_zoom(plane, factor):
    side = plane.shape[0]
    kept = int(np.ceil(side / factor))
    top = (side - kept) // 2
    large = zoom(plane[top:top + kept, top:top + kept], (factor, factor), order=1)
    trim = (large.shape[0] - side) // 2
    return large[trim:trim + side, trim:trim + side]


def main():
    random = np.random.RandomState(7)
    stored = {}
    planes = [liquid(random, 32, 1), liquid(random, 32, .7), liquid(random, 28, 2), random.randint(0, 256, (33, 41)).astype(np.uint8),
              np.full((32, 32), 9, np.uint8), (gaussian_filter(random.rand(64, 48), 3) * 400).clip(0, 255).astype(np.uint8)]
    for i, plane in enumerate(planes):
        edges = cv2.Canny(plane, 50, 150)
        stored[f"plane{i}"] = plane
        stored[f"canny{i}"] = edges
        stored[f"distance{i}"] = cv2.distanceTransform(255 - edges, cv2.DIST_L2, 5)
        stored[f"equalised{i}"] = cv2.equalizeHist(plane)
        stored[f"embossed{i}"] = cv2.filter2D(plane, cv2.CV_8U, np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]))
        stored[f"mean{i}"] = cv2.blur(plane, (3, 3))
        stored[f"mean_distance{i}"] = cv2.blur(np.minimum(stored[f"distance{i}"], 20), (3, 3)).astype(np.uint8)

    for i, (side, channels, jitter) in enumerate([(32, 3, 2.5), (32, 3, 9), (28, 1, 3)]):
        image = random.rand(side, side, channels).astype(np.float32)
        centre, third = side // 2, side // 3
        points = np.float32([[centre + third, centre + third], [centre + third, centre - third], [centre - third, centre - third]])
        moved = points + random.uniform(-jitter, jitter, points.shape).astype(np.float32)
        map_ = cv2.getAffineTransform(points, moved)
        border = cv2.BORDER_CONSTANT if channels == 1 else cv2.BORDER_REFLECT_101
        stored[f"warp_image{i}"] = image
        stored[f"warp_points{i}"] = moved
        stored[f"warp_map{i}"] = map_
        stored[f"warped{i}"] = cv2.warpAffine(image, map_, (side, side), borderMode=border).reshape(image.shape)
        shift = random.normal(0, 6, (2, side, side)).astype(np.float32)
        row, column = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
        mode = "constant" if channels == 1 else "reflect"
        stored[f"shift{i}"] = shift
        stored[f"shifted{i}"] = np.stack([map_coordinates(image[..., c], (row + shift[0], column + shift[1]), order=1, mode=mode) for c in range(channels)], -1)

    for i, (side, factor) in enumerate([(32, 1.), (32, 1.75), (32, 2.25), (32, 1.25), (32, 1.2500000000000002), (28, 3), (28, 2), (28, 4), (28, 4.5), (28, 2.5), (64, 2.25)]):
        plane = random.rand(side, side).astype(np.float32)
        stored[f"zoom_plane{i}"] = plane
        stored[f"zoom_factor{i}"] = np.array([factor], np.float64)
        stored[f"zoomed{i}"] = clipped_zoom(plane.astype(np.float64), factor).astype(np.float32)

    for i in range(6):
        digit = np.zeros((28, 28), np.uint8)
        cv2.ellipse(digit, tuple(int(v) for v in random.randint(11, 17, 2)), tuple(int(v) for v in random.randint(3, 9, 2)), int(random.randint(180)), 0, 300, 255, 2, cv2.LINE_AA)
        if i > 2:
            digit = np.clip(digit + random.normal(20, 15, digit.shape), 0, 255).astype(np.uint8)
        stored[f"digit{i}"] = digit
        stored[f"digit_edges{i}"] = canny(digit / 255.).astype(np.uint8) * 255

    for i, (height, width) in enumerate([(52, 67), (60, 41), (33, 50)]):
        photo = cv2.resize(random.randint(0, 256, (20, 20, 3)).astype(np.uint8), (width, height), interpolation=cv2.INTER_LANCZOS4)
        stored[f"photo{i}"] = photo
        stored[f"photo_fifth{i}"] = cv2.resize(photo, (0, 0), fx=.2, fy=.2)
        stored[f"photo_third{i}"] = cv2.resize(photo, (0, 0), fx=.3, fy=.3)
        stored[f"photo_cubic{i}"] = cv2.resize(photo, (int(np.ceil(width * 1.1)), int(np.ceil(height * 1.1))), interpolation=cv2.INTER_CUBIC)

    np.savez_compressed(os.path.join(HERE, "blocks.npz"), **stored)


if __name__ == "__main__":
    main()
