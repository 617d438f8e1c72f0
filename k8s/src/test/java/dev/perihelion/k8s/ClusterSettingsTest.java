package dev.perihelion.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class ClusterSettingsTest {

    @Test
    void aSpecificationWithoutTheSectionGetsTheDefaults() {
        assertThat(ClusterSettings.fromSpecification("name: x")).isEqualTo(ClusterSettings.DEFAULT);
    }

    @Test
    void aNamedSettingLeavesTheOthersAtTheirDefaults() {
        ClusterSettings settings = ClusterSettings.fromSpecification("kubernetes: {executors: {gpus: 8}}");

        assertThat(settings.executors().gpus()).isEqualTo(8);
        assertThat(settings.executors().cores())
                .isEqualTo(ClusterSettings.DEFAULT.executors().cores());
        assertThat(settings.namespace()).isEqualTo("default");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {name_space: x}                              | `kubernetes.name_space` is not a known setting; known here are
            {executors: {gpu: 1}}                        | `kubernetes.executors.gpu` is not a known setting
            {namespace: Tuning}                          | `namespace` is `Tuning`, which is no name on Kubernetes
            {namespace: -a}                              | `namespace` is `-a`
            {executors: {count: 0}}                      | `executors.count` is 0; at least 1 is needed.
            {executors: {gpus: -1}}                      | `executors.gpus` is -1; at least 0 is needed.
            {executors: {gpus: many}}                    | `kubernetes.executors.gpus` cannot be read
            {executors: {gpus: 1.5}}                     | `kubernetes.executors.gpus` cannot be read
            {executors: {memory: lots}}                  | `executors.memory` is `lots`; write an amount
            {executors: {memory: 100Mi}}                 | `executors.memory` is `100Mi`; at least `1Gi` is needed.
            {executors: {vendor: intel}}                 | `executors.vendor` is `intel`
            {executors: {tolerations: [{keys: a}]}}      | `executors.tolerations` has the unknown keys [keys]
            {store: {uri: bucket}}                       | `store.uri` is `bucket`
            {store: {uri: "s3a://b/p", size: 1Gi}}       | `store` has `uri` and settings of a volume
            {store: {mount: relative}}                   | `store.mount` is `relative`
            {user_id: 0}                                 | `user_id` is 0
            {image: ""}                                  | `image` is ``
            {spark: {executor.cores: 3}}                 | `spark` has the key `executor.cores`
            """)
    void refusesWhatCannotWork(String section, String message) {
        assertThatThrownBy(() -> ClusterSettings.fromSpecification("name: x\nkubernetes: " + section))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(message);
    }
}
