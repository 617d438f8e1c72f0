package dev.perihelion.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SweepBundleTest {

    @TempDir
    private Path folder;

    @Test
    void readsTheSpecificationAndItsKernelFiles() {
        SweepBundle sweep = Norms.sweep();

        assertThat(sweep.name()).isEqualTo("Nightly norms");
        assertThat(sweep.files().get("kernels/scale.py")).contains("def scale(");
    }

    @Test
    void refusesAFileThatDoesNotExist() throws IOException {
        Path specification = write("name: x\nkernels: [{kernel: \"absent.py::f\"}]");

        assertThatThrownBy(() -> SweepBundle.read(specification))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("absent.py` does not exist");
    }

    @Test
    void refusesAFileOutsideTheFolder() throws IOException {
        Files.writeString(folder.resolve("outside.py"), "");
        Files.createDirectory(folder.resolve("inner"));
        Path specification = Files.writeString(
                folder.resolve("inner/spec.yaml"), "name: x\nkernels: [{kernel: \"../outside.py::f\"}]");

        assertThatThrownBy(() -> SweepBundle.read(specification))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("`../outside.py` cannot travel");
    }

    @Test
    void refusesMoreThanAConfigMapHolds() {
        TreeMap<String, String> files = new TreeMap<>();
        files.put("large.py", "#".repeat(SweepBundle.LARGEST_BYTES));

        assertThatThrownBy(() -> new SweepBundle("x", "name: x", files))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("have " + (SweepBundle.LARGEST_BYTES + 7) + " bytes together");
    }

    @Test
    void refusesASpecificationWithoutKernelsOrName() throws IOException {
        Path noKernels = write("name: x");
        assertThatThrownBy(() -> SweepBundle.read(noKernels)).hasMessageContaining("has no `kernels`");

        assertThatThrownBy(() -> new SweepBundle(" ", "", new TreeMap<>())).hasMessageContaining("name is empty");
    }

    @Test
    void aSweepWithoutANameHasItsFiles() throws IOException {
        Files.writeString(folder.resolve("k.py"), "");

        assertThat(SweepBundle.read(write("kernels: [{kernel: \"k.py::f\"}]")).name())
                .isEqualTo("spec");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("spec.yaml"), text);
    }
}
