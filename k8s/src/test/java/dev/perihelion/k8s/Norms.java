package dev.perihelion.k8s;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** The sweep that the tests render. */
final class Norms {

    private Norms() {}

    static Path specification() {
        try {
            return Path.of(Norms.class.getResource("/norms/spec.yaml").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static SweepBundle sweep() {
        return SweepBundle.read(specification());
    }

    static ManifestRenderer renderer() {
        return new ManifestRenderer(ClusterSettings.fromSpecification(sweep().specification()));
    }
}
