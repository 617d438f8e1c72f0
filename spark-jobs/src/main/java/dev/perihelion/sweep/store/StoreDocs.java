package dev.perihelion.sweep.store;

import java.util.List;

/** The tables of docs/store.md, from the declarations. */
public final class StoreDocs {

    private StoreDocs() {}

    /** One Markdown table per stored table, with a heading each. */
    public static String markdown() {
        StringBuilder text = new StringBuilder();
        for (Table<?> table : List.of(Tables.TRIALS, Tables.TASKS, Tables.SWEEPS)) {
            text.append("### ").append(table.name()).append("\n\n");
            text.append("| column | type | null | meaning |\n|---|---|---|---|\n");
            for (Column<?> column : table.columns()) {
                text.append("| `").append(column.name()).append("` | ");
                text.append(column.type().label()).append(" | ");
                text.append(column.optional() ? "yes" : "no").append(" | ");
                text.append(column.documentation().replace("|", "\\|")).append(" |\n");
            }
            text.append('\n');
        }
        return text.toString();
    }
}
