"""Makes the small pictures in this folder and, with Pillow, what reading and resizing them must give.

    python3 tests/oracles/images/make_images.py

Needs Pillow (made with 9.4) and NumPy; the tests read the stored files only. NAME.png or NAME.jpg is a picture,
NAME.npy its uint8 [H,W,3] pixels; resize.npz holds, per case, the source and what Image.resize(BILINEAR) gives.
"""
import io
import os

import numpy as np
from PIL import Image, PngImagePlugin

HERE = os.path.dirname(os.path.abspath(__file__))


def picture(height, width, seed):
    """Smooth waves with some noise: every value from 0 to 255 occurs and neighbours differ."""
    random = np.random.RandomState(seed)
    y, x = np.mgrid[0:height, 0:width]
    waves = [128 + 110 * np.sin(x * (0.3 + 0.2 * c) + y * (0.5 - 0.15 * c) + c) for c in range(3)]
    return np.clip(np.stack(waves, -1) + random.randint(-40, 41, (height, width, 3)), 0, 255).astype(np.uint8)


def save(name, image, **options):
    path = os.path.join(HERE, name)
    image.save(path, **options)
    np.save(os.path.splitext(path)[0] + ".npy", np.asarray(Image.open(path).convert("RGB")))


def main():
    colour = Image.fromarray(picture(15, 22, 1))
    save("colour.png", colour)
    save("grey.png", colour.convert("L"))
    save("palette.png", colour.quantize(16))
    save("one_bit.png", colour.convert("1"))
    transparent = colour.copy()
    transparent.putalpha(Image.fromarray(picture(15, 22, 2)[..., 0]))
    save("transparent.png", transparent)
    gamma = PngImagePlugin.PngInfo()
    gamma.add(b"gAMA", (100000).to_bytes(4, "big"))
    save("gamma.png", colour, pnginfo=gamma)
    save("half_chroma.jpg", colour, quality=85, subsampling=2)
    save("full_chroma.jpg", colour, quality=92, subsampling=0)
    save("progressive.jpg", colour, quality=75, progressive=True)
    save("grey_jpeg.jpg", colour.convert("L"), quality=80)
    stored = io.BytesIO()
    colour.convert("CMYK").save(stored, "JPEG")
    with open(os.path.join(HERE, "cmyk.jpg"), "wb") as file:
        file.write(stored.getvalue())
    cases = {}
    for number, (height, width, to_height, to_width) in enumerate(
            [(37, 53, 16, 22), (16, 16, 24, 24), (40, 31, 9, 31), (9, 64, 9, 10), (50, 50, 7, 7), (5, 3, 20, 12), (33, 20, 32, 19)]):
        source = picture(height, width, 10 + number)
        cases[f"source{number}"] = source
        cases[f"result{number}"] = np.asarray(Image.fromarray(source).resize((to_width, to_height), Image.BILINEAR))
    np.savez_compressed(os.path.join(HERE, "resize.npz"), **cases)


if __name__ == "__main__":
    main()
