package dev.perihelion.compiler.syntax;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.syntax.PythonParser.*;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/** Builds statements from parse trees. */
final class StatementBuilder {

    private final SyntaxErrors errors;
    private final ExpressionBuilder expressions;
    private final SimpleBuilder simple;
    private final Scope scope = new Scope();

    StatementBuilder(SyntaxErrors errors) {
        this.errors = errors;
        this.expressions = new ExpressionBuilder(errors, scope);
        this.simple = new SimpleBuilder(expressions, scope);
    }

    List<Stmt> file(FileContext tree) {
        return tree.statements() == null ? List.of() : statements(tree.statements());
    }

    private List<Stmt> statements(StatementsContext tree) {
        List<Stmt> built = new ArrayList<>();
        for (StatementContext statement : tree.statement()) {
            if (statement.simpleLine() != null) {
                line(statement.simpleLine(), built);
            } else {
                built.add(compound(statement.compound()));
            }
        }
        return List.copyOf(built);
    }

    private void line(SimpleLineContext tree, List<Stmt> into) {
        for (SimpleContext statement : tree.simple()) {
            into.add(simple.build(statement));
        }
    }

    private List<Stmt> block(BlockContext tree) {
        if (tree.statements() != null) {
            return statements(tree.statements());
        }
        List<Stmt> built = new ArrayList<>();
        line(tree.simpleLine(), built);
        return List.copyOf(built);
    }

    private Stmt compound(CompoundContext tree) {
        ParserRuleContext only = (ParserRuleContext) tree.getChild(0);
        return switch (only.getRuleIndex()) {
            case PythonParser.RULE_ifStatement -> ifStatement((IfStatementContext) only);
            case PythonParser.RULE_whileStatement -> whileStatement((WhileStatementContext) only);
            case PythonParser.RULE_forStatement -> forStatement((ForStatementContext) only);
            case PythonParser.RULE_functionDefinition ->
                function((FunctionDefinitionContext) only, List.of(), only.getStart(), Scope.Kind.FUNCTION);
            case PythonParser.RULE_classDefinition ->
                classDefinition((ClassDefinitionContext) only, List.of(), only.getStart());
            case PythonParser.RULE_decorated -> decorated((DecoratedContext) only);
            case PythonParser.RULE_tryStatement -> tryStatement((TryStatementContext) only);
            case PythonParser.RULE_withStatement -> withStatement((WithStatementContext) only);
            case PythonParser.RULE_matchStatement -> matchStatement((MatchStatementContext) only);
            default -> asyncStatement((AsyncStatementContext) only);
        };
    }

    private Stmt ifStatement(IfStatementContext tree) {
        Expr test = expressions.build(tree.namedExpression());
        List<Stmt> body = block(tree.block());
        List<Stmt> orElse = alternative(tree.elifClause(), tree.elseClause());
        return new Stmt.If(test, body, orElse, header(tree, tree.namedExpression()), span(tree, body, orElse));
    }

    private Stmt elif(ElifClauseContext tree) {
        Expr test = expressions.build(tree.namedExpression());
        List<Stmt> body = block(tree.block());
        List<Stmt> orElse = alternative(tree.elifClause(), tree.elseClause());
        return new Stmt.If(test, body, orElse, header(tree, tree.namedExpression()), span(tree, body, orElse));
    }

    private List<Stmt> alternative(ElifClauseContext elif, ElseClauseContext orElse) {
        return elif != null ? List.of(elif(elif)) : orElse(orElse);
    }

    private List<Stmt> orElse(ElseClauseContext tree) {
        return tree == null ? List.of() : block(tree.block());
    }

    private Stmt whileStatement(WhileStatementContext tree) {
        Expr test = expressions.build(tree.namedExpression());
        List<Stmt> body = scope.loop(() -> block(tree.block()));
        List<Stmt> orElse = orElse(tree.elseClause());
        return new Stmt.While(test, body, orElse, header(tree, tree.namedExpression()), span(tree, body, orElse));
    }

    private Stmt.For forStatement(ForStatementContext tree) {
        Expr target = expressions.build(tree.targets());
        Targets.check(errors, target);
        Expr iterable = expressions.build(tree.starExpressions());
        List<Stmt> body = scope.loop(() -> block(tree.block()));
        List<Stmt> orElse = orElse(tree.elseClause());
        Span header = header(tree, tree.starExpressions());
        return new Stmt.For(target, iterable, body, orElse, header, span(tree, body, orElse));
    }

    private Stmt decorated(DecoratedContext tree) {
        List<Expr> decorators = new ArrayList<>();
        for (DecoratorContext decorator : tree.decorator()) {
            decorators.add(expressions.build(decorator.namedExpression()));
        }
        if (tree.classDefinition() != null) {
            return classDefinition(tree.classDefinition(), List.copyOf(decorators), tree.getStart());
        }
        Scope.Kind kind = tree.ASYNC() == null ? Scope.Kind.FUNCTION : Scope.Kind.ASYNC_FUNCTION;
        Stmt.FunctionDef function = function(tree.functionDefinition(), List.copyOf(decorators), tree.getStart(), kind);
        return tree.ASYNC() == null ? function : new Stmt.Other("async", List.of(function.body()), function.span());
    }

    private Stmt.FunctionDef function(
            FunctionDefinitionContext tree, List<Expr> decorators, Token start, Scope.Kind kind) {
        Parameters parameters = ParametersBuilder.build(expressions, tree.parameters());
        Optional<Expr> returns = expressions.optional(tree.expression());
        List<Stmt> body = scope.body(kind, () -> block(tree.block()));
        Token headerEnd = tree.expression() == null
                ? tree.RPAR().getSymbol()
                : tree.expression().getStop();
        return new Stmt.FunctionDef(
                Trees.name(tree.NAME()),
                parameters,
                returns,
                decorators,
                body,
                Trees.span(tree.NAME().getSymbol()),
                Trees.span(tree.getStart(), headerEnd),
                span(start, body));
    }

    private Stmt classDefinition(ClassDefinitionContext tree, List<Expr> decorators, Token start) {
        List<Expr> bases = new ArgumentsBuilder(expressions, tree.arguments()).positional();
        List<Stmt> body = scope.body(Scope.Kind.CLASS, () -> block(tree.block()));
        return new Stmt.ClassDef(Trees.name(tree.NAME()), bases, decorators, body, span(start, body));
    }

    private Stmt tryStatement(TryStatementContext tree) {
        List<Stmt> body = block(tree.block());
        List<List<Stmt>> handlers = new ArrayList<>();
        List<Stmt> last = body;
        for (ExceptClauseContext clause : tree.exceptClause()) {
            expressions.optional(clause.expression());
            last = block(clause.block());
            handlers.add(last);
        }
        List<Stmt> orElse = orElse(tree.elseClause());
        List<Stmt> lastly = tree.finallyClause() == null
                ? List.of()
                : block(tree.finallyClause().block());
        last = lastly.isEmpty() ? orElse.isEmpty() ? last : orElse : lastly;
        List<List<Stmt>> parts = new ArrayList<>(List.of(body, orElse, lastly));
        parts.addAll(handlers);
        return new Stmt.Other("try", parts, span(tree.getStart(), last));
    }

    private Stmt.Other withStatement(WithStatementContext tree) {
        for (WithItemContext item : tree.withItem()) {
            expressions.build(item.expression());
            expressions.optional(item.target()).ifPresent(target -> Targets.check(errors, target));
        }
        return other("with", tree, block(tree.block()));
    }

    private Stmt matchStatement(MatchStatementContext tree) {
        expressions.build(tree.starNamedExpressions());
        List<Stmt> blocks = new ArrayList<>();
        for (CaseClauseContext clause : tree.caseClause()) {
            expressions.optional(clause.namedExpression());
            blocks.addAll(block(clause.block()));
        }
        return other("match", tree, blocks);
    }

    private Stmt asyncStatement(AsyncStatementContext tree) {
        if (tree.functionDefinition() == null && !scope.inAsyncFunction()) {
            errors.add(Trees.span(tree.ASYNC().getSymbol()), MessageKey.SYNTAX_OUTSIDE_FUNCTION, "async");
        }
        if (tree.functionDefinition() != null) {
            Scope.Kind kind = Scope.Kind.ASYNC_FUNCTION;
            return other(
                    "async",
                    tree,
                    function(tree.functionDefinition(), List.of(), tree.getStart(), kind)
                            .body());
        }
        if (tree.forStatement() != null) {
            Stmt.For loop = forStatement(tree.forStatement());
            List<Stmt> blocks = new ArrayList<>(loop.body());
            blocks.addAll(loop.orElse());
            return other("async", tree, blocks);
        }
        Stmt.Other with = withStatement(tree.withStatement());
        return other("async", tree, with.blocks());
    }

    /** Blocks are never empty, so the last statement ends the whole. */
    private static Stmt.Other other(String what, ParserRuleContext tree, List<Stmt> blocks) {
        return new Stmt.Other(what, List.of(blocks), span(tree.getStart(), blocks));
    }

    private static Span header(ParserRuleContext tree, ParserRuleContext last) {
        return Trees.span(tree.getStart(), last.getStop());
    }

    private static Span span(ParserRuleContext tree, List<Stmt> body, List<Stmt> orElse) {
        return span(tree.getStart(), orElse.isEmpty() ? body : orElse);
    }

    private static Span span(Token start, List<Stmt> body) {
        return new Span(start.getStartIndex(), body.get(body.size() - 1).span().end());
    }
}
