package dev.perihelion.compiler.frontend;

import dev.perihelion.compiler.ir.Dim;
import dev.perihelion.compiler.ir.Operand;
import dev.perihelion.compiler.ir.Operand.Value;
import dev.perihelion.compiler.syntax.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The same elements along other axes. */
final class ViewCalls extends Family {

    private final Extents extents;

    ViewCalls(Context context, DeviceOps ops) {
        super(context, ops);
        this.extents = new Extents(context);
    }

    @Override
    void register(Map<String, Handler> handlers) {
        handlers.put("unsqueeze", this::unsqueeze);
        handlers.put("transpose", this::transpose);
        handlers.put("swapaxes", this::transpose);
        handlers.put("swapdims", this::transpose);
        handlers.put("t", call -> transposeLast(call.tensor(0, "input"), call.span()));
        handlers.put("adjoint", call -> transposeLast(call.tensor(0, "input"), call.span()));
        handlers.put("permute", this::permute);
        handlers.put("expand", this::expand);
        handlers.put("broadcast_to", this::expand);
        handlers.put("expand_as", this::expandAs);
    }

    private Item unsqueeze(CallArguments call) {
        Value self = call.tensor(0, "input");
        return device(ops.unsqueeze(
                self, call.axis(call.required(1, "dim"), self.type().rank() + 1), call.span()));
    }

    private Item transpose(CallArguments call) {
        Value self = call.tensor(0, "input");
        int a = call.axis(call.required(1, "dim0"), self.type().rank());
        int b = call.axis(call.required(2, "dim1"), self.type().rank());
        return swap(self, a, b, call.span());
    }

    /** {@code x.T}, {@code x.t()}, {@code x.mT}. */
    Item transposeLast(Value self, Span span) {
        int rank = self.type().rank();
        return rank < 2 ? device(self) : swap(self, rank - 2, rank - 1, span);
    }

    private Item swap(Value self, int a, int b, Span span) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < self.type().rank(); i++) {
            order.add(i == a ? b : i == b ? a : i);
        }
        return device(ops.permute(self, order, span));
    }

    private Item permute(CallArguments call) {
        Value self = call.tensor(0, "input");
        List<Item> axes = rest(call, "dims");
        return device(ops.permute(
                self,
                axes.stream().map(item -> call.axis(item, self.type().rank())).toList(),
                call.span()));
    }

    private Item expand(CallArguments call) {
        Operand self = call.operand(0, "input");
        if (call.positional().size() == 2 && call.positional().get(1) instanceof Item.Extents) {
            Item.Extents given = (Item.Extents) call.required(1, "size");
            return device(ops.broadcastTo(self, given.dims(), call.span()));
        }
        List<Item> sizes = rest(call, "size");
        List<Dim> shape = new ArrayList<>();
        int offset = sizes.size() - self.type().rank();
        for (int i = 0; i < sizes.size(); i++) {
            boolean kept = CallArguments.isConstant(sizes.get(i), -1L);
            shape.add(kept ? self.type().shape().get(i - offset) : extents.dim(sizes.get(i), call.span()));
        }
        return device(ops.broadcastTo(self, shape, call.span()));
    }

    private Item expandAs(CallArguments call) {
        return device(ops.broadcastTo(
                call.operand(0, "input"), call.operand(1, "other").type().shape(), call.span()));
    }

    /** The arguments from the second on, given one by one or as one sequence. */
    private static List<Item> rest(CallArguments call, String name) {
        List<Item> all = new ArrayList<>();
        for (int i = 1; i < Math.max(2, call.positional().size()); i++) {
            Item item = call.required(i, name);
            if (item instanceof Item.Sequence sequence) {
                all.addAll(sequence.items());
            } else {
                all.add(item);
            }
        }
        return all;
    }
}
