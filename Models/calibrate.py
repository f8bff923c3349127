"""Measures the value ranges that the 8-bit detector is made from, and writes them to `ranges/scrfd.json`.

    calibrate.py HOME

For maintainers, after a change of detector: set-up only reads the committed result, so that every machine gets the
same 8-bit file. Needs the packages of `requirements-calibrate.txt` beside those of `requirements.txt`. The pictures are
crops and scalings of the demonstration photographs, some darkened; none of them serves to measure accuracy.
"""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import helper
from PIL import Image

import graphs
from downloads import fetch, read
from quantise import convolution_inputs

HERE = Path(__file__).resolve().parent
SOURCES = json.loads((HERE / "sources.json").read_text())


def pictures(home: Path) -> Iterator[np.ndarray]:
    for photo in SOURCES["photos"].values():
        archive = fetch(SOURCES["archives"][photo["archive"]], home / "downloads")
        whole = Image.open(io.BytesIO(read(archive, photo["member"]))).convert("RGB")
        for side in (640, 480, 320):
            yield _input(whole, side)
        width, height = whole.size
        for column in range(3):
            for row in range(2):
                left, top = column * width // 4, row * height // 4
                part = whole.crop((left, top, left + width // 2, top + height * 3 // 4))
                yield _input(part, 640)
                yield _input(part.point(lambda value: value // 2), 480)


def measure(model: onnx.ModelProto, inputs: Iterator[np.ndarray]) -> dict[str, list[float]]:
    """Smallest and largest value of every tensor that a convolution reads, over all inputs."""
    first = model.graph.input[0].name
    inner = [name for name in convolution_inputs(model.graph) if name != first]
    model.graph.output.extend(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in inner)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    ranges: dict[str, list[float]] = {}
    for pixels in inputs:
        for name, value in zip([first, *inner], [pixels, *session.run(inner, {first: pixels})]):
            low, high = ranges.get(name, [0.0, 0.0])
            ranges[name] = [min(low, float(value.min())), max(high, float(value.max()))]
    return {name: [float(f"{bound:.4g}") for bound in bounds] for name, bounds in ranges.items()}


def _input(picture: Image.Image, side: int) -> np.ndarray:
    """The picture as the detector sees it: long side `side`, padded with black to multiples of 32."""
    factor = side / max(picture.size)
    width, height = (round(length * factor) for length in picture.size)
    canvas = np.zeros((-(-height // 32) * 32, -(-width // 32) * 32, 3), np.float32)
    canvas[:height, :width] = np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR))
    return ((canvas - 127.5) * 0.0078125).transpose(2, 0, 1)[None].copy()


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 64
    home = Path(sys.argv[1]).resolve()
    recipe = SOURCES["models"]["scrfd"]
    archive = fetch(SOURCES["archives"][recipe["archive"]], home / "downloads")
    model = onnx.load_from_string(read(archive, recipe["member"]))
    graphs.free_shape(model)
    ranges = measure(model, pictures(home))
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(bounds)}" for name, bounds in ranges.items())
    (HERE / "ranges" / "scrfd.json").write_text(f"{{\n{lines}\n}}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
