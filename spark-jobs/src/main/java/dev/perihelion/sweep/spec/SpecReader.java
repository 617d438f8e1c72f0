package dev.perihelion.sweep.spec;

import dev.perihelion.sweep.SweepBudget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Turns the YAML tree into a {@link SweepSpec}; reads on after a mistake, and tells all of them at the end. */
final class SpecReader {

    private static final List<String> TOP = List.of(
            "name", "kernels", "targets", "strategy", "budget", "total_budget", "cold", "measure", "kubernetes");

    private final Mistakes mistakes;
    private final SpecNode root;
    private final String text;
    private final String fileName;
    private final Path folder;

    SpecReader(String fileName, String text, Path folder) {
        this.mistakes = new Mistakes(fileName);
        this.root = SpecNode.parse(fileName, text, mistakes);
        this.text = text;
        this.fileName = fileName;
        this.folder = folder;
    }

    /**
     * The specification.
     *
     * @throws SpecException with all mistakes
     */
    SweepSpec read(TaskCheck check) {
        Map<String, SpecNode> top = mistakes.attempt(() -> root.map(TOP)).orElse(null);
        if (top == null) {
            mistakes.throwIfAny();
        }
        KernelSettings defaults = SettingsReader.read(top, KernelSettings.DEFAULT);
        List<KernelEntry> kernels = kernels(top, defaults);
        String name = top.containsKey("name")
                ? mistakes.attempt(top.get("name")::text).orElse("")
                : fileName.replaceAll(".*[/\\\\]", "").replaceAll("\\.ya?ml$", "");
        SweepBudget budget = top.containsKey("total_budget")
                ? mistakes.attempt(() -> SettingsReader.total(top.get("total_budget")))
                        .orElse(SweepBudget.NONE)
                : SweepBudget.NONE;
        boolean cold = top.containsKey("cold")
                && mistakes.attempt(top.get("cold")::truth).orElse(false);
        SpecChecks.addDuplicates(kernels, mistakes);
        SpecChecks.addMisfits(kernels, check, mistakes);
        mistakes.throwIfAny();
        return new SweepSpec(fileName, name, text, kernels, defaults, budget, cold);
    }

    private List<KernelEntry> kernels(Map<String, SpecNode> top, KernelSettings defaults) {
        if (!top.containsKey("kernels")) {
            root.report(
                    "`kernels` is missing. Write `kernels: [{kernel: \"file.py::name\", args: {x: \"f32[4096]\"}}]`.");
            return List.of();
        }
        SpecNode node = top.get("kernels");
        List<SpecNode> entries =
                mistakes.attempt(() -> node.list("`- kernel: file.py::name`")).orElse(null);
        if (entries != null && entries.isEmpty()) {
            node.report("`kernels` has no entry. Write `- kernel: file.py::name`.");
        }
        KernelReader reader = new KernelReader(mistakes, folder, defaults);
        List<KernelEntry> kernels = new ArrayList<>();
        for (SpecNode entry : entries == null ? List.<SpecNode>of() : entries) {
            int before = mistakes.count();
            mistakes.attempt(() -> reader.read(entry))
                    // What has mistakes already would only have the same ones again, in other words.
                    .filter(read -> mistakes.count() == before)
                    .ifPresent(kernels::add);
        }
        return kernels;
    }
}
