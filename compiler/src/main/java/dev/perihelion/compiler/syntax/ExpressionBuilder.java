package dev.perihelion.compiler.syntax;

import dev.perihelion.compiler.diagnostics.MessageKey;
import dev.perihelion.compiler.syntax.PythonParser.*;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;

/**
 * Builds expressions from parse trees. A node spans its own tokens; parentheses around an expression belong to no node,
 * except those of a tuple or a generator.
 */
final class ExpressionBuilder extends PythonParserBaseVisitor<Expr> {

    private final SyntaxErrors errors;
    private final Scope scope;

    ExpressionBuilder(SyntaxErrors errors, Scope scope) {
        this.errors = errors;
        this.scope = scope;
    }

    SyntaxErrors errors() {
        return errors;
    }

    Expr build(ParserRuleContext tree) {
        return tree.accept(this);
    }

    Optional<Expr> optional(ParserRuleContext tree) {
        return tree == null ? Optional.empty() : Optional.of(build(tree));
    }

    List<Expr> all(List<? extends ParserRuleContext> trees) {
        List<Expr> built = new ArrayList<>(trees.size());
        for (ParserRuleContext tree : trees) {
            built.add(build(tree));
        }
        return List.copyOf(built);
    }

    /** The expression of an f-string's replacement field. */
    Expr field(Span range) {
        SyntaxErrors own = new SyntaxErrors(errors.source());
        FieldContext tree = SourceParser.parse(own, range, false, PythonParser::field);
        if (!own.isEmpty() || tree.exception != null) {
            errors.addAll(own);
            return new Expr.Other("error", range);
        }
        return build(tree.yieldExpression() != null ? tree.yieldExpression() : tree.starExpressions());
    }

    @Override
    public Expr visitStarExpressions(StarExpressionsContext tree) {
        return oneOrTuple(tree, tree.starredOrExpression(), !tree.COMMA().isEmpty());
    }

    @Override
    public Expr visitStarNamedExpressions(StarNamedExpressionsContext tree) {
        return oneOrTuple(tree, tree.starNamedExpression(), !tree.COMMA().isEmpty());
    }

    @Override
    public Expr visitTargets(TargetsContext tree) {
        return oneOrTuple(tree, tree.target(), !tree.COMMA().isEmpty());
    }

    private Expr oneOrTuple(ParserRuleContext tree, List<? extends ParserRuleContext> elements, boolean isTuple) {
        if (isTuple) {
            return new Expr.TupleDisplay(all(elements), Trees.span(tree));
        }
        Expr only = build(elements.get(0));
        if (only instanceof Expr.Starred) {
            errors.add(only.span(), MessageKey.SYNTAX_STARRED);
        }
        return only;
    }

    @Override
    public Expr visitStarredOrExpression(StarredOrExpressionContext tree) {
        return tree.STAR() == null ? build(tree.expression()) : starred(tree, tree.operation());
    }

    @Override
    public Expr visitStarNamedExpression(StarNamedExpressionContext tree) {
        return tree.STAR() == null ? build(tree.namedExpression()) : starred(tree, tree.operation());
    }

    @Override
    public Expr visitTarget(TargetContext tree) {
        return tree.STAR() == null ? build(tree.operation()) : starred(tree, tree.operation());
    }

    private Expr starred(ParserRuleContext tree, ParserRuleContext value) {
        return new Expr.Starred(build(value), Trees.span(tree));
    }

    @Override
    public Expr visitNamedExpression(NamedExpressionContext tree) {
        Expr first = build(tree.expression(0));
        return tree.WALRUS() == null ? first : walrus(first, tree.expression(1), tree);
    }

    Expr walrus(Expr target, ParserRuleContext value, ParserRuleContext tree) {
        Expr built = build(value);
        if (target instanceof Expr.Name name) {
            return new Expr.Walrus(name, built, Trees.span(tree));
        }
        errors.add(target.span(), MessageKey.SYNTAX_TARGET, Targets.describe(target) + " with `:=`");
        return built;
    }

    @Override
    public Expr visitExpression(ExpressionContext tree) {
        if (tree.LAMBDA() != null) {
            Parameters parameters = ParametersBuilder.build(this, tree.lambdaParameters());
            Expr body = scope.body(Scope.Kind.FUNCTION, () -> build(tree.expression()));
            return new Expr.Lambda(parameters, body, Trees.span(tree));
        }
        Expr first = build(tree.disjunction(0));
        if (tree.IF() == null) {
            return first;
        }
        return new Expr.Conditional(build(tree.disjunction(1)), first, build(tree.expression()), Trees.span(tree));
    }

    @Override
    public Expr visitDisjunction(DisjunctionContext tree) {
        return boolOp(false, tree, tree.conjunction());
    }

    @Override
    public Expr visitConjunction(ConjunctionContext tree) {
        return boolOp(true, tree, tree.inversion());
    }

    private Expr boolOp(boolean isAnd, ParserRuleContext tree, List<? extends ParserRuleContext> operands) {
        return operands.size() == 1 ? build(operands.get(0)) : new Expr.BoolOp(isAnd, all(operands), Trees.span(tree));
    }

    @Override
    public Expr visitInversion(InversionContext tree) {
        return tree.NOT() == null
                ? build(tree.comparison())
                : new Expr.Unary(UnaryOperator.NOT, build(tree.inversion()), Trees.span(tree));
    }

    @Override
    public Expr visitComparison(ComparisonContext tree) {
        Expr left = build(tree.operation(0));
        if (tree.comparisonOperator().isEmpty()) {
            return left;
        }
        List<CompareOperator> operators =
                tree.comparisonOperator().stream().map(Operators::compare).toList();
        List<Expr> rights = all(tree.operation().subList(1, tree.operation().size()));
        return new Expr.Compare(left, operators, rights, Trees.span(tree));
    }

    @Override
    public Expr visitAwaitedPrimary(AwaitedPrimaryContext tree) {
        if (tree.AWAIT() == null) {
            return build(tree.primary());
        }
        if (!scope.inAsyncFunction()) {
            errors.add(Trees.span(tree), MessageKey.SYNTAX_OUTSIDE_FUNCTION, "await");
        }
        build(tree.primary());
        return new Expr.Other("await", Trees.span(tree));
    }

    @Override
    public Expr visitUnary(UnaryContext tree) {
        return new Expr.Unary(Operators.unary(tree.getStart()), build(tree.operation()), Trees.span(tree));
    }

    @Override
    public Expr visitBinary(BinaryContext tree) {
        Token operator = ((TerminalNode) tree.getChild(1)).getSymbol();
        return new Expr.Binary(
                Operators.binary(operator.getText()),
                build(tree.operation(0)),
                build(tree.operation(1)),
                Trees.span(tree));
    }

    @Override
    public Expr visitAttribute(AttributeContext tree) {
        Span nameSpan = Trees.span(tree.NAME().getSymbol());
        return new Expr.Attribute(build(tree.primary()), Trees.name(tree.NAME()), nameSpan, Trees.span(tree));
    }

    @Override
    public Expr visitCall(CallContext tree) {
        Expr callee = build(tree.primary());
        ArgumentsBuilder arguments = new ArgumentsBuilder(this, tree.arguments());
        return new Expr.Call(callee, arguments.positional(), arguments.keywords(), Trees.span(tree));
    }

    @Override
    public Expr visitSubscription(SubscriptionContext tree) {
        SubscriptsContext subscripts = tree.subscripts();
        List<Expr> all = all(subscripts.subscript());
        boolean single = subscripts.COMMA().isEmpty() && !(all.get(0) instanceof Expr.Starred);
        Expr index = single ? all.get(0) : new Expr.TupleDisplay(all, Trees.span(subscripts));
        return new Expr.Subscript(build(tree.primary()), index, Trees.span(tree));
    }

    @Override
    public Expr visitSubscript(SubscriptContext tree) {
        if (tree.STAR() != null) {
            return starred(tree, tree.operation());
        }
        if (tree.sliceTail() == null) {
            return build(tree.namedExpression());
        }
        return new Expr.Slice(
                optional(tree.namedExpression()),
                optional(tree.sliceTail().upper),
                optional(tree.sliceTail().step),
                Trees.span(tree));
    }

    @Override
    public Expr visitName(NameContext tree) {
        return new Expr.Name(Trees.name(tree.getStart()), Trees.span(tree));
    }

    @Override
    public Expr visitNumber(NumberContext tree) {
        return new Expr.Constant(Literals.number(tree.getText()), Trees.span(tree));
    }

    @Override
    public Expr visitStrings(StringsContext tree) {
        List<Token> tokens = new ArrayList<>(tree.getChildCount());
        for (int i = 0; i < tree.getChildCount(); i++) {
            tokens.add(((TerminalNode) tree.getChild(i)).getSymbol());
        }
        return new StringsBuilder(this).build(tokens);
    }

    @Override
    public Expr visitConstant(ConstantContext tree) {
        Object value = switch (tree.getStart().getType()) {
            case PythonParser.TRUE -> true;
            case PythonParser.FALSE -> false;
            case PythonParser.NONE -> Expr.Special.NONE;
            default -> Expr.Special.ELLIPSIS;
        };
        return new Expr.Constant(value, Trees.span(tree));
    }

    @Override
    public Expr visitParenthesised(ParenthesisedContext tree) {
        if (tree.yieldExpression() != null) {
            return build(tree.yieldExpression());
        }
        ElementsContext elements = tree.elements();
        if (elements == null) {
            return new Expr.TupleDisplay(List.of(), Trees.span(tree));
        }
        if (elements.comprehension() != null) {
            return comprehension(Expr.ComprehensionKind.GENERATOR, elements, tree);
        }
        if (!elements.COMMA().isEmpty()) {
            return new Expr.TupleDisplay(all(elements.starNamedExpression()), Trees.span(tree));
        }
        Expr only = build(elements.starNamedExpression(0));
        if (only instanceof Expr.Starred) {
            errors.add(only.span(), MessageKey.SYNTAX_STARRED);
        }
        return only;
    }

    @Override
    public Expr visitListDisplay(ListDisplayContext tree) {
        ElementsContext elements = tree.elements();
        if (elements == null) {
            return new Expr.ListDisplay(List.of(), Trees.span(tree));
        }
        if (elements.comprehension() != null) {
            return comprehension(Expr.ComprehensionKind.LIST, elements, tree);
        }
        return new Expr.ListDisplay(all(elements.starNamedExpression()), Trees.span(tree));
    }

    private Expr comprehension(Expr.ComprehensionKind kind, ElementsContext elements, ParserRuleContext tree) {
        Expr element = build(elements.starNamedExpression(0));
        if (element instanceof Expr.Starred) {
            errors.add(element.span(), MessageKey.SYNTAX_STARRED);
        }
        return comprehension(kind, element, Optional.empty(), elements.comprehension(), tree);
    }

    Expr comprehension(
            Expr.ComprehensionKind kind,
            Expr element,
            Optional<Expr> value,
            ComprehensionContext clauses,
            ParserRuleContext tree) {
        List<Expr.ComprehensionClause> built = new ArrayList<>();
        for (ComprehensionClauseContext clause : clauses.comprehensionClause()) {
            Expr target = build(clause.targets());
            Targets.check(errors, target);
            Expr iterable = build(clause.disjunction(0));
            List<Expr> conditions =
                    all(clause.disjunction().subList(1, clause.disjunction().size()));
            built.add(new Expr.ComprehensionClause(target, iterable, conditions));
        }
        return new Expr.Comprehension(kind, element, value, List.copyOf(built), Trees.span(tree));
    }

    @Override
    public Expr visitBraces(BracesContext tree) {
        return new BracesBuilder(this).build(tree);
    }

    @Override
    public Expr visitYieldExpression(YieldExpressionContext tree) {
        if (!scope.inFunction()) {
            errors.add(Trees.span(tree), MessageKey.SYNTAX_OUTSIDE_FUNCTION, "yield");
        }
        if (tree.getChildCount() > 1) {
            build((ParserRuleContext) tree.getChild(tree.getChildCount() - 1));
        }
        return new Expr.Other("yield", Trees.span(tree));
    }
}
