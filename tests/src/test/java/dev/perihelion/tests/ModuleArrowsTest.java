package dev.perihelion.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** The arrows between modules, as the table in docs/architecture.md draws them; any other import fails here. */
@Timeout(120)
class ModuleArrowsTest {

    private static final String ROOT = "dev.perihelion.";

    /** Modules by the package they own, each with the modules that it may know. */
    private static final Map<String, List<String>> KNOWS = Map.of(
            "search", List.of(),
            "compiler", List.of("search"),
            "executor", List.of("search"),
            "sweep", List.of("search", "compiler", "executor"),
            "k8s", List.of("sweep"),
            "cli", List.of("search", "compiler", "executor", "sweep", "k8s"));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(KNOWS.keySet().stream().map(module -> ROOT + module).toArray(String[]::new));

    @TestFactory
    Stream<DynamicTest> modulesKnowOnlyWhatTheTableAllows() {
        return KNOWS.keySet().stream()
                .sorted()
                .map(module ->
                        DynamicTest.dynamicTest(module, () -> arrows(module).check(CLASSES)));
    }

    @Test
    void onlySweepSeesSpark() {
        only("sweep", "org.apache.spark..").check(CLASSES);
    }

    @Test
    void onlyK8sSeesTheKubernetesClient() {
        only("k8s", "io.fabric8..").check(CLASSES);
    }

    /** The rules pass on an empty set of classes, so each module must have been found. */
    @Test
    void everyModuleWasLookedAt() {
        for (String module : KNOWS.keySet()) {
            Assertions.assertThat(CLASSES.stream().filter(type -> owns(module, type.getPackageName())))
                    .as(module)
                    .isNotEmpty();
        }
        Assertions.assertThat(CLASSES.stream().map(type -> type.getPackageName()))
                .allMatch(name -> KNOWS.keySet().stream().anyMatch(module -> owns(module, name)));
    }

    private static ArchRule arrows(String module) {
        String[] forbidden = KNOWS.keySet().stream()
                .filter(other -> !other.equals(module) && !KNOWS.get(module).contains(other))
                .sorted()
                .map(other -> ROOT + other + "..")
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(ROOT + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden)
                .allowEmptyShould(true);
    }

    private static ArchRule only(String module, String library) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }

    private static boolean owns(String module, String packageName) {
        return packageName.equals(ROOT + module) || packageName.startsWith(ROOT + module + ".");
    }
}
