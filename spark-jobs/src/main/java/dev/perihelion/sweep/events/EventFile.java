package dev.perihelion.sweep.events;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file on this machine that grows line by line, so that others can follow it; what it holds already stays. */
public final class EventFile implements EventSink {

    private final Path file;
    // Not a channel: that would be closed for good by the interrupt of the thread that writes.
    private OutputStream stream;
    private boolean torn;

    /** A log; the file and its folder are made with the first line. */
    public EventFile(Path file) {
        this.file = file;
    }

    @Override
    public String location() {
        return file.toString();
    }

    @Override
    public void append(String line) throws IOException {
        if (stream == null) {
            open();
        }
        // A line that was cut off, by a full disk or by a killed driver, ends here, so that it spoils no other.
        byte[] bytes = ((torn ? "\n" : "") + line + "\n").getBytes(StandardCharsets.UTF_8);
        torn = true;
        stream.write(bytes);
        torn = false;
    }

    private void open() throws IOException {
        if (file.getParent() != null) {
            Files.createDirectories(file.getParent());
        }
        // Devices and pipes have a size of 0 and are not read.
        torn = Files.exists(file) && Files.size(file) > 0 && !endsWithLineBreak();
        stream = new FileOutputStream(file.toFile(), true);
    }

    private boolean endsWithLineBreak() throws IOException {
        try (RandomAccessFile reader = new RandomAccessFile(file.toFile(), "r")) {
            reader.seek(reader.length() - 1);
            return reader.read() == '\n';
        }
    }

    @Override
    public void close() throws IOException {
        if (stream != null) {
            stream.close();
        }
    }
}
