package dev.perihelion.sweep.export;

import java.util.List;

/** The export formats. */
public final class Exporters {

    private static final List<Exporter> ALL = List.of(
            new BundleExporter(),
            new HelionExporter(),
            SpaceExporter.space(),
            SpaceExporter.t4(),
            SpaceExporter.kernelTuner());

    private Exporters() {}

    /** All formats, in the order of the documentation. */
    public static List<Exporter> all() {
        return ALL;
    }

    /**
     * The format of this name.
     *
     * @throws ExportException if there is none; the message names them
     */
    public static Exporter named(String name) {
        return ALL.stream()
                .filter(exporter -> exporter.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ExportException("There is no export format `" + name + "`. The formats are "
                        + String.join(", ", ALL.stream().map(Exporter::name).toList()) + "."));
    }
}
