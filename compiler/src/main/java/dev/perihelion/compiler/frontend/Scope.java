package dev.perihelion.compiler.frontend;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The names of one function while it is interpreted. Names it lacks are looked up in the module. */
final class Scope {

    private final Map<String, Item> names = new LinkedHashMap<>();
    private final Set<String> hostNames;
    private final ModuleScope module;

    Scope(ModuleScope module) {
        this.module = module;
        this.hostNames = new java.util.LinkedHashSet<>();
    }

    Optional<Item> find(String name) {
        Item own = names.get(name);
        return own != null ? Optional.of(own) : module.find(name);
    }

    Optional<Item> findLocal(String name) {
        return Optional.ofNullable(names.get(name));
    }

    void bind(String name, Item item) {
        names.put(name, item);
    }

    /** Marks a name as the host's: device code may read it, not assign it. */
    void bindOnHost(String name, Item item) {
        names.put(name, item);
        hostNames.add(name);
    }

    boolean isHostName(String name) {
        return hostNames.contains(name);
    }

    /** All local names now, for closures and for undoing a trial run. */
    Map<String, Item> snapshot() {
        return new LinkedHashMap<>(names);
    }

    /** Back to an earlier snapshot. */
    void restore(Map<String, Item> snapshot) {
        names.clear();
        names.putAll(snapshot);
    }
}
