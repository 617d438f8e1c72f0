package dev.perihelion.executor;

import java.util.Optional;

/**
 * What a worker said in its hello.
 *
 * @param protocol version of the frames
 * @param python version, as {@code 3.11.7}
 * @param torch version
 * @param triton version
 * @param device the GPU it holds; empty for workers without one
 */
public record WorkerInfo(int protocol, String python, String torch, String triton, Optional<Device> device) {

    /**
     * A GPU.
     *
     * @param name as the driver says it
     * @param uuid unique to this card
     * @param target what to compile for, as {@code cuda:90}
     * @param multiprocessors how many
     * @param memoryBytes of device memory
     * @param l2Bytes of L2 cache
     * @param driver its version
     */
    public record Device(
            String name,
            String uuid,
            String target,
            int multiprocessors,
            long memoryBytes,
            long l2Bytes,
            String driver) {}
}
