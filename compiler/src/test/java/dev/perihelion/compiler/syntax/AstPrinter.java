package dev.perihelion.compiler.syntax;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Optional;

/** Prints syntax trees as S-expressions, one node a line with its place: {@code (Name @1:1-1:2 id=x)}. */
final class AstPrinter {

    private final SourceFile source;
    private final StringBuilder out = new StringBuilder();

    private AstPrinter(SourceFile source) {
        this.source = source;
    }

    static String print(ModuleAst module) {
        AstPrinter printer = new AstPrinter(module.source());
        for (Stmt statement : module.body()) {
            printer.value(statement, 0);
            printer.out.append('\n');
        }
        return printer.out.toString();
    }

    private void value(Object value, int depth) {
        if (value instanceof Optional<?> optional) {
            if (optional.isPresent()) {
                value(optional.get(), depth);
            } else {
                out.append('-');
            }
        } else if (value instanceof List<?> list) {
            list(list, depth);
        } else if (value instanceof Span span) {
            out.append(place(span));
        } else if (value instanceof Record record) {
            record(record, depth);
        } else if (value instanceof String text) {
            out.append('"')
                    .append(text.replace("\\", "\\\\").replace("\n", "\\n"))
                    .append('"');
        } else {
            out.append(value);
        }
    }

    private void list(List<?> list, int depth) {
        out.append('[');
        for (Object element : list) {
            if (element instanceof Record) {
                out.append('\n').append("  ".repeat(depth + 1));
            } else {
                out.append(' ');
            }
            value(element, depth + 1);
        }
        out.append(']');
    }

    private void record(Record record, int depth) {
        out.append('(').append(record.getClass().getSimpleName());
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            out.append(' ');
            if (!component.getName().equals("span")) {
                out.append(component.getName()).append('=');
            }
            try {
                value(component.getAccessor().invoke(record), depth);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        out.append(')');
    }

    private String place(Span span) {
        SourceFile.Position from = source.position(span.start());
        SourceFile.Position to = source.position(span.end());
        return "@" + from.line() + ":" + from.column() + "-" + (to.line() == from.line() ? "" : to.line() + ":")
                + to.column();
    }
}
