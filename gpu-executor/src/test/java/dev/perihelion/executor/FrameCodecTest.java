package dev.perihelion.executor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FrameCodecTest {

    private static byte[] bytes() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FrameCodec.write(out, new Frame(FrameCodec.JSON.createObjectNode().put("op", "ä"), new byte[] {0, 1, -1}));
        return out.toByteArray();
    }

    @Test
    void aFrameSurvives() throws IOException {
        Frame frame = FrameCodec.read(new ByteArrayInputStream(bytes()));
        assertEquals("ä", frame.header().path("op").asText());
        assertArrayEquals(new byte[] {0, 1, -1}, frame.payload());
    }

    @Test
    void rubbishIsShown() {
        byte[] rubbish = "Hello from user code".getBytes(StandardCharsets.US_ASCII);
        IOException error = assertThrows(
                FrameCodec.ProtocolException.class, () -> FrameCodec.read(new ByteArrayInputStream(rubbish)));
        assertTrue(error.getMessage().contains("`Hell`"), error.getMessage());
    }

    @Test
    void aFrameCutShortIsAnEnd() throws IOException {
        byte[] whole = bytes();
        for (int length : new int[] {0, 3, 9, whole.length - 1}) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThrows(EOFException.class, () -> FrameCodec.read(new ByteArrayInputStream(part)));
        }
    }
}
