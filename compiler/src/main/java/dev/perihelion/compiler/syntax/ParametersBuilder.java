package dev.perihelion.compiler.syntax;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.syntax.Parameters.Kind;
import dev.perihelion.compiler.syntax.Parameters.Parameter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;

/** Builds parameter lists and checks their order (language reference 8.7). */
final class ParametersBuilder {

    private final ExpressionBuilder expressions;
    private final SyntaxErrors errors;
    private final List<Parameter> built = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private boolean keywordOnly;
    private boolean closed;
    private boolean sawSlash;
    private boolean sawDefault;
    private Token bareStar;

    private ParametersBuilder(ExpressionBuilder expressions) {
        this.expressions = expressions;
        this.errors = expressions.errors();
    }

    static Parameters build(ExpressionBuilder expressions, PythonParser.ParametersContext tree) {
        ParametersBuilder builder = new ParametersBuilder(expressions);
        if (tree != null) {
            for (PythonParser.ParameterContext p : tree.parameter()) {
                Optional<Expr> annotation = Optional.empty();
                if (p.COLON() != null) {
                    annotation = Optional.of(
                            p.starredOrExpression() != null
                                    ? expressions.build(p.starredOrExpression())
                                    : expressions.build(p.expression(0)));
                }
                Optional<Expr> value = p.ASSIGN() == null
                        ? Optional.empty()
                        : Optional.of(
                                expressions.build(p.expression(p.expression().size() - 1)));
                builder.add(p.getStart(), p.NAME(), annotation, value);
            }
        }
        return builder.finish();
    }

    static Parameters build(ExpressionBuilder expressions, PythonParser.LambdaParametersContext tree) {
        ParametersBuilder builder = new ParametersBuilder(expressions);
        if (tree != null) {
            for (PythonParser.LambdaParameterContext p : tree.lambdaParameter()) {
                Optional<Expr> value =
                        p.expression() == null ? Optional.empty() : Optional.of(expressions.build(p.expression()));
                builder.add(p.getStart(), p.NAME(), Optional.empty(), value);
            }
        }
        return builder.finish();
    }

    private void add(Token first, TerminalNode name, Optional<Expr> annotation, Optional<Expr> value) {
        if (closed) {
            refuse(first, "No parameter can follow `**`");
        }
        switch (first.getType()) {
            case PythonParser.SLASH -> slash(first);
            case PythonParser.STAR -> star(first, name, annotation);
            case PythonParser.POWER -> {
                checkBareStar();
                closed = true;
                put(name, Kind.VAR_KEYWORD, annotation, value);
            }
            default -> {
                bareStar = null;
                if (!keywordOnly && sawDefault && value.isEmpty()) {
                    refuse(first, "A parameter without default cannot follow one with a default");
                }
                sawDefault |= value.isPresent();
                put(name, keywordOnly ? Kind.KEYWORD_ONLY : Kind.ORDINARY, annotation, value);
            }
        }
    }

    private void slash(Token token) {
        if (sawSlash || keywordOnly || built.isEmpty()) {
            refuse(token, "`/` stands in the wrong place");
        }
        sawSlash = true;
        built.replaceAll(
                p -> new Parameter(p.name(), Kind.POSITIONAL_ONLY, p.annotation(), p.defaultValue(), p.span()));
    }

    private void star(Token token, TerminalNode name, Optional<Expr> annotation) {
        if (keywordOnly) {
            refuse(token, "`*` can stand only once");
        }
        keywordOnly = true;
        if (name == null) {
            bareStar = token;
        } else {
            put(name, Kind.VAR_POSITIONAL, annotation, Optional.empty());
        }
    }

    private void put(TerminalNode name, Kind kind, Optional<Expr> annotation, Optional<Expr> value) {
        String id = Trees.name(name);
        if (!names.add(id)) {
            refuse(name.getSymbol(), "The parameter `" + id + "` stands twice");
        }
        built.add(new Parameter(id, kind, annotation, value, Trees.span(name.getSymbol())));
    }

    private void checkBareStar() {
        if (bareStar != null) {
            refuse(bareStar, "A parameter must follow `*`");
            bareStar = null;
        }
    }

    private Parameters finish() {
        checkBareStar();
        return new Parameters(List.copyOf(built));
    }

    private void refuse(Token at, String what) {
        errors.add(Trees.span(at), MessageKey.SYNTAX_PARAMETERS, what);
    }
}
