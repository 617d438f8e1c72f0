package dev.perihelion.sweep.store;

import java.util.function.Function;

/**
 * One column of a stored table.
 *
 * @param name as it stands in the files
 * @param type of its values
 * @param optional whether a row may have none; readers take a column that a file lacks as none everywhere
 * @param documentation what it means, with its unit, for docs/store.md
 * @param value of a row; null only where optional
 */
public record Column<R>(
        String name, ColumnType type, boolean optional, String documentation, Function<R, Object> value) {

    static <R> Column<R> required(String name, ColumnType type, String documentation, Function<R, Object> value) {
        return new Column<>(name, type, false, documentation, value);
    }

    static <R> Column<R> optional(String name, ColumnType type, String documentation, Function<R, Object> value) {
        return new Column<>(name, type, true, documentation, value);
    }
}
