package dev.perihelion.compiler.syntax;

import java.text.Normalizer;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;

/** Spans and names of parse tree parts. */
final class Trees {

    private Trees() {}

    static Span span(Token token) {
        return new Span(token.getStartIndex(), token.getStopIndex() + 1);
    }

    /** All tokens of a tree; line breaks and block ends after it are no part of any rule this is called for. */
    static Span span(ParserRuleContext tree) {
        return new Span(tree.getStart().getStartIndex(), tree.getStop().getStopIndex() + 1);
    }

    static Span span(Token first, Token last) {
        return new Span(first.getStartIndex(), last.getStopIndex() + 1);
    }

    /** An identifier; Python compares them in normal form NFKC (language reference 2.3). */
    static String name(TerminalNode node) {
        return name(node.getSymbol());
    }

    static String name(Token token) {
        return Normalizer.normalize(token.getText(), Normalizer.Form.NFKC);
    }
}
