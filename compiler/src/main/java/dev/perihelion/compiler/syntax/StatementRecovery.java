package dev.perihelion.compiler.syntax;

import dev.perihelion.compiler.diagnostics.MessageKey;
import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.InputMismatchException;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;
import org.antlr.v4.runtime.misc.IntervalSet;

/** Reports the first mistake of each statement and goes on behind the statement, its blocks and clauses. */
final class StatementRecovery extends DefaultErrorStrategy {

    private static final IntervalSet CLAUSES =
            new IntervalSet(PythonParser.ELIF, PythonParser.ELSE, PythonParser.EXCEPT, PythonParser.FINALLY);

    /** Stands for "a statement" in a set of expected tokens; beyond all token types. */
    static final int STATEMENT = 10_000;

    private final SyntaxErrors errors;

    StatementRecovery(SyntaxErrors errors) {
        this.errors = errors;
    }

    @Override
    public void reportError(Parser parser, RecognitionException e) {
        if (inErrorRecoveryMode(parser)) {
            return;
        }
        beginErrorCondition(parser);
        report(e.getOffendingToken(), e.getExpectedTokens());
    }

    private void report(Token found, IntervalSet expected) {
        Span span = new Span(found.getStartIndex(), Math.max(found.getStartIndex(), found.getStopIndex() + 1));
        if (found.getType() == PythonParser.INDENT) {
            errors.add(span, MessageKey.SYNTAX_UNEXPECTED_INDENT);
        } else if (expected.contains(PythonParser.INDENT)) {
            errors.add(span, MessageKey.SYNTAX_MISSING_BLOCK, TokenNames.found(found));
        } else {
            errors.add(
                    span,
                    MessageKey.SYNTAX_ERROR,
                    TokenNames.found(found),
                    TokenNames.expected(expected, found.getType()));
        }
    }

    /** Never guesses tokens: a wrong guess costs the user a second, misleading message. */
    @Override
    public Token recoverInline(Parser parser) {
        throw new InputMismatchException(parser);
    }

    /** Between statements: whatever cannot start one is reported and skipped. */
    @Override
    public void sync(Parser parser) {
        int rule = parser.getContext().getRuleIndex();
        if (rule != PythonParser.RULE_statements && rule != PythonParser.RULE_file) {
            return;
        }
        IntervalSet starts = parser.getATN().nextTokens(parser.getATN().ruleToStartState[PythonParser.RULE_statement]);
        TokenStream tokens = parser.getInputStream();
        int next = tokens.LA(1);
        while (!starts.contains(next) && next != Token.EOF && next != PythonParser.DEDENT) {
            report(tokens.LT(1), IntervalSet.of(STATEMENT));
            skipStatement(parser);
            next = tokens.LA(1);
        }
    }

    @Override
    public void recover(Parser parser, RecognitionException e) {
        int rule = parser.getContext().getRuleIndex();
        if (rule == PythonParser.RULE_field || rule == PythonParser.RULE_file) {
            return;
        }
        if (rule != PythonParser.RULE_statement) {
            // Rule by rule up to the statement.
            throw e;
        }
        TokenStream tokens = parser.getInputStream();
        boolean onNextLine = tokens.index() > parser.getContext().getStart().getTokenIndex()
                && tokens.LA(-1) == PythonParser.NEWLINE
                && tokens.LA(1) != PythonParser.INDENT;
        if (!onNextLine) {
            skipStatement(parser);
        }
        endErrorCondition(parser);
    }

    private static void skipStatement(Parser parser) {
        TokenStream tokens = parser.getInputStream();
        do {
            if (tokens.LA(1) != PythonParser.INDENT) {
                skipLine(tokens);
            }
            skipBlock(tokens);
        } while (CLAUSES.contains(tokens.LA(1)));
    }

    private static void skipLine(TokenStream tokens) {
        int type = tokens.LA(1);
        while (type != PythonParser.NEWLINE && type != Token.EOF) {
            tokens.consume();
            type = tokens.LA(1);
        }
        if (type == PythonParser.NEWLINE) {
            tokens.consume();
        }
    }

    private static void skipBlock(TokenStream tokens) {
        int depth = 0;
        do {
            int type = tokens.LA(1);
            if (type == PythonParser.INDENT) {
                depth++;
            } else if (type == PythonParser.DEDENT && depth > 0) {
                depth--;
            } else if (type == Token.EOF || depth == 0) {
                return;
            }
            tokens.consume();
        } while (depth > 0);
    }
}
