package dev.perihelion.compiler.syntax;

import dev.perihelion.compiler.diagnostics.MessageKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.antlr.v4.runtime.Token;

/** Builds the value of adjacent string literals: text, opaque bytes, or an f-string of pieces. */
final class StringsBuilder {

    private static final String CONVERSIONS = "!r|!s|!a|";

    private final SyntaxErrors errors;
    private final ExpressionBuilder expressions;
    private final List<Expr> parts = new ArrayList<>();
    private final StringBuilder literal = new StringBuilder();
    private Span literalSpan;

    StringsBuilder(ExpressionBuilder expressions) {
        this.expressions = expressions;
        this.errors = expressions.errors();
    }

    Expr build(List<Token> tokens) {
        Span span = Trees.span(tokens.get(0), tokens.get(tokens.size() - 1));
        boolean formatted = tokens.stream().anyMatch(t -> t.getType() == PythonLexer.FSTRING);
        long bytes = tokens.stream().filter(StringsBuilder::isBytes).count();
        if (bytes > 0) {
            if (bytes < tokens.size()) {
                errors.add(span, MessageKey.SYNTAX_STRING_KINDS);
            }
            return new Expr.Constant(Expr.Special.OPAQUE, span);
        }
        for (Token token : tokens) {
            addToken(token);
        }
        if (!formatted) {
            return new Expr.Constant(literal.toString(), span);
        }
        flush();
        return new Expr.FormattedString(List.copyOf(parts), span);
    }

    private static boolean isBytes(Token token) {
        return prefix(token).indexOf('b') >= 0;
    }

    private static String prefix(Token token) {
        String text = token.getText();
        int quote = 0;
        while (text.charAt(quote) != '\'' && text.charAt(quote) != '"') {
            quote++;
        }
        return text.substring(0, quote).toLowerCase(Locale.ROOT);
    }

    private void addToken(Token token) {
        String prefix = prefix(token);
        StringScanner scanner = new StringScanner(errors.source().text(), token.getStopIndex() + 1);
        int quote = token.getStartIndex() + prefix.length();
        int width = scanner.quotes(quote).length();
        int start = quote + width;
        int end = token.getStopIndex() + 1 - width;
        boolean raw = prefix.indexOf('r') >= 0;
        if (token.getType() == PythonLexer.FSTRING) {
            addFormatted(scanner, start, end, raw);
        } else {
            addLiteral(start, end, raw);
        }
    }

    private void addFormatted(StringScanner scanner, int start, int end, boolean raw) {
        String text = errors.source().text();
        int from = start;
        int at = start;
        while (at < end) {
            char c = text.charAt(at);
            if (c == '\\') {
                at = scanner.afterEscape(at, raw, true);
            } else if ((c == '{' || c == '}') && at + 1 < end && text.charAt(at + 1) == c) {
                addLiteral(from, at + 1, raw);
                at += 2;
                from = at;
            } else if (c == '{') {
                addLiteral(from, at, raw);
                at = addField(scanner, at, raw);
                from = at;
            } else if (c == '}') {
                errors.add(new Span(at, at + 1), MessageKey.SYNTAX_FIELD, "is closed but was never opened");
                at++;
            } else {
                at++;
            }
        }
        addLiteral(from, end, raw);
    }

    private int addField(StringScanner scanner, int brace, boolean raw) {
        StringScanner.Field field = scanner.field(brace);
        Span expression = new Span(field.expressionStart(), field.expressionEnd());
        Span whole = new Span(brace, field.end());
        String source = errors.source().text(expression);
        if (field.selfDocumenting()) {
            literal.append(source).append(errors.source().text(new Span(field.expressionEnd(), field.literalEnd())));
            literalSpan = literalSpan == null ? expression : literalSpan.to(expression);
        }
        flush();
        if (source.isBlank()) {
            errors.add(whole, MessageKey.SYNTAX_FIELD, "is empty");
        } else {
            parts.add(expressions.field(expression));
        }
        if (!CONVERSIONS.contains(field.conversion().strip() + "|")) {
            errors.add(whole, MessageKey.SYNTAX_FIELD, "has the unknown conversion `" + field.conversion() + "`");
        }
        addSpecification(scanner, field, raw);
        return field.end();
    }

    /** Of a format specification only the fields count: its own text is not printed. */
    private void addSpecification(StringScanner scanner, StringScanner.Field field, boolean raw) {
        int at = field.specStart();
        while (at < field.end() - 1) {
            at = errors.source().text().charAt(at) == '{' ? addField(scanner, at, raw) : at + 1;
        }
    }

    private void addLiteral(int start, int end, boolean raw) {
        if (start < end) {
            Span span = new Span(start, end);
            literal.append(Literals.text(errors, start, end, raw));
            literalSpan = literalSpan == null ? span : literalSpan.to(span);
        }
    }

    private void flush() {
        if (literalSpan != null) {
            parts.add(new Expr.Constant(literal.toString(), literalSpan));
            literal.setLength(0);
            literalSpan = null;
        }
    }
}
