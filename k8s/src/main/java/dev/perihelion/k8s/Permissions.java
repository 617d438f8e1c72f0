package dev.perihelion.k8s;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import java.util.List;

/** An account for the driver that may manage executor pods in its own namespace, and nothing else. */
final class Permissions {

    private static final String RBAC = "rbac.authorization.k8s.io";

    private Permissions() {}

    static List<HasMetadata> of(ObjectMeta metadata) {
        return List.of(
                new ServiceAccountBuilder().withMetadata(metadata).build(),
                new RoleBuilder()
                        .withMetadata(metadata)
                        .addNewRule()
                        .withApiGroups("")
                        // Spark makes a ConfigMap for its executors, and looks for claims of theirs when it ends.
                        .withResources("pods", "configmaps", "persistentvolumeclaims")
                        .withVerbs("get", "list", "watch", "create", "patch", "delete", "deletecollection")
                        .endRule()
                        .build(),
                new RoleBindingBuilder()
                        .withMetadata(metadata)
                        .withNewRoleRef(RBAC, "Role", metadata.getName())
                        .addNewSubject()
                        .withKind("ServiceAccount")
                        .withName(metadata.getName())
                        .withNamespace(metadata.getNamespace())
                        .endSubject()
                        .build());
    }
}
