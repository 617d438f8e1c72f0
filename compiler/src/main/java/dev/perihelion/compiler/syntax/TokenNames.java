package dev.perihelion.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.IntervalSet;

/** Tokens in the words of a message. */
final class TokenNames {

    /** More alternatives than this are no help. */
    private static final int NAMED = 3;

    private static final IntervalSet CLOSING = new IntervalSet(PythonLexer.RPAR, PythonLexer.RSQB, PythonLexer.RBRACE);
    private static final IntervalSet OPERANDS =
            new IntervalSet(PythonLexer.NAME, PythonLexer.NUMBER, PythonLexer.STRING, PythonLexer.FSTRING);

    private TokenNames() {}

    /** What stands at a place. */
    static String found(Token token) {
        return switch (token.getType()) {
            case PythonLexer.NEWLINE -> "the end of the line";
            case PythonLexer.INDENT -> "an indented line";
            case PythonLexer.DEDENT -> "the end of the block";
            case Token.EOF -> "the end of the file";
            case PythonLexer.STRING, PythonLexer.FSTRING -> "a string";
            default -> "`" + token.getText().lines().findFirst().orElse("") + "`";
        };
    }

    /** What could stand at a place, in short: an expression or the marks that end the construct, never every operator. */
    static String expected(IntervalSet types, int found) {
        if (types.contains(StatementRecovery.STATEMENT)) {
            return "a statement";
        }
        List<String> names = new ArrayList<>();
        if (types.contains(PythonLexer.NUMBER)) {
            names.add("an expression");
        } else if (types.contains(PythonLexer.NAME)) {
            names.add("a name");
        }
        if (types.contains(PythonLexer.NEWLINE)) {
            names.add("the end of the line");
        }
        int[] marks = {
            PythonLexer.COLON,
            PythonLexer.RPAR,
            PythonLexer.RSQB,
            PythonLexer.RBRACE,
            PythonLexer.IN,
            PythonLexer.IMPORT,
            PythonLexer.ELSE,
            PythonLexer.COMMA,
            PythonLexer.ASSIGN,
            PythonLexer.LPAR
        };
        for (int mark : marks) {
            if (types.contains(mark) && names.size() < NAMED && !isContinuation(mark, types, names)) {
                names.add(literal(mark));
            }
        }
        if (names.size() == 1 && CLOSING.contains(types.getMaxElement()) && OPERANDS.contains(found)) {
            names.add("`,`");
        }
        if (names.isEmpty()) {
            types.toList().stream()
                    .filter(t -> t > 0)
                    .limit(NAMED)
                    .map(TokenNames::literal)
                    .forEach(names::add);
        }
        return join(names);
    }

    /** Marks that only go on with an expression that could also end here. */
    private static boolean isContinuation(int mark, IntervalSet types, List<String> names) {
        boolean anyOperator = types.contains(PythonLexer.PLUS) && types.contains(PythonLexer.OR);
        return switch (mark) {
            case PythonLexer.LPAR -> !names.isEmpty();
            case PythonLexer.IN, PythonLexer.ASSIGN -> anyOperator || !names.isEmpty();
            case PythonLexer.COLON, PythonLexer.COMMA ->
                names.contains("the end of the line") || names.contains("an expression");
            default -> false;
        };
    }

    private static String literal(int type) {
        return switch (type) {
            case PythonLexer.NEWLINE -> "the end of the line";
            case PythonLexer.INDENT -> "an indented block";
            case PythonLexer.DEDENT -> "the end of the block";
            case PythonLexer.NAME -> "a name";
            default -> PythonLexer.VOCABULARY.getDisplayName(type).replace('\'', '`');
        };
    }

    private static String join(List<String> names) {
        if (names.isEmpty()) {
            return "the end of the replacement field";
        }
        int last = names.size() - 1;
        return last == 0 ? names.get(0) : String.join(", ", names.subList(0, last)) + " or " + names.get(last);
    }
}
