/** The compiler: Python tile kernels to standalone Triton modules, and the search space of each kernel. */
package dev.perihelion.compiler;
