import hashlib
import json

import pytest

import perihelion

ARGUMENTS = [{"name": "x", "kind": "tensor", "dtype": "float32", "shape": [4, 8], "strides": None}]
MODULE = "def double(x):\n    return x * 2\n"


def write(folder, module="modules/double.py", text=MODULE, **changes):
    (folder / "modules").mkdir(exist_ok=True)
    (folder / "modules" / "double.py").write_text(text)
    manifest = {
        "schema_version": 1,
        "entries": [{"kernel": "double", "module": module, "target": "cpu", "arguments": ARGUMENTS}],
        "files": {module: hashlib.sha256(text.encode()).hexdigest()},
    }
    manifest.update(changes)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_a_good_bundle_runs(tmp_path):
    import torch

    bundle = perihelion.load(write(tmp_path))
    assert bundle.kernels == ["double"]
    x = torch.ones(4, 8)
    assert torch.equal(bundle.double(x), x * 2)


def test_no_match_lists_what_there_is(tmp_path):
    import torch

    bundle = perihelion.load(write(tmp_path))
    for x in (torch.ones(4, 9), torch.ones(4, 8).half(), torch.ones(8, 4).t()):
        with pytest.raises(perihelion.BundleError, match=r"float32\[4, 8\]"):
            bundle.double(x)
    with pytest.raises(AttributeError, match="triple"):
        bundle.triple


def test_tampering_is_found_at_load_and_at_first_use(tmp_path):
    import torch

    bundle = perihelion.load(write(tmp_path))
    (tmp_path / "modules" / "double.py").write_text(MODULE + "# more\n")
    with pytest.raises(perihelion.BundleError, match="modules/double.py"):
        perihelion.load(tmp_path)
    with pytest.raises(perihelion.BundleError, match="was changed"):
        bundle.double(torch.ones(4, 8))


@pytest.mark.parametrize("name", ["../double.py", "/etc/hosts", "modules/../../double.py", "link/double.py"])
def test_nothing_outside_the_folder_is_read(tmp_path, name):
    inside = tmp_path / "bundle"
    inside.mkdir()
    (tmp_path / "double.py").write_text(MODULE)
    (inside / "link").symlink_to(tmp_path)
    with pytest.raises(perihelion.BundleError, match="outside"):
        perihelion.load(write(inside, module=name))


def test_broken_manifests_are_named(tmp_path):
    with pytest.raises(perihelion.BundleError, match="manifest.json"):
        perihelion.load(tmp_path)
    with pytest.raises(perihelion.BundleError, match="schema version 2"):
        perihelion.load(write(tmp_path, schema_version=2))
    with pytest.raises(perihelion.BundleError, match="not a file of it"):
        perihelion.load(write(tmp_path, files={}))
