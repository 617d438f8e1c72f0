package dev.perihelion.compiler.args;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perihelion.compiler.args.ArgumentSpec.Fill;
import dev.perihelion.compiler.args.ArgumentSpec.Tensor;
import dev.perihelion.compiler.type.DType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(20)
class ArgumentParserTest {

    @ParameterizedTest
    @EnumSource(DType.class)
    void everyDtypeHasItsShortAndItsTorchName(DType dtype) {
        Tensor wanted = new Tensor(dtype, List.of(4L, 8L), Optional.empty(), Fill.defaultFor(dtype));
        assertThat(parse(dtype.shortName() + "[4,8]")).isEqualTo(wanted);
        assertThat(parse(dtype.torchName() + "[4, 8]")).isEqualTo(wanted);
        assertThat(parse("torch." + dtype.torchName() + "[4,8]")).isEqualTo(wanted);
        assertThat(parse("torch." + dtype.torchName())).isEqualTo(new ArgumentSpec.DTypeValue(dtype));
    }

    @Test
    void tensorsTakeStridesAndAFillInAnyOrder() {
        Tensor wanted = new Tensor(
                DType.FLOAT32, List.of(128L, 64L), Optional.of(List.of(1L, 128L)), new Fill("uniform", -1, 0.5));
        assertThat(parse("f32[128,64]:strides(1,128):uniform(-1,0.5)")).isEqualTo(wanted);
        assertThat(parse("f32[128,64] : uniform(-1, 0.5) : strides(1, 128)")).isEqualTo(wanted);
        assertThat(((Tensor) parse("f32[]")).shape()).isEmpty();
    }

    @Test
    void fillsAreKept() {
        assertThat(fill("i64[9]:randint(0,32768)")).isEqualTo(new Fill("randint", 0, 32768));
        assertThat(fill("i64[9]:arange")).isEqualTo(new Fill("arange", 0, 0));
        assertThat(fill("bf16[9]:zeros")).isEqualTo(new Fill("zeros", 0, 0));
        assertThat(fill("bf16[9]:ones")).isEqualTo(new Fill("ones", 0, 0));
        assertThat(fill("bf16[9]")).isEqualTo(new Fill("normal", 0, 0));
        assertThat(fill("i32[9]")).isEqualTo(new Fill("randint", 0, 2));
        assertThat(fill("i8[9]:randint(-128,128)")).isEqualTo(new Fill("randint", -128, 128));
    }

    @Test
    void scalarsAndTheRest() {
        assertThat(parse("3")).isEqualTo(new ArgumentSpec.Int(3));
        assertThat(parse("-7")).isEqualTo(new ArgumentSpec.Int(-7));
        assertThat(parse("1e-5")).isEqualTo(new ArgumentSpec.Float(1e-5));
        assertThat(parse("2.")).isEqualTo(new ArgumentSpec.Float(2));
        assertThat(parse("-inf")).isEqualTo(new ArgumentSpec.Float(Double.NEGATIVE_INFINITY));
        assertThat(parse("true")).isEqualTo(new ArgumentSpec.Bool(true));
        assertThat(parse("False")).isEqualTo(new ArgumentSpec.Bool(false));
        assertThat(parse("none")).isEqualTo(new ArgumentSpec.None());
        assertThat(parse("\"a \\\" b\"")).isEqualTo(new ArgumentSpec.Str("a \" b"));
        assertThat(parse("'mean'")).isEqualTo(new ArgumentSpec.Str("mean"));
        assertThat(parse("@gelu_epilogue")).isEqualTo(new ArgumentSpec.Function("gelu_epilogue"));
        assertThat(parse("[8192]")).isEqualTo(new ArgumentSpec.Sequence(false, List.of(new ArgumentSpec.Int(8192))));
        assertThat(parse("(4, (1.5,), [])"))
                .isEqualTo(new ArgumentSpec.Sequence(
                        true,
                        List.of(
                                new ArgumentSpec.Int(4),
                                new ArgumentSpec.Sequence(true, List.of(new ArgumentSpec.Float(1.5))),
                                new ArgumentSpec.Sequence(false, List.of()))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "bf16[40x6] | at position 8, `,` or `]` should stand here",
                "bf16[4,-1] | at position 8, an extent should stand here, a whole number of at least 0",
                "bf17[4] | at position 1, `bf17` is not a dtype; the dtypes are bool, u8",
                "bf16[4 | at its end, `,` or `]` should stand here",
                "bf16[4,8]:strides(1) | at position 11, a tensor of rank 2 needs 2 strides, not 1",
                "bf16[4]:strides(1):strides(1) | at position 20, `strides` stands here a second time",
                "bf16[4]:ones:zeros | at position 14, `zeros` is a second fill",
                "bf16[4]:gauss | at position 9, `gauss` is not a fill",
                "i32[4]:normal | at position 8, `normal` needs a floating-point tensor, and this one is i32",
                "f32[4]:uniform(2,1) | at position 8, the lower bound of `uniform` must be below",
                "u8[4]:randint(0,300) | `randint(0,300)` does not fit in u8, which holds 0 to 255",
                "i32[4]:randint(0.5,3) | `randint` needs whole numbers",
                "f32[4]:uniform | at its end, `(` with two numbers, as `uniform(0,2)`, should stand here",
                "mean | at position 1, `mean` is not a value; write \"mean\" in double quotes",
                "bf16 | `bf16` is a dtype; write `bf16[...]` with its shape for a tensor, or `torch.bfloat16`",
                "1e-5x | at position 1, `1e-5x` is not a number",
                "12345678901234567890 | does not fit in 64 bits",
                "\"mean | at position 1, the string that begins here has no closing \"",
                "[1,2 | at its end, `,` or `]` should stand here",
                "3 4 | at position 3, nothing should follow here, but `4` does",
                "@ | at its end, the name of a function of the kernel's file should stand here",
                "~~ | at its end, a value should stand here",
                "torch.float33 | at position 1, `float33` is not a dtype",
            })
    void mistakesAreNamedWithTheirPlace(String text, String wanted) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Cannot read `" + text + "` for `x`: at ")
                .hasMessageContaining(wanted)
                .hasMessageEndingWith(".");
    }

    @Test
    void argumentsGiveTheWorkersJson() {
        Arguments arguments = Arguments.parse(Map.of("x", "f16[2,3]:strides(3,1)"));
        assertThat(arguments.toJson())
                .isEqualTo("[{\"name\":\"x\",\"kind\":\"tensor\",\"dtype\":\"float16\",\"shape\":[2,3],"
                        + "\"strides\":[3,1],\"fill\":{\"kind\":\"normal\"}}]");
    }

    private static Fill fill(String text) {
        return ((Tensor) parse(text)).fill();
    }

    private static ArgumentSpec parse(String text) {
        return ArgumentParser.parse("x", text);
    }

    @Test
    void anExpressionEndsWhereItsItemEnds() {
        Arguments read = Arguments.parse(Map.of("f", "(@lambda a: max(a, 1), @Mode.ADD, 2)"));
        assertThat(read.byName().get("f"))
                .isEqualTo(new ArgumentSpec.Sequence(
                        true,
                        List.of(
                                new ArgumentSpec.Function("lambda a: max(a, 1)"),
                                new ArgumentSpec.Function("Mode.ADD"),
                                new ArgumentSpec.Int(2))));
    }
}
