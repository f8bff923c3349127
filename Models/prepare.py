"""Makes one part of the runtime folder ready: inference libraries, model packs or demonstration photographs.

    prepare.py HOME runtime|models|photos

`HOME` is the runtime folder (`.vedette` in the repository). What to make, from which archive and with which SHA-256
stands in `sources.json` and `packs/*.json`. A part that is complete and was made from the same description is left as
it is, without touching the network. Run by `Scripts/setup`.
"""

import hashlib
import json
import sys
from pathlib import Path

from downloads import SetupError, fetch, read
from folder import StampedFolder

HERE = Path(__file__).resolve().parent
SOURCES = json.loads((HERE / "sources.json").read_text())
CONVERSION = ["graphs.py", "quantise.py", "requirements.txt"]


def runtime(home: Path) -> None:
    """The few OpenVINO libraries that inference on the CPU from ONNX files takes, out of the wheel's twenty."""
    recipe = SOURCES["runtime"]
    with StampedFolder(home / "runtime" / "openvino" / "lib", _key(recipe, [recipe["archive"]])) as folder:
        if not folder.complete:
            archive = _archive(home, recipe["archive"])
            for library in recipe["libraries"]:
                folder.write(library, read(archive, f"{recipe['folder']}/{library}"))
            for name, target in recipe["links"].items():
                folder.link(name, target)


def models(home: Path) -> None:
    """Every pack of `packs/`: its `pack.json` and the model files, each with the SHA-256 that stands there."""
    made: dict[str, bytes] = {}
    for pack, files in SOURCES["packs"].items():
        description = (HERE / "packs" / f"{pack}.json").read_bytes()
        recipes = {model: SOURCES["models"][model] for model in files.values()}
        inputs = [HERE / name for name in CONVERSION]
        inputs += [HERE / recipe["ranges"] for recipe in recipes.values() if "ranges" in recipe]
        key = _key([files, recipes], [recipe["archive"] for recipe in recipes.values()],
                   description, *(path.read_bytes() for path in inputs))
        with StampedFolder(home / "models" / pack, key) as folder:
            if folder.complete:
                continue
            pinned = dict(_pinned_files(json.loads(description)))
            for file, model in files.items():
                if model not in made:
                    print(f"      making {model}", flush=True)
                    made[model] = _make(home, recipes[model])
                digest = hashlib.sha256(made[model]).hexdigest()
                if digest != pinned.get(file):
                    raise SetupError(
                        f"{pack}/{file} came out with SHA-256 {digest}, and not as Models/packs/{pack}.json says",
                        f"remove the folder {home / 'python'}, so that the pinned Python packages are installed afresh")
                folder.write(file, made[model])
            folder.write("pack.json", description)


def photos(home: Path) -> None:
    """The photographs that the demonstration camera pans over."""
    recipe = SOURCES["photos"]
    with StampedFolder(home / "demo", _key(recipe, [photo["archive"] for photo in recipe.values()])) as folder:
        if not folder.complete:
            for name, photo in recipe.items():
                folder.write(name, read(_archive(home, photo["archive"]), photo["member"]))


def _make(home: Path, recipe: dict) -> bytes:
    import onnx  # these take half a second to load, and only making a model needs them

    import graphs
    from quantise import quantise

    model = onnx.load_from_string(read(_archive(home, recipe["archive"]), recipe["member"]))
    for step in recipe["steps"]:
        match step:
            case "dequantise":
                graphs.dequantise(model)
            case "free-shape":
                graphs.free_shape(model)
            case "quantise":
                quantise(model, json.loads((HERE / recipe["ranges"]).read_text()))
            case _:
                raise SetupError(f"Models/sources.json names an unknown step, {step}", "correct it")
    return graphs.finish(model)


def _archive(home: Path, name: str) -> Path:
    return fetch(SOURCES["archives"][name], home / "downloads")


def _key(recipe, archives: list[str], *contents: bytes) -> str:
    """One hash over all that the result depends on: recipe, pinned archives, contents of further files."""
    pins = [SOURCES["archives"][name] for name in archives]
    digest = hashlib.sha256(json.dumps([recipe, pins], sort_keys=True).encode())
    for content in contents:
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def _pinned_files(value):
    """Every (file, SHA-256) pair of a pack description, wherever in it they stand."""
    if isinstance(value, dict):
        if "file" in value:
            yield value["file"], value["sha256"]
        for nested in value.values():
            yield from _pinned_files(nested)


def main() -> int:
    parts = {"runtime": runtime, "models": models, "photos": photos}
    if len(sys.argv) != 3 or sys.argv[2] not in parts:
        print(__doc__, file=sys.stderr)
        return 64
    try:
        parts[sys.argv[2]](Path(sys.argv[1]).resolve())
    except SetupError as error:
        print(f"error: {error}\nremedy: {error.remedy}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"error: {error.filename or sys.argv[1]}: {error.strerror or error}\n"
              "remedy: check free disk space (1 GB is enough) and permissions", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
