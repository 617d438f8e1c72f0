package dev.perihelion.cli;

import java.io.PrintWriter;
import java.util.List;

/** Prints rows in aligned columns. */
final class TextTable {

    private TextTable() {}

    static void print(PrintWriter out, List<String> header, List<List<String>> rows) {
        int[] widths = new int[header.size()];
        for (int column = 0; column < widths.length; column++) {
            int at = column;
            widths[column] = Math.max(
                    header.get(column).length(),
                    rows.stream().mapToInt(row -> row.get(at).length()).max().orElse(0));
        }
        line(out, header, widths);
        rows.forEach(row -> line(out, row, widths));
    }

    private static void line(PrintWriter out, List<String> cells, int[] widths) {
        StringBuilder text = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = cells.get(column);
            boolean last = column == widths.length - 1;
            text.append(cell).append(last ? "" : " ".repeat(widths[column] - cell.length() + 2));
        }
        out.println(text.toString().stripTrailing());
    }
}
