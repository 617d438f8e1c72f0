package dev.perihelion.executor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Frames as bytes: magic, lengths of header and payload in bytes (32 bit, big endian), header (a JSON object), payload.
 * The Python side is {@code perihelion/worker/frames.py}.
 */
final class FrameCodec {

    static final int PROTOCOL = 1;
    static final ObjectMapper JSON = new ObjectMapper();

    private static final byte[] MAGIC = "PHW1".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_HEADER_BYTES = 64 << 20;
    private static final int MAX_PAYLOAD_BYTES = 1 << 30;

    private FrameCodec() {}

    /** What came is not a frame. */
    static final class ProtocolException extends IOException {
        private static final long serialVersionUID = 1L;

        ProtocolException(String message) {
            super(message);
        }
    }

    static void write(OutputStream out, Frame frame) throws IOException {
        byte[] header = JSON.writeValueAsBytes(frame.header());
        ByteBuffer prefix = ByteBuffer.allocate(12);
        prefix.put(MAGIC).putInt(header.length).putInt(frame.payload().length);
        out.write(prefix.array());
        out.write(header);
        out.write(frame.payload());
        out.flush();
    }

    /**
     * Reads the next frame.
     *
     * @throws EOFException where the stream ends, before a frame or within one
     * @throws ProtocolException where something else than a frame comes
     */
    static Frame read(InputStream in) throws IOException {
        byte[] magic = exactly(in, MAGIC.length);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new ProtocolException("Expected a frame, got the bytes `" + printable(magic) + "`.");
        }
        ByteBuffer lengths = ByteBuffer.wrap(exactly(in, 8));
        int headerBytes = lengths.getInt();
        int payloadBytes = lengths.getInt();
        if (headerBytes < 0 || headerBytes > MAX_HEADER_BYTES || payloadBytes < 0 || payloadBytes > MAX_PAYLOAD_BYTES) {
            throw new ProtocolException("The frame's lengths are not possible: " + headerBytes + " bytes of header, "
                    + payloadBytes + " bytes of payload.");
        }
        JsonNode header;
        try {
            header = JSON.readTree(exactly(in, headerBytes));
        } catch (JsonProcessingException e) {
            throw new ProtocolException("The frame's header is not JSON: " + e.getOriginalMessage());
        }
        if (!(header instanceof ObjectNode object)) {
            throw new ProtocolException("The frame's header is not a JSON object.");
        }
        return new Frame(object, exactly(in, payloadBytes));
    }

    private static byte[] exactly(InputStream in, int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("The stream ended " + (count - bytes.length) + " bytes before the end of a frame.");
        }
        return bytes;
    }

    private static String printable(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            text.append(b >= 32 && b < 127 ? (char) b : '.');
        }
        return text.toString();
    }
}
