package dev.perihelion.sweep.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EventPartsTest {

    @TempDir
    Path folder;

    @Test
    void linesComeInWholeFilesAndRunsDoNotDisturbEachOther() throws IOException {
        try (EventParts first = parts(folder.resolve("sweep"), "20261123-233512")) {
            first.append("{\"a\":1}");
            first.append("{\"a\":2}");
        }
        try (EventParts second = parts(folder.resolve("sweep"), "20261124-010203")) {
            second.append("{\"a\":3}");
        }
        try (Stream<Path> files = Files.list(folder.resolve("sweep"))) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted())
                    .containsExactly("20261123-233512-000001.jsonl", "20261124-010203-000001.jsonl");
        }
        assertThat(folder.resolve("sweep/20261123-233512-000001.jsonl")).hasContent("{\"a\":1}\n{\"a\":2}\n");
    }

    @Test
    void whatCannotBeWrittenIsAProblemOfTheLogAlone() throws IOException {
        Path inTheWay = Files.createFile(folder.resolve("file"));
        EventParts parts = parts(inTheWay.resolve("sweep"), "run");
        parts.append("{}");
        assertThatThrownBy(parts::close).isInstanceOf(IOException.class);
    }

    @Test
    void nothingIsWrittenOfNothing() throws IOException {
        parts(folder.resolve("sweep"), "run").close();
        assertThat(folder.resolve("sweep")).doesNotExist();
    }

    @Test
    void aLocalStoresLogIsOneFileThatGrows() throws IOException {
        try (var sink = new TrialStore(folder.toString()).eventSink("s", "run")) {
            sink.append("{}");
            assertThat(folder.resolve("events/s.jsonl")).hasContent("{}\n");
        }
    }

    private static EventParts parts(Path place, String run) {
        return new EventParts(new ParquetFiles().conf(), new org.apache.hadoop.fs.Path(place.toUri()), run);
    }
}
