"""`python -m perihelion.worker.doctor [--target T ...]`: prints what this machine's Python and GPUs are like, one JSON object.

Works where torch or triton is missing or broken, which is the point: whatever may fail is asked in a process of its own, with
a time limit. Judges nothing; the command line does (`perihelion doctor`). A value that is not known is null.

    python     executable, version
    packages   name -> {version, error, ...}; error tells why an installed package cannot be imported
    compiles   [{target, seconds, error}]: a tiny kernel, compiled for real
    ptxas      {path, version, architectures, error}, and blackwell, the same for sm_100 and newer
    nvidia     see perihelion.worker.doctor_gpus
    amd        whether AMD's driver is here
"""

import concurrent.futures
import importlib.metadata
import importlib.util
import json
import os
import platform
import re
import subprocess
import sys
import time

from perihelion.worker import doctor_gpus

PACKAGES = ("torch", "triton", "numpy", "pyarrow")
DEFAULT_TARGETS = ("cuda:90", "hip:gfx942")
_IMPORT_SECONDS = 120
_COMPILE_SECONDS = 120
_TOOL_SECONDS = 20


def main(arguments=None):
    """Prints the facts, or, as `--ask SECTION [WORD]`, one section's, which is how this module asks itself."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["--ask"]:
        facts = _SECTIONS[words[1]](*words[2:])
    else:
        targets = [word for word in words if word != "--target"] or list(DEFAULT_TARGETS)
        facts = gather(targets)
    # Packages may print while they are imported; the last line counts.
    sys.stdout.write("\n" + json.dumps(facts) + "\n")
    return 0


def gather(targets):
    """All facts."""
    with concurrent.futures.ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as together:
        packages = dict(zip(PACKAGES, together.map(package, PACKAGES), strict=True))
        works = packages["triton"]["error"] is None
        compiles = list(together.map(_try_compile, targets)) if works else []
        ptxas = ask("ptxas", seconds=_IMPORT_SECONDS) if works else None
    return {
        "python": {"executable": sys.executable, "version": platform.python_version()},
        "packages": {**packages, "helion": {"version": version("helion")}},
        "compiles": compiles,
        "ptxas": ptxas,
        "nvidia": doctor_gpus.describe(),
        "amd": os.path.exists("/dev/kfd"),
    }


def ask(section, *words, seconds):
    """The answer of a section in a process of its own; {"error": reason} where there is none."""
    command = [sys.executable, "-m", "perihelion.worker.doctor", "--ask", section, *words]
    folder = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    path = os.pathsep.join(filter(None, [folder, os.environ.get("PYTHONPATH")]))
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL, check=False,
            env={**os.environ, "PYTHONPATH": path},
        )
    except subprocess.TimeoutExpired:
        return {"error": f"gave no answer within {seconds} s"}
    except OSError as error:
        return {"error": f"cannot start: {error}"}
    lines = done.stdout.strip().splitlines()
    if done.returncode == 0 and lines:
        return json.loads(lines[-1])
    if done.returncode < 0:
        return {"error": f"was ended by signal {-done.returncode}"}
    last = [line for line in done.stderr.splitlines() if line.strip()]
    return {"error": last[-1].strip()[:300] if last else f"ended with status {done.returncode}"}


def _try_compile(target):
    return {"target": target, "seconds": None, **ask("compile", target, seconds=_COMPILE_SECONDS)}


def version(name):
    """Of an installed distribution, or None."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def package(name):
    """version, error, and for torch the Triton it asks for and the CUDA or HIP version it was built for."""
    facts = {"version": version(name), "error": None}
    if facts["version"] is None and importlib.util.find_spec(name) is None:
        return {**facts, "error": "is not installed"}
    facts.update(ask("import", name, seconds=_IMPORT_SECONDS))
    if name == "torch":
        facts["requires_triton"] = required(importlib.metadata.requires("torch") or [], "triton") if facts["version"] else None
    return facts


def required(requirements, name):
    """The exact version that a list of requirements pins a package to, or None."""
    for requirement in requirements:
        match = re.match(rf"{name}\s*\(?==\s*([\w.+!-]+)", requirement)
        if match:
            return match.group(1)
    return None


def _import(name):
    module = __import__(name)
    facts = {"version": getattr(module, "__version__", None), "error": None}
    if name == "torch":
        facts.update(
            cuda=module.version.cuda, hip=getattr(module.version, "hip", None), sees_gpus=module.cuda.device_count()
        )
    return facts


def _compile(target):
    """Compiles a kernel of a few lines from scratch."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="perihelion-doctor-") as cache:
        os.environ["TRITON_CACHE_DIR"] = cache
        import triton
        from triton.backends.compiler import GPUTarget

        from perihelion.worker import doctor_kernel

        kind, architecture = target.split(":", 1)
        gpu = GPUTarget(kind, int(architecture), 32) if kind == "cuda" else GPUTarget(kind, architecture, 64)
        signature = {"x": "*fp32", "y": "*fp32", "n": "i32", "BLOCK": "constexpr"}
        source = triton.compiler.ASTSource(fn=doctor_kernel.double, signature=signature, constexprs={(3,): 128})
        started = time.perf_counter()
        triton.compile(source, target=gpu)
        return {"seconds": round(time.perf_counter() - started, 3), "error": None}


def _ptxas():
    import triton

    folder = os.path.join(os.path.dirname(triton.__file__), "backends", "nvidia", "bin")
    facts = tool(os.environ.get("TRITON_PTXAS_PATH") or os.path.join(folder, "ptxas"))
    newer = os.environ.get("TRITON_PTXAS_BLACKWELL_PATH") or os.path.join(folder, "ptxas-blackwell")
    return {**facts, "blackwell": tool(newer) if os.path.exists(newer) else None}


def tool(path):
    """path, version and architectures of an assembler."""
    facts = {"path": path, "version": None, "architectures": [], "error": None}
    try:
        told = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=_TOOL_SECONDS, check=True).stdout
        helped = subprocess.run([path, "--help"], capture_output=True, text=True, timeout=_TOOL_SECONDS, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        return {**facts, "error": str(error)[:300]}
    match = re.search(r"release (\d+\.\d+)", told)
    # Names may be broken at the end of a line.
    names = re.findall(r"sm_(\d+)", helped.replace("\n", ""))
    return {**facts, "version": match.group(1) if match else None, "architectures": sorted({int(name) for name in names})}


_SECTIONS = {"import": _import, "compile": _compile, "ptxas": _ptxas}

if __name__ == "__main__":
    sys.exit(main())
