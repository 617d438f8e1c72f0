package dev.perihelion.compiler.space;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.space.Constraint;
import dev.perihelion.search.space.ParameterName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The threads of a program together have at most the 65536 registers of a multiprocessor. */
record RegisterBudget() implements Constraint {

    private static final long REGISTERS = 65536;
    private static final long THREADS_PER_WARP = 32;
    private static final long LEAST = 32;

    /** The most registers that a thread can have beside so many warps. */
    static long most(long warps) {
        return REGISTERS / (THREADS_PER_WARP * warps);
    }

    @Override
    public List<ParameterName> parameters() {
        return List.of(Keys.MAXNREG, Keys.NUM_WARPS);
    }

    @Override
    public Optional<String> violation(Configuration configuration) {
        long warps = configuration.getLong(Keys.NUM_WARPS);
        return configuration.get(Keys.MAXNREG) instanceof Long registers && registers > most(warps)
                ? Optional.of("`maxnreg` is " + registers + ", but a thread beside `num_warps` " + warps
                        + " can have at most " + most(warps) + ".")
                : Optional.empty();
    }

    @Override
    public Map<ParameterName, Object> remedy(Configuration configuration) {
        long most = most(configuration.getLong(Keys.NUM_WARPS));
        return Map.of(Keys.MAXNREG, Math.max(LEAST, Long.highestOneBit(most)));
    }
}
