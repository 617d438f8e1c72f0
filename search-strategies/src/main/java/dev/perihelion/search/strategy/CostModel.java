package dev.perihelion.search.strategy;

import dev.perihelion.search.space.Configuration;

/**
 * What is known of a configuration before it is compiled. The answers must not change during a search: proposals depend
 * on them, and a resumed search asks again.
 */
public interface CostModel {

    /** Nothing is known: compiling costs nothing and everything may run. */
    CostModel NONE = new CostModel() {
        @Override
        public double compileMillis(Configuration configuration) {
            return 0;
        }

        @Override
        public boolean mayRun(Configuration configuration) {
            return true;
        }
    };

    /** The time that compiling is expected to take, in milliseconds; 0 where that is not known. */
    double compileMillis(Configuration configuration);

    /** False where the target cannot run the configuration, so that trying it is wasted; true in doubt. */
    boolean mayRun(Configuration configuration);
}
