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
        Map<String, Object> values = new LinkedHashMap<>();
        for (Column<R> column : columns) {
            boolean present =
                    group.getType().containsField(column.name()) && group.getFieldRepetitionCount(column.name()) > 0;
            if (present) {
                values.put(column.name(), column.type().read(group, column.name()));
            } else if (!column.optional()) {
                throw new StoreException("The file " + file + " has no `" + column.name() + "`, which every file of "
                        + name + " has. It is not of this store's schema.");
            }
        }
        return fromRow.apply(new Row(values));
    }
}
