package dev.perihelion.executor;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One message to or from a worker.
 *
 * @param header what it says
 * @param payload bytes that go with it; may be empty
 */
@SuppressWarnings("ArrayRecordComponent") // Lives for one exchange and is never compared.
record Frame(ObjectNode header, byte[] payload) {}
