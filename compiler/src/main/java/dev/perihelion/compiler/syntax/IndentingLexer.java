package dev.perihelion.compiler.syntax;

import dev.perihelion.compiler.diagnostics.MessageKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.antlr.v4.runtime.CharStream;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Lexer;
import org.antlr.v4.runtime.Token;

/**
 * What a grammar cannot say about Python's tokens (language reference 2.1): block structure from indentation, line breaks
 * that do not count inside brackets, whole string literals, and keywords that are names elsewhere.
 */
abstract class IndentingLexer extends Lexer {

    /** Python's own limit; it also keeps the parser's recursion shallow. */
    private static final int DEEPEST_NESTING = 200;

    /** Tabs fill up to the next multiple of this (language reference 2.1.8). */
    private static final int TAB = 8;

    /** Keywords that cannot stand inside brackets: where a line starts with one, a bracket was left open. */
    private static final Set<Integer> STATEMENT_KEYWORDS = Set.of(
            PythonLexer.ASSERT,
            PythonLexer.BREAK,
            PythonLexer.CLASS,
            PythonLexer.CONTINUE,
            PythonLexer.DEF,
            PythonLexer.DEL,
            PythonLexer.ELIF,
            PythonLexer.EXCEPT,
            PythonLexer.FINALLY,
            PythonLexer.GLOBAL,
            PythonLexer.IMPORT,
            PythonLexer.NONLOCAL,
            PythonLexer.PASS,
            PythonLexer.RAISE,
            PythonLexer.RETURN,
            PythonLexer.TRY,
            PythonLexer.WHILE,
            PythonLexer.WITH);

    /** How far a line is indented, with tabs of eight columns and of one; Python wants both to agree on the order. */
    private record Indent(int columns, int characters) {}

    private final Deque<Token> ready = new ArrayDeque<>();
    private final Deque<Token> open = new ArrayDeque<>();
    private final Deque<Indent> indents = new ArrayDeque<>();
    private SyntaxErrors errors;
    private boolean wholeFile = true;
    private int lineStart;
    private boolean atLineStart = true;
    private boolean afterBreakInBrackets;
    private Token previous;

    protected IndentingLexer(CharStream input) {
        super(input);
        indents.push(new Indent(0, 0));
    }

    /** Where mistakes go; {@code wholeFile} is false for an expression inside an f-string, where lines do not count. */
    final void configure(SyntaxErrors sink, boolean isWholeFile) {
        this.errors = sink;
        this.wholeFile = isWholeFile;
        this.atLineStart = isWholeFile;
    }

    @Override
    public final Token nextToken() {
        while (ready.isEmpty()) {
            process(super.nextToken());
        }
        return ready.poll();
    }

    private void process(Token token) {
        switch (token.getType()) {
            case PythonLexer.NEWLINE -> lineBreak(token);
            case PythonLexer.BAD_CHARACTER -> badCharacter(token.getStartIndex());
            case Token.EOF -> endOfFile(token);
            default -> {
                beginLine(token);
                significant(token);
                afterBreakInBrackets = false;
            }
        }
    }

    private void significant(Token token) {
        switch (token.getType()) {
            case PythonLexer.STRING_START -> emitString(token);
            case PythonLexer.LPAR, PythonLexer.LSQB, PythonLexer.LBRACE -> openBracket(token);
            case PythonLexer.RPAR, PythonLexer.RSQB, PythonLexer.RBRACE -> closeBracket((CommonToken) token);
            case PythonLexer.NAME -> emitName((CommonToken) token);
            default -> put(token);
        }
    }

    private void put(Token token) {
        ready.add(token);
        previous = token;
    }

    private void lineBreak(Token token) {
        lineStart = token.getStopIndex() + 1;
        if (!open.isEmpty() || !wholeFile) {
            afterBreakInBrackets = true;
        } else if (!atLineStart) {
            put(token);
            atLineStart = true;
        }
    }

    private void beginLine(Token token) {
        if (afterBreakInBrackets && !open.isEmpty() && wholeFile && STATEMENT_KEYWORDS.contains(token.getType())) {
            reportOpenBrackets(token.getStartIndex());
            put(made(PythonLexer.NEWLINE, token.getStartIndex(), token.getStartIndex()));
            atLineStart = true;
        }
        if (!atLineStart) {
            return;
        }
        atLineStart = false;
        Indent indent = indentBefore(token.getStartIndex());
        if (indent.columns() > indents.element().columns()) {
            checkTabs(indent, indents.element().characters() < indent.characters(), token);
            indents.push(indent);
            put(made(PythonLexer.INDENT, lineStart, token.getStartIndex()));
        } else if (indent.columns() < indents.element().columns()) {
            dedentTo(indent, token);
        } else {
            checkTabs(indent, indents.element().characters() == indent.characters(), token);
        }
    }

    private void dedentTo(Indent indent, Token token) {
        while (indent.columns() < indents.element().columns()) {
            indents.pop();
            put(made(PythonLexer.DEDENT, token.getStartIndex(), token.getStartIndex()));
        }
        if (indent.columns() != indents.element().columns()) {
            errors.add(new Span(lineStart, token.getStartIndex()), MessageKey.SYNTAX_DEDENT);
            // Which block the following lines belong to is a guess.
            errors.damage(new Span(lineStart, input().end()));
        } else {
            checkTabs(indent, indents.element().characters() == indent.characters(), token);
        }
    }

    private void checkTabs(Indent indent, boolean consistent, Token token) {
        if (!consistent && indent.characters() > 0) {
            errors.add(new Span(lineStart, token.getStartIndex()), MessageKey.SYNTAX_TABS);
        }
    }

    private Indent indentBefore(int offset) {
        String text = input().text();
        int columns = 0;
        int characters = 0;
        for (int i = lineStart; i < offset; i++) {
            switch (text.charAt(i)) {
                case '\t' -> {
                    columns = (columns / TAB + 1) * TAB;
                    characters++;
                }
                case ' ' -> {
                    columns++;
                    characters++;
                }
                case '\f' -> {
                    columns = 0;
                    characters = 0;
                }
                default -> {
                    return new Indent(columns, characters);
                }
            }
        }
        return new Indent(columns, characters);
    }

    private void openBracket(Token token) {
        if (open.size() == DEEPEST_NESTING) {
            errors.add(span(token), MessageKey.SYNTAX_TOO_DEEP);
        }
        open.push(token);
        put(token);
    }

    private void closeBracket(CommonToken token) {
        if (open.isEmpty()) {
            errors.add(span(token), MessageKey.SYNTAX_UNOPENED_BRACKET, token.getText());
            errors.damage(new Span(token.getStartIndex(), endOfLine(token.getStartIndex())));
            return;
        }
        Token opening = open.pop();
        int expected = closingOf(opening.getType());
        if (token.getType() != expected) {
            errors.add(span(token), MessageKey.SYNTAX_MISMATCHED_BRACKET, token.getText(), opening.getText());
            boolean fitsOuter = open.stream().anyMatch(t -> closingOf(t.getType()) == token.getType());
            while (fitsOuter && closingOf(opening.getType()) != token.getType()) {
                opening = open.pop();
            }
            errors.damage(new Span(opening.getStartIndex(), endOfLine(token.getStartIndex())));
            token.setType(closingOf(opening.getType()));
        }
        put(token);
    }

    private static int closingOf(int opening) {
        return switch (opening) {
            case PythonLexer.LPAR -> PythonLexer.RPAR;
            case PythonLexer.LSQB -> PythonLexer.RSQB;
            default -> PythonLexer.RBRACE;
        };
    }

    private void reportOpenBrackets(int end) {
        Token innermost = open.element();
        errors.add(span(innermost), MessageKey.SYNTAX_UNCLOSED_BRACKET, innermost.getText());
        errors.damage(new Span(open.getLast().getStartIndex(), end));
        open.clear();
    }

    private void emitString(Token start) {
        int quote = start.getStopIndex();
        String prefix = start.getText().substring(0, quote - start.getStartIndex());
        StringScanner scanner = new StringScanner(input().text(), input().end());
        int end = scanner.end(quote, prefix);
        if (end == StringScanner.UNCLOSED) {
            String quotes = scanner.quotes(quote);
            errors.add(
                    new Span(start.getStartIndex(), quote + quotes.length()),
                    MessageKey.SYNTAX_UNCLOSED_STRING,
                    quotes);
            end = quotes.length() == 3 ? input().end() : endOfLine(quote);
            errors.damage(new Span(start.getStartIndex(), end));
        }
        input().seek(end);
        boolean formatted = prefix.indexOf('f') >= 0 || prefix.indexOf('F') >= 0;
        put(made(formatted ? PythonLexer.FSTRING : PythonLexer.STRING, start.getStartIndex(), end));
    }

    private int endOfLine(int from) {
        String text = input().text();
        int at = from;
        while (at < input().end() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
            at++;
        }
        return at;
    }

    private void emitName(CommonToken token) {
        String text = token.getText();
        if (previous == null || startsStatement(previous.getType())) {
            token.setType(softKeyword(text, token.getStopIndex() + 1));
        }
        if (text.chars().allMatch(c -> c < 128)) {
            put(token);
            return;
        }
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            boolean legal =
                    i == 0 ? Character.isUnicodeIdentifierStart(c) || c == '_' : Character.isUnicodeIdentifierPart(c);
            if (!legal) {
                badCharacter(token.getStartIndex() + i);
                input().seek(token.getStartIndex() + i + Character.charCount(c));
                if (i > 0) {
                    put(made(PythonLexer.NAME, token.getStartIndex(), token.getStartIndex() + i));
                }
                return;
            }
        }
        put(token);
    }

    private static boolean startsStatement(int previousType) {
        return previousType == PythonLexer.NEWLINE
                || previousType == PythonLexer.INDENT
                || previousType == PythonLexer.DEDENT
                || previousType == PythonLexer.SEMI;
    }

    private int softKeyword(String text, int end) {
        return switch (text) {
            case "match" -> PythonLexer.MATCH;
            case "case" -> PythonLexer.CASE;
            // Two names in a row are no expression, so this needs no help from the parser.
            case "type" -> nameFollows(end) ? PythonLexer.TYPE : PythonLexer.NAME;
            default -> PythonLexer.NAME;
        };
    }

    private boolean nameFollows(int end) {
        String text = input().text();
        int at = end;
        while (at < input().end() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        if (at == input().end() || !Character.isUnicodeIdentifierStart(text.charAt(at)) && text.charAt(at) != '_') {
            return false;
        }
        String rest = text.substring(at, Math.min(at + 4, input().end()));
        return !rest.matches("(?s)(if|in|is|or|and|not)\\b.*");
    }

    private void badCharacter(int offset) {
        int c = input().text().codePointAt(offset);
        int end = Math.min(offset + Character.charCount(c), input().end());
        input().seek(end);
        errors.add(
                new Span(offset, end), MessageKey.SYNTAX_CHARACTER, Character.toString(c), String.format("U+%04X", c));
        errors.damage(new Span(offset, Math.max(end, endOfLine(offset))));
    }

    private void endOfFile(Token eof) {
        int end = input().end();
        if (!open.isEmpty()) {
            reportOpenBrackets(end);
        }
        if (wholeFile) {
            if (!atLineStart) {
                put(made(PythonLexer.NEWLINE, end, end));
                atLineStart = true;
            }
            while (indents.size() > 1) {
                indents.pop();
                put(made(PythonLexer.DEDENT, end, end));
            }
        }
        put(eof);
    }

    private Utf16Stream input() {
        return (Utf16Stream) _input;
    }

    private Token made(int type, int start, int end) {
        return _factory.create(_tokenFactorySourcePair, type, null, Token.DEFAULT_CHANNEL, start, end - 1, 0, 0);
    }

    private static Span span(Token token) {
        return new Span(token.getStartIndex(), token.getStopIndex() + 1);
    }
}
