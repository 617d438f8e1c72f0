package dev.perihelion.sweep.store;

import dev.perihelion.sweep.events.EventSink;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * An event log where files cannot grow, as on an object store: a whole file now and then. Files are written by a thread of its
 * own, because a far store must not slow the sweep; what could not be written is tried again with the next lines.
 */
final class EventParts implements EventSink {

    private static final Duration EVERY = Duration.ofSeconds(60);
    private static final int MOST_CHARACTERS = 1 << 24;

    private final Configuration conf;
    private final Path folder;
    private final String prefix;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(EventParts::daemon);
    private StringBuilder lines = new StringBuilder();
    private IOException problem;
    private int parts;
    private long writtenNanos = System.nanoTime();
    private boolean writing;

    /**
     * A log.
     *
     * @param prefix of the files' names, unlike that of any other run of the sweep
     */
    EventParts(Configuration conf, Path folder, String prefix) {
        this.conf = conf;
        this.folder = folder;
        this.prefix = prefix;
    }

    @Override
    public String location() {
        return folder.toString();
    }

    @Override
    public synchronized void append(String line) throws IOException {
        if (lines.length() + line.length() > MOST_CHARACTERS) {
            throw new IOException("too much waits to be written");
        }
        lines.append(line).append('\n');
        if (!writing && System.nanoTime() - writtenNanos >= EVERY.toNanos()) {
            writing = true;
            writer.execute(this::writePart);
        }
        IOException told = problem;
        problem = null;
        if (told != null) {
            throw told;
        }
    }

    private void writePart() {
        String text;
        synchronized (this) {
            text = lines.toString();
        }
        IOException failure = null;
        try {
            if (!text.isEmpty()) {
                write(text);
            }
        } catch (IOException e) {
            failure = e;
        }
        synchronized (this) {
            problem = failure;
            if (failure == null) {
                lines.delete(0, text.length());
            }
            writtenNanos = System.nanoTime();
            writing = false;
        }
    }

    private void write(String text) throws IOException {
        String name = String.format(Locale.ROOT, "%s-%06d.jsonl", prefix, parts + 1);
        Path temporary = new Path(folder, "_tmp-" + name);
        FileSystem files = folder.getFileSystem(conf);
        files.mkdirs(folder);
        try (OutputStream out = files.create(temporary, true)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        if (!files.rename(temporary, new Path(folder, name))) {
            throw new IOException("`" + temporary + "` cannot be renamed");
        }
        parts++;
    }

    @Override
    public void close() throws IOException {
        writer.execute(this::writePart);
        writer.shutdown();
        try {
            if (!writer.awaitTermination(EVERY.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("the last events are not written yet");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            if (problem != null) {
                throw problem;
            }
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "event log");
        thread.setDaemon(true);
        return thread;
    }
}
