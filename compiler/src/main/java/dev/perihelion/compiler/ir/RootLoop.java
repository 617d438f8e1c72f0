package dev.perihelion.compiler.ir;

import dev.perihelion.compiler.syntax.Span;
import java.util.List;

/** A top-level tile loop: its axes become the launch grid, its body one program. */
public record RootLoop(List<TileAxis> axes, List<Op> body, Span span) {
    public RootLoop {
        axes = List.copyOf(axes);
        body = List.copyOf(body);
    }
}
