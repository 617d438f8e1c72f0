package dev.perihelion.compiler.args;

import dev.perihelion.compiler.type.DType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.function.LongUnaryOperator;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * The elements of a tensor of whole numbers or truth values: offsets, indices and masks mean something, and drawing them anew would ask
 * another question. As text they are the storage's bytes, little endian, in zlib's format and base64 for URLs.
 *
 * @param text the elements as text
 * @param dtype theirs; not a floating one
 */
public record WholeNumbers(String text, DType dtype) {

    /**
     * Reads elements from their text.
     *
     * @throws IllegalArgumentException if the text isn't the bytes of so many elements; one clause, without a full stop
     */
    public static WholeNumbers read(String text, DType dtype, long elements) {
        if (dtype.isFloating()) {
            throw new IllegalArgumentException(
                    "`data` needs a tensor of whole numbers, and this one is " + dtype.shortName());
        }
        long length = inflate(text, elements * dtype.bytes() + 1).length;
        if (length != elements * dtype.bytes()) {
            throw new IllegalArgumentException("`data` holds " + length + " bytes or more, and " + elements
                    + " elements of " + dtype.shortName() + " are " + elements * dtype.bytes());
        }
        return new WholeNumbers(text, dtype);
    }

    /**
     * So many of the first elements, none above a limit: indices and offsets of a tensor whose extents were replaced. Where there are
     * fewer, as small extents may be replaced by larger ones, the last is repeated, so that offsets still ascend.
     */
    WholeNumbers first(long elements, long limit) {
        int width = dtype.bytes();
        byte[] given = inflate(text, elements * width);
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.toIntExact(elements * width)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(given);
        while (given.length >= width && bytes.hasRemaining()) {
            bytes.put(given, given.length - width, width);
        }
        LongUnaryOperator clamp = value -> Math.min(value, limit);
        for (int at = 0; at + width <= bytes.capacity(); at += width) {
            switch (width) {
                case 4 -> bytes.putInt(at, (int) clamp.applyAsLong(bytes.getInt(at)));
                case 8 -> bytes.putLong(at, clamp.applyAsLong(bytes.getLong(at)));
                default -> {
                    // Narrow numbers are data, seldom indices.
                }
            }
        }
        return new WholeNumbers(deflate(bytes.array()), dtype);
    }

    /** The bytes, at most so many. */
    private static byte[] inflate(String text, long most) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(Base64.getUrlDecoder().decode(text));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[8192];
            int count;
            while (out.size() < most
                    && (count = inflater.inflate(buffer, 0, (int) Math.min(buffer.length, most - out.size()))) > 0) {
                out.write(buffer, 0, count);
            }
            return out.toByteArray();
        } catch (DataFormatException | IllegalArgumentException e) {
            throw new IllegalArgumentException("`data` is not base64 of zlib's format", e);
        } finally {
            inflater.end();
        }
    }

    private static String deflate(byte[] bytes) {
        Deflater deflater = new Deflater();
        deflater.setInput(bytes);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(out.toByteArray());
    }
}
