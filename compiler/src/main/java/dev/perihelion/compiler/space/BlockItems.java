package dev.perihelion.compiler.space;

import java.util.ArrayList;
import java.util.List;

/**
 * The elements of one list-valued key that belong to loops: each element stands for one or more block symbols. Where
 * several loops share a symbol, the last one has the element; loops of different numbers of axes that share one have none.
 */
record BlockItems(List<List<Integer>> items) {

    BlockItems {
        items = distinct(items);
    }

    private static List<List<Integer>> distinct(List<List<Integer>> given) {
        List<List<Integer>> rest = new ArrayList<>(given);
        while (true) {
            List<List<Integer>> kept = new ArrayList<>();
            int clash = -1;
            for (int i = 0; i < rest.size() && clash < 0; i++) {
                int block = rest.get(i).get(0);
                int last = last(rest, block);
                if (last == i) {
                    kept.add(rest.get(i));
                } else if (rest.get(last).size() != rest.get(i).size()) {
                    clash = block;
                }
            }
            if (clash < 0) {
                return List.copyOf(kept);
            }
            int shared = clash;
            rest.removeIf(item -> item.contains(shared));
        }
    }

    private static int last(List<List<Integer>> items, int block) {
        for (int i = items.size() - 1; i >= 0; i--) {
            if (items.get(i).contains(block)) {
                return i;
            }
        }
        throw new IllegalArgumentException("No item has block " + block + ".");
    }

    int size() {
        return items.size();
    }

    /** The element that a block belongs to; -1 where there is none. */
    int indexOf(int block) {
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i).contains(block)) {
                return i;
            }
        }
        return -1;
    }
}
