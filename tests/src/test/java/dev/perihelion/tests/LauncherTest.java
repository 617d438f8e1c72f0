package dev.perihelion.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in an installation of empty jars, and in a source tree of its own; Java, Maven and Python are stand-ins. */
@Timeout(60)
class LauncherTest {

    private static final Path LAUNCHER = Path.of(System.getenv("PERIHELION_ROOT"), "perihelion");

    /** Prints its arguments, one a line, and what the launcher exports; with an archive to make, makes it. */
    private static final String JAVA = "for word; do echo \"$word\"; case \"$word\" in"
            + " -XX:ArchiveClassesAtExit=*) echo made >\"${word#*=}\";; esac; done;"
            + " echo \"python=$PERIHELION_PYTHON ip=$SPARK_LOCAL_IP\"";

    @TempDir
    private Path folder;

    private Path home;

    @BeforeEach
    void install() throws IOException {
        home = Files.createDirectories(folder.resolve("home"));
        Files.createDirectories(home.resolve("lib"));
        Files.createFile(home.resolve("lib/b.jar"));
        Files.createFile(home.resolve("lib/A.jar"));
        Files.createFile(home.resolve("lib/jvm-options"));
        jdk(home.resolve("jre"), "17.0.9");
    }

    @Test
    void anInstallationStartsWithoutBuilding() throws Exception {
        Run run = run(LAUNCHER, installed(), "results", "two words");

        assertThat(run.status).isZero();
        assertThat(run.output.lines())
                .containsSubsequence(
                        "@" + home + "/lib/jvm-options",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        home + "/lib/A.jar:" + home + "/lib/b.jar",
                        "dev.perihelion.cli.Main",
                        "results",
                        "two words",
                        "python= ip=127.0.0.1");
    }

    @Test
    void itIsFoundThroughLinksAndTakesGivenOptions() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), LAUNCHER);
        Path second = Files.createSymbolicLink(folder.resolve("second"), Path.of("link"));

        Run run = run(
                second,
                with(installed(), Map.of("PERIHELION_JAVA_OPTS", "-Xmx1g -Da=b", "SPARK_LOCAL_IP", "10.0.0.1")));

        assertThat(link).exists();
        assertThat(run.output.lines())
                .containsSubsequence("-Xmx1g", "-Da=b", "-cp")
                .doesNotContain("-XX:TieredStopAtLevel=1")
                .contains("python= ip=10.0.0.1");
    }

    @Test
    void anOldJavaIsRefused() throws Exception {
        jdk(home.resolve("jre"), "11.0.2");

        Run run = run(LAUNCHER, installed(), "--help");

        assertThat(run.status).isEqualTo(1);
        assertThat(run.errors).contains("Java 17 or newer is needed, but", "is 11.0.2");
    }

    @Test
    void aSourceTreeIsBuiltOnceAndAgainAfterAChange() throws Exception {
        Path tree = sourceTree();
        Map<String, String> environment =
                Map.of("JAVA_HOME", folder.resolve("jdk").toString());
        Path launcher = tree.resolve("perihelion");

        Run first = run(launcher, environment, "--help");
        assertThat(first.status).as(first.errors).isZero();
        assertThat(first.errors).contains("[1/2] building the jars", "[2/2] preparing fast starts");
        assertThat(first.output.lines()).anyMatch(line -> line.startsWith("-XX:SharedArchiveFile="));

        assertThat(run(launcher, environment, "--help").errors).isEmpty();

        Files.writeString(tree.resolve("cli/src/main/java/Main.java"), "// changed");
        Files.setLastModifiedTime(
                tree.resolve("cli/src/main/java/Main.java"),
                java.nio.file.attribute.FileTime.fromMillis(System.currentTimeMillis() + 5_000));
        assertThat(run(launcher, environment, "--help").errors).contains("building the jars");
    }

    @Test
    void onlyCommandsThatRunKernelsMakeThePythonEnvironment() throws Exception {
        Path launcher = sourceTree().resolve("perihelion");
        Map<String, String> environment =
                Map.of("JAVA_HOME", folder.resolve("jdk").toString());

        for (List<String> words : List.of(
                List.of("compile", "k.py::k"),
                List.of("results", "latest"),
                List.of("tune", "--help"),
                List.<String>of())) {
            assertThat(run(launcher, environment, words.toArray(String[]::new)).errors)
                    .doesNotContain("environment asked for");
        }
        for (List<String> words : List.of(List.of("tune", "k.py::k"), List.of("space", "k.py::k", "--inputs", "f"))) {
            assertThat(run(launcher, environment, words.toArray(String[]::new)).errors)
                    .contains("environment asked for");
        }
        assertThat(run(launcher, with(environment, Map.of("PERIHELION_PYTHON", "mine")), "tune").errors)
                .doesNotContain("environment asked for");
    }

    @Test
    void aFailedBuildShowsWhyAndStartsNothing() throws Exception {
        Path tree = sourceTree();
        program(folder.resolve("bin/mvn"), "echo '[ERROR] no such symbol'; exit 1");

        Run run = run(
                tree.resolve("perihelion"),
                Map.of("JAVA_HOME", folder.resolve("jdk").toString()),
                "--help");

        assertThat(run.status).isEqualTo(1);
        assertThat(run.errors).contains("[ERROR] no such symbol", "The build failed");
        assertThat(run.output).isEmpty();
    }

    private Map<String, String> installed() {
        return Map.of("PERIHELION_HOME", home.toString());
    }

    /** The launcher beside an empty class, with a `mvn` that leaves what a build leaves. */
    private Path sourceTree() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("tree"));
        Files.copy(LAUNCHER, tree.resolve("perihelion"));
        Files.createDirectories(tree.resolve("cli/src/main/java"));
        Files.createDirectories(tree.resolve("cli/src/main/scripts"));
        Files.writeString(tree.resolve("pom.xml"), "");
        Files.writeString(tree.resolve("cli/pom.xml"), "");
        Files.writeString(tree.resolve("cli/src/main/java/Main.java"), "");
        program(tree.resolve("cli/src/main/scripts/python-env.sh"), "echo environment asked for >&2");
        Files.createDirectories(folder.resolve("bin"));
        program(
                folder.resolve("bin/mvn"),
                "mkdir -p cli/target && cd cli/target && touch cli-1.jar built && echo /elsewhere/x.jar >classpath");
        jdk(folder.resolve("jdk"), "17.0.9");
        Files.writeString(folder.resolve("jdk/bin/javac"), "");
        assertThat(folder.resolve("jdk/bin/javac").toFile().setExecutable(true)).isTrue();
        return tree;
    }

    private static void jdk(Path place, String version) throws IOException {
        Files.createDirectories(place.resolve("bin"));
        program(place.resolve("bin/java"), JAVA);
        Files.writeString(place.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    }

    private static void program(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static Map<String, String> with(Map<String, String> some, Map<String, String> more) {
        Map<String, String> all = new java.util.HashMap<>(some);
        all.putAll(more);
        return all;
    }

    private record Run(int status, String output, String errors) {}

    private Run run(Path launcher, Map<String, String> environment, String... arguments) throws Exception {
        Path errors = folder.resolve("errors");
        ProcessBuilder builder = new ProcessBuilder(launcher.toString());
        builder.command().addAll(List.of(arguments));
        builder.environment()
                .keySet()
                .removeIf(name ->
                        name.startsWith("PERIHELION_") || name.startsWith("SPARK_") || name.equals("JAVA_HOME"));
        builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().putAll(environment);
        builder.redirectError(errors.toFile());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), output, Files.readString(errors));
    }
}
