package dev.perihelion.search.space;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/** The elements of a list-valued key: an immutable list that knows its hash, because searches compare many of them. */
final class ValueList extends AbstractList<Object> implements RandomAccess {

    private final Object[] elements;
    private final int hashCode;

    /** @param elements canonical, never changed afterwards */
    private ValueList(Object[] elements) {
        this.elements = elements;
        this.hashCode = Arrays.hashCode(elements);
    }

    /** A list of these, each brought to canonical form. */
    static ValueList of(List<?> elements) {
        if (elements instanceof ValueList canonical) {
            return canonical;
        }
        Object[] copy = elements.toArray();
        for (int i = 0; i < copy.length; i++) {
            copy[i] = Configuration.canonical(copy[i]);
        }
        return new ValueList(copy);
    }

    /** A copy with a canonical value at this position, which exists or is the next one. */
    ValueList with(int position, Object value) {
        if (position > elements.length) {
            throw new IndexOutOfBoundsException(
                    "A list of " + elements.length + " values has no position " + position + ".");
        }
        Object[] copy = Arrays.copyOf(elements, Math.max(elements.length, position + 1));
        copy[position] = value;
        return new ValueList(copy);
    }

    @Override
    public Object get(int position) {
        return elements[position];
    }

    @Override
    public int size() {
        return elements.length;
    }

    @Override
    public Object[] toArray() {
        return Arrays.copyOf(elements, elements.length, Object[].class);
    }

    @Override
    public boolean equals(Object other) {
        if (other instanceof ValueList that) {
            return hashCode == that.hashCode && Arrays.equals(elements, that.elements);
        }
        return super.equals(other);
    }

    @Override
    public int hashCode() {
        return hashCode;
    }
}
