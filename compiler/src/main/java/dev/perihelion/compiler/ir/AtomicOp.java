package dev.perihelion.compiler.ir;

/** Read-modify-write operations on elements of host tensors; each gives the element's previous value. */
public enum AtomicOp {
    ADD,
    AND,
    OR,
    XOR,
    MAX,
    MIN,
    XCHG,
    CAS
}
