"""Reads facts out of compiled binaries: registers, local memory and kernel parameters.

For NVIDIA the source is the cubin's `.nv.info` sections; for AMD the metadata at the end of the assembly text, which
follows LLVM's AMDGPU usage guide ("Code Object V3 Metadata").
"""

import hashlib
import re
import struct
from dataclasses import dataclass

# Attribute numbers of .nv.info, as `cuobjdump -elf` names them.
_FRAME_SIZE = 0x11
_MIN_STACK_SIZE = 0x12
_KPARAM_INFO = 0x17
_REGCOUNT = 0x2F
_FORMAT_WITH_BYTES = 0x04

MAX_THREADS = 1024
MAX_TENSOR_MEMORY_COLUMNS = 512


@dataclass(frozen=True)
class BinaryFacts:
    """registers: per thread; local_bytes: per thread, spills and stack; parameter_bytes: each kernel parameter's size,
    in order, or None where the binary does not say."""

    registers: int
    local_bytes: int
    parameter_bytes: tuple | None


def sha256(binary):
    """Of the binary, in hexadecimal."""
    return hashlib.sha256(binary).hexdigest()


def _sections(elf):
    """(name, bytes) of each section of a 64-bit little-endian ELF file."""
    if elf[:6] != b"\x7fELF\x02\x01":
        raise ValueError("The binary is not a 64-bit little-endian ELF file.")
    table, size, count, names_index = (
        *struct.unpack_from("<Q", elf, 0x28),
        *struct.unpack_from("<HHH", elf, 0x3A),
    )
    headers = [struct.unpack_from("<IIQQQQIIQQ", elf, table + i * size) for i in range(count)]
    names = headers[names_index][4]
    for header in headers:
        start = names + header[0]
        name = elf[start : elf.index(b"\0", start)].decode()
        # SHT_NOBITS (8) takes no room in the file.
        yield name, b"" if header[1] == 8 else elf[header[4] : header[4] + header[5]]


def _attributes(section):
    """(attribute, value bytes) of a .nv.info section."""
    position = 0
    while position + 4 <= len(section):
        form, attribute, size = struct.unpack_from("<BBH", section, position)
        position += 4
        # Other formats keep their value in the two bytes that are a size here.
        value = b""
        if form == _FORMAT_WITH_BYTES:
            value = section[position : position + size]
            position += size
        yield attribute, value


def cubin_facts(cubin, symbol):
    """Facts of one kernel of a cubin that holds just that kernel; raises ValueError where they cannot be read."""
    registers = None
    local_bytes = 0
    parameters = {}
    for name, section in _sections(cubin):
        if name == ".nv.info":
            for attribute, value in _attributes(section):
                if attribute == _REGCOUNT:
                    registers = max(registers or 0, struct.unpack_from("<II", value)[1])
                elif attribute in (_FRAME_SIZE, _MIN_STACK_SIZE):
                    local_bytes = max(local_bytes, struct.unpack_from("<II", value)[1])
        elif name == f".nv.info.{symbol}":
            for attribute, value in _attributes(section):
                if attribute == _KPARAM_INFO:
                    _index, ordinal, _offset, flags = struct.unpack_from("<IHHI", value)
                    # The size is the upper 14 bits, in bytes.
                    parameters[ordinal] = flags >> 18
                elif attribute == _REGCOUNT:
                    registers = max(registers or 0, struct.unpack_from("<II", value)[1])
    if registers is None:
        raise ValueError(f"The cubin does not say how many registers `{symbol}` uses.")
    sizes = tuple(parameters[ordinal] for ordinal in sorted(parameters)) if parameters else None
    return BinaryFacts(registers, local_bytes, sizes)


def amd_facts(assembly):
    """Facts from the metadata of an AMD assembly text; raises ValueError where they are not there."""
    start = assembly.rfind(".amdgpu_metadata")
    metadata = assembly[start:] if start >= 0 else ""

    def number(key):
        found = re.search(rf"^\s*-?\s*\.{key}:\s*(\d+)", metadata, re.MULTILINE)
        if found is None:
            raise ValueError(f"The assembly's metadata has no `.{key}`.")
        return int(found.group(1))

    before_kernel_facts = metadata.split(".group_segment_fixed_size", 1)[0]
    # Arguments that the runtime adds by itself (the grid's extents, for example) are no business of the caller.
    described = re.findall(r"^\s*\.size:\s*(\d+)\s*\.value_kind:\s*(\w+)", before_kernel_facts, re.MULTILINE)
    sizes = tuple(int(size) for size, kind in described if not kind.startswith("hidden_"))
    return BinaryFacts(number("vgpr_count"), number("private_segment_fixed_size"), sizes or None)


def shared_limit(target):
    """Bytes of shared memory (LDS on AMD) one program may use on a target, or None for a target not known here.

    NVIDIA: CUDA programming guide, table "Technical specifications per compute capability"; AMD: CDNA ISA guides.
    """
    kibibytes = {
        "cuda:75": 64,
        "cuda:80": 163,
        "cuda:86": 99,
        "cuda:87": 163,
        "cuda:89": 99,
        "cuda:90": 227,
        "cuda:100": 227,
        "cuda:103": 227,
        "cuda:110": 227,
        "cuda:120": 99,
        "cuda:121": 99,
        "hip:gfx90a": 64,
        "hip:gfx942": 64,
        "hip:gfx950": 160,
    }.get(target)
    return None if kibibytes is None else kibibytes * 1024


SLOT_BYTES = {
    "i1": 4,
    "i8": 1,
    "i16": 2,
    "i32": 4,
    "i64": 8,
    "u1": 4,
    "u8": 1,
    "u16": 2,
    "u32": 4,
    "u64": 8,
    "fp16": 2,
    "bf16": 2,
    "fp32": 4,
    "f32": 4,
    "fp64": 8,
}


def slot_bytes(type_name):
    """Size of a kernel parameter of Triton's type name; raises ValueError for a type that cannot be passed."""
    if type_name.startswith("*"):
        return 8
    if type_name not in SLOT_BYTES:
        raise ValueError(f"A kernel argument of type `{type_name}` is not supported.")
    return SLOT_BYTES[type_name]
