package dev.perihelion.compiler.args;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.compiler.args.ArgumentSpec.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class WholeNumbersTest {

    @Test
    void elementsGoThroughUnchanged() {
        String data = pack(0, 3, 100, 5000);
        Tensor tensor = tensor("i64[4]:data(" + data + ")");
        assertThat(tensor.fill().toJsonMap()).containsEntry("kind", "data").containsEntry("zlib", data);
    }

    @Test
    void theNumberOfElementsMustBeTheTensors() {
        String data = pack(0, 3, 100, 5000);
        assertThatThrownBy(() -> tensor("i64[5]:data(" + data + ")")).hasMessageContaining("5 elements of i64 are 40");
        assertThatThrownBy(() -> tensor("i64[3]:data(" + data + ")")).hasMessageContaining("3 elements of i64 are 24");
        assertThatThrownBy(() -> tensor("i64[3]:data(,)")).hasMessageContaining("base64");
        assertThatThrownBy(() -> tensor("f32[8]:data(" + data + ")")).hasMessageContaining("whole numbers");
        assertThat(tensor("i64[2,2]:strides(1,2):data(" + data + ")").shape()).containsExactly(2L, 2L);
    }

    /** Offsets of rows still ascend, and indices stay within every extent that was made small. */
    @Test
    void smallShapesKeepTheFirstElementsWithinTheirExtents() {
        long[] offsets = new long[101];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = 7L * i;
        }
        Arguments small = ShapeShrinker.shrink(Arguments.parse(Map.of(
                "values",
                "f32[700,64]",
                "offsets",
                "i64[101]:data(" + pack(offsets) + ")",
                "index",
                "i32[64]:randint(0,700)")));
        Tensor shrunk = (Tensor) small.byName().get("offsets");
        long[] numbers = unpack(shrunk.fill().data().orElseThrow().text());
        assertThat(numbers).hasSize(shrunk.shape().get(0).intValue()).isSorted().startsWith(0, 7, 14, 21, 25, 25);
        long rows = ((Tensor) small.byName().get("values")).shape().get(0);
        assertThat(numbers[numbers.length - 1]).isLessThan(rows);
        assertThat(((Tensor) small.byName().get("index")).fill().high()).isLessThanOrEqualTo(rows);
    }

    /** Extents just above those that are left alone are replaced by larger ones. */
    @Test
    void elementsThatAreMissingRepeatTheLast() {
        long[] offsets = new long[25];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = i;
        }
        Arguments small =
                ShapeShrinker.shrink(Arguments.parse(Map.of("offsets", "i64[25]:data(" + pack(offsets) + ")")));
        Tensor shrunk = (Tensor) small.byName().get("offsets");
        long[] numbers = unpack(shrunk.fill().data().orElseThrow().text());
        assertThat(shrunk.shape().get(0)).isGreaterThan(25);
        assertThat(numbers)
                .hasSize(shrunk.shape().get(0).intValue())
                .isSorted()
                .startsWith(0, 1, 2)
                .endsWith(24, 24);
    }

    private static Tensor tensor(String text) {
        return (Tensor) Arguments.parse(Map.of("x", text)).byName().get("x");
    }

    private static String pack(long... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long number : numbers) {
            bytes.putLong(number);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream packed = new DeflaterOutputStream(out)) {
            packed.write(bytes.array());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(out.toByteArray());
    }

    private static long[] unpack(String text) {
        byte[] packed = Base64.getUrlDecoder().decode(text);
        try (InflaterInputStream in = new InflaterInputStream(new java.io.ByteArrayInputStream(packed))) {
            ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
            long[] numbers = new long[bytes.capacity() / 8];
            bytes.asLongBuffer().get(numbers);
            return numbers;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
