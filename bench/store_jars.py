"""Copies jars without compression, so that one compressor can go over all of them, and without other machines' natives.

    store_jars.py FOLDER JAR...

What is dropped: native libraries below a folder that names an operating system or a processor other than 64-bit Linux on
x86; signatures, which such a jar would not match; and of Hadoop's and Spark's jars what only YARN, web pages and a shell need.
"""

import re
import sys
import zipfile
from pathlib import Path

NATIVE = re.compile(r"\.(so|dll|dylib|jnilib|a)$|\.so\.\d")
OTHER = re.compile(
    r"(?i)(^|[/_.-])(win|windows|win32|darwin|mac|macos|osx|aix|freebsd|sunos|android|aarch64|aarch_64|arm|armv6|armv7|arm64"
    r"|i386|x86|x86_32|ppc|ppc64|ppc64le|s390x|mips64|riscv64|loongarch64|linux-musl|linux32)([/_.-]|$)"
)
UNUSED = re.compile(
    r"org/apache/hadoop/(yarn/|shaded/org/(eclipse/jetty|jline)/)|org/apache/spark/ui/static/|META-INF/maven/"
)
SIGNATURE = re.compile(r"META-INF/[^/]*\.(SF|RSA|DSA|EC)$")


def wanted(name):
    """Whether an entry goes into the copy."""
    if name.endswith("/") or SIGNATURE.match(name) or UNUSED.match(name):
        return False
    return not (NATIVE.search(name) and OTHER.search(name.replace("x86_64", "amd64").replace("linux/x86-64", "amd64")))


def main():
    """Copies each jar."""
    folder = Path(sys.argv[1])
    for jar in map(Path, sys.argv[2:]):
        with zipfile.ZipFile(jar) as source, zipfile.ZipFile(folder / jar.name, "w", zipfile.ZIP_STORED) as copy:
            for entry in source.infolist():
                if wanted(entry.filename):
                    kept = zipfile.ZipInfo(entry.filename, entry.date_time)
                    copy.writestr(kept, source.read(entry))


if __name__ == "__main__":
    main()
