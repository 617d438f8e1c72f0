package dev.perihelion.sweep.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;

/**
 * A kind of file in the store: the one declaration that the schema, the writer, the reader and the documentation follow.
 *
 * @param name of the table
 * @param columns in the order in which they stand in the files
 * @param fromRow makes a value of a row's columns
 */
public record Table<R>(String name, List<Column<R>> columns, Function<Row, R> fromRow) {

    public Table {
        columns = List.copyOf(columns);
    }

    /** The Parquet schema. */
    public MessageType schema() {
        List<Type> types = new ArrayList<>();
        for (Column<R> column : columns) {
            Repetition repetition = column.optional() ? Repetition.OPTIONAL : Repetition.REQUIRED;
            types.add(column.type().parquet(column.name(), repetition));
        }
        return new MessageType(name, types);
    }

    Group toGroup(MessageType schema, R row) {
        Group group = new SimpleGroup(schema);
        for (Column<R> column : columns) {
            Object value = column.value().apply(row);
            if (value != null) {
                column.type().write(group, column.name(), value);
            } else if (!column.optional()) {
                throw new IllegalArgumentException("A row of " + name + " needs `" + column.name() + "`.");
            }
        }
        return group;
    }

    R fromGroup(String file, Group group) {
        Row row = values(group);
        missing(row).stream().findFirst().ifPresent(column -> {
            throw new StoreException("The file " + file + " has no `" + column + "`, which every file of " + name
                    + " has. It is not of this store's schema.");
        });
        return fromRow.apply(row);
    }

    /** What a row of a file has of this table's columns. */
    Row values(Group group) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Column<R> column : columns) {
            if (group.getType().containsField(column.name()) && group.getFieldRepetitionCount(column.name()) > 0) {
                values.put(column.name(), column.type().read(group, column.name()));
            }
        }
        return new Row(values);
    }

    /** The columns that every row needs and this one lacks. */
    List<String> missing(Row row) {
        return columns.stream()
                .filter(column -> !column.optional() && !row.has(column.name()))
                .map(Column::name)
                .toList();
    }

    /** The same table with rows as they stand in the files; what one file has is written to another as it was. */
    Table<Row> raw() {
        List<Column<Row>> raw = new ArrayList<>();
        for (Column<R> column : columns) {
            raw.add(new Column<>(
                    column.name(),
                    column.type(),
                    column.optional(),
                    column.documentation(),
                    row -> row.values().get(column.name())));
        }
        return new Table<>(name, raw, row -> row);
    }
}
