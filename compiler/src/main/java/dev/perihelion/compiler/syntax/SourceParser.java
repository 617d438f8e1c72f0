package dev.perihelion.compiler.syntax;

import dev.perihelion.compiler.diagnostics.CompileException;
import dev.perihelion.compiler.diagnostics.MessageKey;
import java.util.List;
import java.util.function.Function;
import org.antlr.v4.runtime.BailErrorStrategy;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.misc.ParseCancellationException;

/** Parses Python 3.12 files. */
public final class SourceParser {

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private SourceParser() {}

    /**
     * Parses a whole file.
     *
     * @throws CompileException with up to five mistakes, in source order, where the text is not Python
     */
    public static ModuleAst parse(SourceFile source) {
        SyntaxErrors errors = new SyntaxErrors(source);
        int start = source.text().startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length() : 0;
        Span whole = new Span(start, source.text().length());
        try {
            PythonParser.FileContext tree = parse(errors, whole, true, PythonParser::file);
            errors.throwIfAny();
            List<Stmt> body = new StatementBuilder(errors).file(tree);
            errors.throwIfAny();
            return new ModuleAst(source, body);
        } catch (StackOverflowError e) {
            // Long chains such as 1 + 1 + ... recurse once per operator; no place is known any more.
            errors.add(new Span(0, 0), MessageKey.SYNTAX_TOO_DEEP);
            errors.throwIfAny();
            throw e;
        }
    }

    /**
     * The tree of a part of the source. The fast prediction mode comes first; it refuses a few valid texts, so a refusal
     * is checked by the full one, which also reports and recovers.
     */
    static <T extends ParserRuleContext> T parse(
            SyntaxErrors errors, Span range, boolean wholeFile, Function<PythonParser, T> rule) {
        PythonLexer lexer = new PythonLexer(new Utf16Stream(errors.source(), range));
        lexer.removeErrorListeners();
        lexer.configure(errors, wholeFile);
        CommonTokenStream tokens = new CommonTokenStream(lexer);
        // All tokens first: a bracket left open at the end explains what the parser trips over before.
        tokens.fill();
        PythonParser parser = new PythonParser(tokens);
        parser.removeErrorListeners();
        parser.getInterpreter().setPredictionMode(PredictionMode.SLL);
        parser.setErrorHandler(new BailErrorStrategy());
        try {
            return rule.apply(parser);
        } catch (ParseCancellationException refused) {
            tokens.seek(0);
            parser.reset();
            parser.getInterpreter().setPredictionMode(PredictionMode.LL);
            parser.setErrorHandler(new StatementRecovery(errors));
            return rule.apply(parser);
        }
    }
}
