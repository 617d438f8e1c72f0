package dev.perihelion.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** PERIHELION_ACCEPT=1 writes the golden file anew, and still fails, so that nothing is accepted unseen. */
@Timeout(60)
class ManifestGoldenTest {

    private static final Path GOLDEN =
            Path.of(System.getenv("PERIHELION_ROOT"), "k8s", "src", "test", "resources", "norms", "manifests.yaml");

    @Test
    void rendersTheStoredManifests() throws IOException {
        String yaml = Norms.renderer().yaml(Norms.sweep());
        if ("1".equals(System.getenv("PERIHELION_ACCEPT"))) {
            Files.writeString(GOLDEN, yaml);
            fail("Accepted `" + GOLDEN + "`; look at the difference and run again.");
        }
        assertThat(yaml).isEqualTo(Files.readString(GOLDEN));
    }

    @Test
    void rendersTheSameBytesTwice() {
        assertThat(Norms.renderer().yaml(Norms.sweep()))
                .isEqualTo(Norms.renderer().yaml(Norms.sweep()));
    }
}
