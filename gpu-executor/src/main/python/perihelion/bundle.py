"""Loads bundles of tuned kernels: `kernels = perihelion.load("bundle")`, then `kernels.softmax(x)`.

A bundle is a folder with `manifest.json` and the modules it names, each with its SHA-256. Everything is verified when
the bundle is loaded, and a module again when it is first used, so that what was checked is what runs.
"""

import hashlib
import json
import linecache
import os
import sys
import types
from pathlib import Path, PurePosixPath

SCHEMA_VERSION = 1


class BundleError(Exception):
    """A bundle cannot be loaded, or has no kernel for these arguments. The message names the file or the kernel."""


def load(folder):
    """The bundle in this folder; raises BundleError where a file is missing, changed, or outside the folder."""
    return Bundle(folder)


class Bundle:
    """Tuned kernels as attributes. `kernels` lists their names; the manifest's other fields are in `manifest`."""

    def __init__(self, folder):
        self.folder = Path(folder).resolve()
        self.manifest = _read_manifest(self.folder)
        self._files = self.manifest["files"]
        for name, digest in self._files.items():
            _verified(self.folder, name, digest)
        entries = {}
        for entry in self.manifest["entries"]:
            if entry["module"] not in self._files:
                raise BundleError(f"The manifest's entry for `{entry['kernel']}` names `{entry['module']}`, not a file of it.")
            entries.setdefault(entry["kernel"], []).append(entry)
        self._kernels = {name: BundledKernel(self, name, found) for name, found in entries.items()}
        self._modules = {}

    @property
    def kernels(self):
        """The kernels' names, sorted."""
        return sorted(self._kernels)

    def __getattr__(self, name):
        kernels = self.__dict__.get("_kernels", {})
        if name in kernels:
            return kernels[name]
        raise AttributeError(f"The bundle has no kernel `{name}`; it has {sorted(kernels)}.")

    def __dir__(self):
        return [*super().__dir__(), *self.kernels]

    def _host(self, entry):
        """The host function of an entry, its module run from the verified text."""
        name = entry["module"]
        if name not in self._modules:
            text = _verified(self.folder, name, self._files[name]).decode()
            self._modules[name] = _run_module(str(self.folder / name), text, self._files[name])
        host = getattr(self._modules[name], entry["kernel"], None)
        if not callable(host):
            raise BundleError(f"`{name}` has no function `{entry['kernel']}`.")
        return host


class BundledKernel:
    """One kernel of a bundle: called with the arguments, it runs the entry made for their shapes, dtypes and device."""

    def __init__(self, bundle, name, entries):
        self._bundle = bundle
        self._entries = entries
        self.__name__ = name

    @property
    def entries(self):
        """The manifest's entries of this kernel."""
        return list(self._entries)

    def __call__(self, *args):
        return self._bundle._host(self.select(*args))(*args)

    def select(self, *args):
        """The entry for these arguments: one for this very device before one for its target; raises BundleError."""
        target, device = _device_of(args)
        found = [entry for entry in self._entries if _matches(entry, args, target)]
        if not found:
            raise BundleError(self._no_match(args, target))
        return min(found, key=lambda entry: (entry.get("device") != device, not entry.get("measured", False)))

    def _no_match(self, args, target):
        asked = ", ".join(_show(_describe(arg)) for arg in args)
        there = "; ".join(
            f"{entry['target']}: ({', '.join(_show(spec) for spec in entry['arguments'])})" for entry in self._entries[:20]
        )
        return f"The bundle has no `{self.__name__}` for ({asked}) on {target}. It has {there}."


def _read_manifest(folder):
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BundleError(f"`{path}` cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise BundleError(f"`{path}` is not JSON: {error}.") from error
    version = manifest.get("schema_version") if isinstance(manifest, dict) else None
    if version != SCHEMA_VERSION:
        raise BundleError(f"`{path}` has schema version {version}; this release reads {SCHEMA_VERSION}.")
    if not isinstance(manifest.get("files"), dict) or not isinstance(manifest.get("entries"), list):
        raise BundleError(f"`{path}` lacks `files` or `entries`.")
    for entry in manifest["entries"]:
        missing = [key for key in ("kernel", "module", "target", "arguments") if key not in entry]
        if missing:
            raise BundleError(f"An entry of `{path}` lacks {missing}.")
    return manifest


def _verified(folder, name, digest):
    """A file's bytes, after the checks that it lies in the folder and has not changed."""
    pure = PurePosixPath(name)
    path = (folder / name).resolve()
    if pure.is_absolute() or ".." in pure.parts or "\\" in name or not path.is_relative_to(folder):
        raise BundleError(f"The manifest's file `{name}` lies outside the bundle.")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BundleError(f"The bundle's file `{name}` cannot be read: {error.strerror}.") from error
    found = hashlib.sha256(content).hexdigest()
    if found != str(digest).lower():
        raise BundleError(f"The bundle's file `{name}` was changed: its SHA-256 is {found}, the manifest says {digest}.")
    return content


def _run_module(path, text, digest):
    module = types.ModuleType(f"perihelion_bundle_{digest[:16]}")
    module.__file__ = path
    # Triton reads kernels' sources through linecache; an entry without a time is never read again from the disk.
    linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
    sys.modules[module.__name__] = module
    exec(compile(text, path, "exec"), module.__dict__)
    return module


def _tensors(args):
    import torch

    for arg in args:
        if isinstance(arg, torch.Tensor):
            yield arg
        elif isinstance(arg, (list, tuple)):
            yield from _tensors(arg)


def _device_of(args):
    """(target, device name) of the first tensor; under Triton's interpreter every target is right: None."""
    import torch

    for tensor in _tensors(args):
        if tensor.device.type == "cuda":
            properties = torch.cuda.get_device_properties(tensor.device)
            if torch.version.hip is not None:
                return f"hip:{properties.gcnArchName.split(':')[0]}", properties.name
            return f"cuda:{properties.major}{properties.minor}", properties.name
        if os.environ.get("TRITON_INTERPRET") == "1":
            return None, None
        return tensor.device.type, None
    return "no device", None


def _matches(entry, args, target):
    specs = entry["arguments"]
    if target is not None and entry["target"] != target:
        return False
    return len(specs) == len(args) and all(_agrees(spec, _describe(arg)) for spec, arg in zip(specs, args))


def _agrees(spec, found):
    if spec.get("kind") != found["kind"]:
        return False
    if found["kind"] == "tensor":
        strides = spec.get("strides") or _contiguous(spec["shape"])
        # The stride of a dimension of size 1 is never used.
        used = [index for index, size in enumerate(found["shape"]) if size != 1]
        return (
            spec["dtype"] == found["dtype"]
            and list(spec["shape"]) == found["shape"]
            and all(strides[index] == found["strides"][index] for index in used)
        )
    if found["kind"] in ("list", "tuple"):
        items = spec.get("items", [])
        return len(items) == len(found["items"]) and all(map(_agrees, items, found["items"]))
    return spec.get("value") == found.get("value")


def _contiguous(shape):
    strides = []
    step = 1
    for size in reversed(shape):
        strides.insert(0, step)
        step *= max(size, 1)
    return strides


def _describe(arg):
    import torch

    if isinstance(arg, torch.Tensor):
        dtype = str(arg.dtype).removeprefix("torch.")
        return {"kind": "tensor", "dtype": dtype, "shape": list(arg.shape), "strides": list(arg.stride())}
    if arg is None:
        return {"kind": "none"}
    for kind, python in (("bool", bool), ("int", int), ("float", float), ("str", str)):
        if isinstance(arg, python):
            return {"kind": kind, "value": arg}
    if isinstance(arg, torch.dtype):
        return {"kind": "dtype", "value": str(arg).removeprefix("torch.")}
    if isinstance(arg, (list, tuple)):
        return {"kind": "list" if isinstance(arg, list) else "tuple", "items": [_describe(item) for item in arg]}
    return {"kind": "function", "value": getattr(arg, "__name__", str(arg))}


def _show(spec):
    kind = spec.get("kind")
    if kind == "tensor":
        strides = spec.get("strides")
        odd = strides is not None and list(strides) != _contiguous(spec["shape"])
        return f"{spec['dtype']}{list(spec['shape'])}" + (f" with strides {list(strides)}" if odd else "")
    if kind in ("list", "tuple"):
        return f"{kind}[{', '.join(_show(item) for item in spec.get('items', []))}]"
    return str(spec.get("value"))
