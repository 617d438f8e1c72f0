package dev.perihelion.compiler;

/**
 * What a module is generated for.
 *
 * @param backend {@code cuda} or {@code hip}
 * @param architecture {@code 90} for sm_90, {@code gfx942} ...
 */
public record Target(String backend, String architecture) {

    public Target {
        boolean known = backend.equals("cuda") && architecture.matches("\\d{2,3}")
                || backend.equals("hip") && architecture.matches("gfx[0-9a-f]{3,4}");
        if (!known) {
            throw new IllegalArgumentException(
                    "Unknown target `" + backend + ":" + architecture + "`. Write it as `cuda:90` or `hip:gfx942`.");
        }
    }

    /**
     * Reads {@code cuda:90} or {@code hip:gfx942}.
     *
     * @throws IllegalArgumentException for anything else; {@code cuda:auto} is resolved by whoever knows the devices
     */
    public static Target parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("Unknown target `" + text + "`. Write it as `cuda:90` or `hip:gfx942`.");
        }
        return new Target(text.substring(0, colon), text.substring(colon + 1));
    }

    public boolean isCuda() {
        return backend.equals("cuda");
    }

    /** The CUDA compute capability as a number, 90 for sm_90; 0 for other backends. */
    public int capability() {
        return isCuda() ? Integer.parseInt(architecture) : 0;
    }

    /** How many multiprocessors a device of this kind has, where none is there to ask. */
    public int multiprocessors() {
        return switch (toString()) {
            case "cuda:80" -> 108;
            case "cuda:90" -> 132;
            case "cuda:100" -> 148;
            case "hip:gfx942" -> 304;
            case "hip:gfx950" -> 256;
            default -> 128;
        };
    }

    /** Whether the device is made of several dies with a cache each. */
    public boolean hasChiplets() {
        return architecture.equals("gfx942") || architecture.equals("gfx950");
    }

    /** Whether it is an AMD accelerator with matrix instructions. */
    public boolean hasMatrixCores() {
        return architecture.startsWith("gfx9");
    }

    @Override
    public String toString() {
        return backend + ":" + architecture;
    }
}
