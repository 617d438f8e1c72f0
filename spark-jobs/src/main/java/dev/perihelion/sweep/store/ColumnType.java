package dev.perihelion.sweep.store;

import static org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit.MICROS;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;

/** What a column can hold, with its form in Parquet and in Java. */
public enum ColumnType {
    /** UTF-8 text; a {@link String}. */
    STRING("string") {
        @Override
        Type parquet(String name, Repetition repetition) {
            return Types.primitive(PrimitiveTypeName.BINARY, repetition)
                    .as(stringType())
                    .named(name);
        }

        @Override
        void write(Group group, String name, Object value) {
            group.add(name, (String) value);
        }

        @Override
        Object read(Group group, String name) {
            return group.getString(name, 0);
        }
    },
    /** 64-bit whole number; a {@link Long}. */
    LONG("int64") {
        @Override
        Type parquet(String name, Repetition repetition) {
            return Types.primitive(PrimitiveTypeName.INT64, repetition).named(name);
        }

        @Override
        void write(Group group, String name, Object value) {
            group.add(name, ((Number) value).longValue());
        }

        @Override
        Object read(Group group, String name) {
            return group.getLong(name, 0);
        }
    },
    /** Double precision; a {@link Double}. */
    DOUBLE("double") {
        @Override
        Type parquet(String name, Repetition repetition) {
            return Types.primitive(PrimitiveTypeName.DOUBLE, repetition).named(name);
        }

        @Override
        void write(Group group, String name, Object value) {
            group.add(name, (double) value);
        }

        @Override
        Object read(Group group, String name) {
            return group.getDouble(name, 0);
        }
    },
    /** A list of doubles, never null; a {@code List<Double>}. */
    DOUBLES("list&lt;double&gt;") {
        @Override
        Type parquet(String name, Repetition repetition) {
            return Types.list(repetition)
                    .element(PrimitiveTypeName.DOUBLE, Repetition.REQUIRED)
                    .named(name);
        }

        @Override
        void write(Group group, String name, Object value) {
            Group list = group.addGroup(name);
            for (Object element : (List<?>) value) {
                list.addGroup("list").add("element", (double) element);
            }
        }

        @Override
        Object read(Group group, String name) {
            Group list = group.getGroup(name, 0);
            List<Double> values = new ArrayList<>();
            for (int i = 0; i < list.getFieldRepetitionCount(0); i++) {
                values.add(list.getGroup(0, i).getDouble(0, 0));
            }
            return List.copyOf(values);
        }
    },
    /** A list of single-precision numbers, never null; in Java a {@code List<Double>}. */
    FLOATS("list&lt;float&gt;") {
        @Override
        Type parquet(String name, Repetition repetition) {
            return Types.list(repetition)
                    .element(PrimitiveTypeName.FLOAT, Repetition.REQUIRED)
                    .named(name);
        }

        @Override
        void write(Group group, String name, Object value) {
            Group list = group.addGroup(name);
            for (Object element : (List<?>) value) {
                list.addGroup("list").add("element", ((Double) element).floatValue());
            }
        }

        @Override
        Object read(Group group, String name) {
            Group list = group.getGroup(name, 0);
            List<Double> values = new ArrayList<>();
            for (int i = 0; i < list.getFieldRepetitionCount(0); i++) {
                values.add((double) list.getGroup(0, i).getFloat(0, 0));
            }
            return List.copyOf(values);
        }
    },
    /** A moment, microseconds since 1970 in UTC; an {@link Instant}. */
    TIMESTAMP("timestamp[us, UTC]") {
        @Override
        Type parquet(String name, Repetition repetition) {
            return Types.primitive(PrimitiveTypeName.INT64, repetition)
                    .as(timestampType(true, MICROS))
                    .named(name);
        }

        @Override
        void write(Group group, String name, Object value) {
            group.add(name, ChronoUnit.MICROS.between(Instant.EPOCH, (Instant) value));
        }

        @Override
        Object read(Group group, String name) {
            return Instant.EPOCH.plus(group.getLong(name, 0), ChronoUnit.MICROS);
        }
    };

    private final String label;

    ColumnType(String label) {
        this.label = label;
    }

    /** Its name in docs/store.md. */
    public String label() {
        return label;
    }

    abstract Type parquet(String name, Repetition repetition);

    abstract void write(Group group, String name, Object value);

    abstract Object read(Group group, String name);
}
