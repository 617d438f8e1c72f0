package dev.perihelion.cli.doctor;

import java.util.List;
import java.util.function.Function;

/**
 * One thing to look at.
 *
 * @param name what it is about, a word or two
 * @param look judges the facts; one finding for each of the things that there may be several of, none where it does not apply
 */
public record Check(String name, Function<Facts, List<Finding>> look) {

    /** A check with one finding. */
    static Check of(String name, Function<Facts, Finding> look) {
        return new Check(name, facts -> List.of(look.apply(facts)));
    }
}
