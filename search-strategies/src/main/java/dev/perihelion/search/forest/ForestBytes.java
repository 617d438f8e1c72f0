package dev.perihelion.search.forest;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A forest as bytes. Version 1: {@code PHRF}, the version, then features, trees and the offset; for each feature its importance and
 * the thresholds in use; for each tree its nodes in preorder. A node is the feature plus 1 and the threshold's position, or
 * 0 and the prediction. Whole numbers take 7 bits a byte, the lowest first; the others are IEEE, big-endian.
 */
final class ForestBytes {

    private static final int MAGIC = 0x50485246;
    private static final int VERSION = 1;

    /** Beyond this a number in damaged bytes would ask for too much memory. */
    private static final int MAX_COUNT = 1 << 24;

    private ForestBytes() {}

    static byte[] write(Nodes nodes) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeInt(MAGIC);
            writeCount(out, VERSION);
            writeCount(out, nodes.features());
            writeCount(out, nodes.trees());
            out.writeDouble(nodes.offset());
            double[][] thresholds = thresholds(nodes);
            for (int feature = 0; feature < thresholds.length; feature++) {
                out.writeFloat(nodes.importance()[feature]);
                writeCount(out, thresholds[feature].length);
                for (double threshold : thresholds[feature]) {
                    out.writeDouble(threshold);
                }
            }
            for (int node = 0; node < nodes.size(); node++) {
                if (nodes.isLeaf(node)) {
                    writeCount(out, 0);
                    out.writeFloat(nodes.value(node));
                } else {
                    int feature = nodes.feature(node);
                    writeCount(out, feature + 1);
                    writeCount(out, Arrays.binarySearch(thresholds[feature], nodes.threshold(node)));
                }
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("Memory takes every byte.", e);
        }
    }

    static Nodes read(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readInt() != MAGIC) {
                throw new IllegalArgumentException("These bytes are no forest.");
            }
            int version = readCount(in);
            if (version != VERSION) {
                throw new IllegalArgumentException(
                        "The forest is of version " + version + ", known is " + VERSION + "; fit it again.");
            }
            int features = readCount(in);
            int trees = readCount(in);
            Nodes nodes = new Nodes(features, in.readDouble());
            double[][] thresholds = new double[features][];
            for (int feature = 0; feature < features; feature++) {
                nodes.importance()[feature] = in.readFloat();
                thresholds[feature] = new double[readCount(in)];
                for (int i = 0; i < thresholds[feature].length; i++) {
                    thresholds[feature][i] = in.readDouble();
                }
            }
            for (int tree = 0; tree < trees; tree++) {
                nodes.startTree();
                readSubtree(in, nodes, thresholds, 0);
            }
            if (in.read() >= 0) {
                throw new IllegalArgumentException("The forest is damaged: bytes are left over.");
            }
            return nodes;
        } catch (IOException e) {
            throw new IllegalArgumentException("The forest is damaged: it ends too early.", e);
        }
    }

    private static void readSubtree(DataInputStream in, Nodes nodes, double[][] thresholds, int depth)
            throws IOException {
        int kind = readCount(in);
        if (kind == 0) {
            nodes.addLeaf(in.readFloat());
            return;
        }
        int feature = kind - 1;
        int position = readCount(in);
        if (feature >= thresholds.length || position >= thresholds[feature].length || depth > ForestOptions.MAX_DEPTH) {
            throw new IllegalArgumentException("The forest is damaged: a node tests what is not there.");
        }
        int node = nodes.addSplit(feature, thresholds[feature][position], 0);
        readSubtree(in, nodes, thresholds, depth + 1);
        nodes.setRight(node);
        readSubtree(in, nodes, thresholds, depth + 1);
    }

    private static double[][] thresholds(Nodes nodes) {
        double[][] thresholds = new double[nodes.features()][];
        List<TreeSet<Double>> used = IntStream.range(0, nodes.features())
                .mapToObj(feature -> new TreeSet<Double>())
                .toList();
        for (int node = 0; node < nodes.size(); node++) {
            if (!nodes.isLeaf(node)) {
                used.get(nodes.feature(node)).add(nodes.threshold(node));
            }
        }
        Arrays.setAll(
                thresholds,
                feature -> used.get(feature).stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray());
        return thresholds;
    }

    private static void writeCount(DataOutputStream out, int count) throws IOException {
        int rest = count;
        while (rest >= 0x80) {
            out.writeByte(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    private static int readCount(DataInputStream in) throws IOException {
        int count = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            int next = in.readUnsignedByte();
            count |= (next & 0x7f) << shift;
            if (next < 0x80) {
                if (count > MAX_COUNT) {
                    break;
                }
                return count;
            }
        }
        throw new IllegalArgumentException("The forest is damaged: a count is too large.");
    }
}
