package dev.perihelion.sweep.store;

import dev.perihelion.sweep.store.StoreProblem.Kind;
import java.io.FileNotFoundException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;

/**
 * One Parquet file, read in spite of what is wrong with it.
 *
 * @param <R> what its rows are
 */
final class CheckedFile<R> {

    /** Hears of the rows that could be read. */
    interface Rows<R> {

        /**
         * A row.
         *
         * @param number counts from 1
         * @param row as it stands in the file
         * @param value what it means
         */
        void row(long number, Row row, R value);
    }

    private final Table<R> table;
    private final String name;
    private final StoreFindings findings;
    private long rows;
    private boolean schemaTold;
    private boolean whole = true;

    private CheckedFile(Table<R> table, String name, StoreFindings findings) {
        this.table = table;
        this.name = name;
        this.findings = findings;
    }

    /**
     * Reads a file and tells of its problems.
     *
     * @param name for messages
     * @return whether all of its rows could be read
     * @throws Gone where the file has been removed since it was listed
     */
    static <R> boolean read(
            ParquetFiles files, Table<R> table, Path file, String name, StoreFindings findings, Rows<R> rows) {
        CheckedFile<R> checked = new CheckedFile<>(table, name, findings);
        try {
            files.visit(file, group -> checked.row(group, rows));
            if (checked.rows == 0) {
                findings.add(Kind.VALUE, name, OptionalLong.empty(), "It has no rows.", "Delete it.");
            }
        } catch (StoreException e) {
            if (e.getCause() instanceof FileNotFoundException && !files.exists(file)) {
                throw new Gone();
            }
            String cause = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
            findings.add(
                    Kind.UNREADABLE,
                    name,
                    OptionalLong.empty(),
                    "It cannot be read" + (checked.rows > 0 ? " beyond row " + checked.rows : "") + ": " + cause,
                    "Bring it back from a copy, or move it out of the store, which loses its rows.");
            return false;
        }
        return checked.whole;
    }

    /** The file was there when its folder was listed, and is not there any more. */
    static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private void row(Group group, Rows<R> consumer) {
        rows++;
        Row row;
        try {
            row = table.values(group);
        } catch (RuntimeException e) {
            schema("Its columns have other types than those of " + table.name() + " (" + e.getMessage() + ").");
            return;
        }
        Object version = row.values().get("schema_version");
        List<String> missing = table.missing(row);
        if (version instanceof Long number && number > Tables.SCHEMA_VERSION) {
            schema("Its schema version is " + number + ", and this version of Perihelion knows those up to "
                    + Tables.SCHEMA_VERSION + ".");
        } else if (version instanceof Long number && number < 1) {
            schema("Its schema version is " + number + ", which no version of Perihelion wrote.");
        } else if (!missing.isEmpty()) {
            schema("It has no `" + missing.get(0) + "`, which every row of " + table.name() + " has.");
        } else {
            value(row).ifPresent(value -> consumer.row(rows, row, value));
        }
    }

    private Optional<R> value(Row row) {
        try {
            return Optional.of(table.fromRow().apply(row));
        } catch (RuntimeException e) {
            whole = false;
            findings.add(
                    Kind.VALUE,
                    name,
                    OptionalLong.of(rows),
                    "It has a value that cannot be: " + e.getMessage(),
                    "Bring the file back from a copy, or move it out of the store, which loses its rows.");
            return Optional.empty();
        }
    }

    /** What holds for one row of a file holds for most; it is told once. */
    private void schema(String what) {
        whole = false;
        if (!schemaTold) {
            schemaTold = true;
            findings.add(
                    Kind.SCHEMA,
                    name,
                    OptionalLong.of(rows),
                    what,
                    "Read it with the version of Perihelion that wrote it or a newer one, or move it out of the store.");
        }
    }
}
