package dev.perihelion.executor;

/**
 * The user's Python file, which holds references and input functions beside the kernel.
 *
 * @param path where it lies on the machine that read it; used where it exists, so that its neighbours can be imported
 * @param text its content; used where the path does not exist, as on another machine
 */
public record KernelFile(String path, String text) {}
