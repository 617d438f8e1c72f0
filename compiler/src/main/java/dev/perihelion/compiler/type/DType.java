package dev.perihelion.compiler.type;

import java.util.Arrays;
import java.util.Optional;

/** Element types, with torch's and Triton's names for them. */
public enum DType {
    BOOL("bool", "int1", "bool", 1, Category.BOOL),
    UINT8("uint8", "uint8", "u8", 1, Category.INTEGER),
    INT8("int8", "int8", "i8", 1, Category.INTEGER),
    INT16("int16", "int16", "i16", 2, Category.INTEGER),
    UINT16("uint16", "uint16", "u16", 2, Category.INTEGER),
    INT32("int32", "int32", "i32", 4, Category.INTEGER),
    UINT32("uint32", "uint32", "u32", 4, Category.INTEGER),
    INT64("int64", "int64", "i64", 8, Category.INTEGER),
    UINT64("uint64", "uint64", "u64", 8, Category.INTEGER),
    FLOAT8_E4M3FN("float8_e4m3fn", "float8e4nv", "f8e4m3", 1, Category.FLOATING),
    FLOAT8_E5M2("float8_e5m2", "float8e5", "f8e5m2", 1, Category.FLOATING),
    /** Pairs of 4-bit numbers, the first in the low bits; the device holds them as bytes. */
    FLOAT4_E2M1FN_X2("float4_e2m1fn_x2", "uint8", "f4e2m1x2", 1, Category.FLOATING),
    FLOAT16("float16", "float16", "f16", 2, Category.FLOATING),
    BFLOAT16("bfloat16", "bfloat16", "bf16", 2, Category.FLOATING),
    FLOAT32("float32", "float32", "f32", 4, Category.FLOATING),
    FLOAT64("float64", "float64", "f64", 8, Category.FLOATING);

    /** torch's three kinds of type, in the order of its promotion rules. */
    public enum Category {
        BOOL,
        INTEGER,
        FLOATING
    }

    private final String torchName;
    private final String tritonName;
    private final String shortName;
    private final int bytes;
    private final Category category;

    DType(String torchName, String tritonName, String shortName, int bytes, Category category) {
        this.torchName = torchName;
        this.tritonName = tritonName;
        this.shortName = shortName;
        this.bytes = bytes;
        this.category = category;
    }

    /** The attribute of {@code torch}, as {@code float16}. */
    public String torchName() {
        return torchName;
    }

    /** The attribute of {@code triton.language}, as {@code float8e4nv}. */
    public String tritonName() {
        return tritonName;
    }

    /** The command line's name, as {@code f16}. */
    public String shortName() {
        return shortName;
    }

    /** Whether it is an integer type without negative values. */
    public boolean isUnsigned() {
        return name().startsWith("UINT");
    }

    /** Size of one element. */
    public int bytes() {
        return bytes;
    }

    public Category category() {
        return category;
    }

    public boolean isFloating() {
        return category == Category.FLOATING;
    }

    /** float16 or bfloat16. */
    public boolean isHalf() {
        return this == FLOAT16 || this == BFLOAT16;
    }

    /** One of the 8-bit floating-point types. */
    public boolean isFloat8() {
        return this == FLOAT8_E4M3FN || this == FLOAT8_E5M2;
    }

    /** The largest finite number of a floating-point type. */
    public double largest() {
        return switch (this) {
            case FLOAT8_E4M3FN -> 448;
            case FLOAT8_E5M2 -> 57344;
            case FLOAT16 -> 65504;
            case BFLOAT16 -> 0x1.FEp127;
            case FLOAT32 -> Float.MAX_VALUE;
            case FLOAT64 -> Double.MAX_VALUE;
            default -> throw new IllegalStateException(torchName + " is not a floating-point type.");
        };
    }

    /** The dtype with this torch name, alias (half, float, double, long, int, short) or command-line name. */
    public static Optional<DType> named(String name) {
        String known = switch (name) {
            case "half" -> "float16";
            case "float" -> "float32";
            case "double" -> "float64";
            case "long" -> "int64";
            case "int" -> "int32";
            case "short" -> "int16";
            default -> name;
        };
        return Arrays.stream(values())
                .filter(dtype -> dtype.torchName.equals(known) || dtype.shortName.equals(known))
                .findFirst();
    }
}
