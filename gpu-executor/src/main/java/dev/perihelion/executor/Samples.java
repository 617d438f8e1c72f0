package dev.perihelion.executor;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;

/** Samples out of an Arrow IPC stream of one record batch; the Python side is {@code perihelion/worker/samples.py}. */
final class Samples {

    private Samples() {}

    /** The column {@code latency_ns}, nanoseconds. */
    static double[] latencies(byte[] stream) throws IOException {
        return read(stream, root -> {
            Float8Vector column = column(root, "latency_ns", Float8Vector.class);
            double[] samples = new double[column.getValueCount()];
            for (int i = 0; i < samples.length; i++) {
                samples[i] = column.get(i);
            }
            return samples;
        });
    }

    /** The column {@code latency_ns} split by {@code lane}, each lane's in the order of {@code round}, which has no gaps. */
    static double[][] byLane(byte[] stream, int lanes) throws IOException {
        return read(stream, root -> {
            IntVector round = column(root, "round", IntVector.class);
            IntVector lane = column(root, "lane", IntVector.class);
            Float8Vector latency = column(root, "latency_ns", Float8Vector.class);
            int[] counts = new int[lanes];
            int rows = latency.getValueCount();
            for (int i = 0; i < rows; i++) {
                if (lane.get(i) < 0 || lane.get(i) >= lanes) {
                    throw new IOException("row " + i + " names lane " + lane.get(i) + " of " + lanes);
                }
                counts[lane.get(i)]++;
            }
            double[][] samples = new double[lanes][];
            Arrays.setAll(samples, each -> filled(counts[each]));
            for (int i = 0; i < rows; i++) {
                double[] own = samples[lane.get(i)];
                int place = round.get(i);
                if (place < 0 || place >= own.length || !Double.isNaN(own[place])) {
                    throw new IOException(
                            "lane " + lane.get(i) + " has " + own.length + " samples, and one of round " + place);
                }
                own[place] = latency.get(i);
            }
            return samples;
        });
    }

    private static double[] filled(int count) {
        double[] values = new double[count];
        Arrays.fill(values, Double.NaN);
        return values;
    }

    private interface Reader<T> {
        T read(VectorSchemaRoot root) throws IOException;
    }

    private static <T> T read(byte[] stream, Reader<T> reader) throws IOException {
        try (BufferAllocator allocator = new RootAllocator();
                ArrowStreamReader arrow = new ArrowStreamReader(new ByteArrayInputStream(stream), allocator)) {
            if (!arrow.loadNextBatch()) {
                throw new IOException("the stream has no record batch");
            }
            return reader.read(arrow.getVectorSchemaRoot());
        }
    }

    private static <T> T column(VectorSchemaRoot root, String name, Class<T> type) throws IOException {
        Object column = root.getVector(name);
        if (!type.isInstance(column)) {
            throw new IOException("the stream has no column `" + name + "` of " + type.getSimpleName());
        }
        return type.cast(column);
    }
}
