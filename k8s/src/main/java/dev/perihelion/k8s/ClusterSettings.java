package dev.perihelion.k8s;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where and with what a sweep runs on a cluster: the {@code kubernetes} section of a sweep specification, described in
 * docs/kubernetes.md. A component that is null takes its default.
 *
 * @param namespace of all objects; it must exist
 * @param image with the command, the libraries and the workers; see k8s/src/main/docker
 * @param serviceAccount one that exists and may create pods; null makes one, with its role
 * @param secret a secret that exists, whose entries become environment variables of driver and executors; null for none
 * @param store where trials go
 * @param driver the pod that searches
 * @param executors the pods that compile and measure
 * @param keepSeconds how long a finished job stays to be looked at
 * @param userId whom the processes run as; not 0
 * @param spark further Spark settings, which win over the ones that are derived here
 */
public record ClusterSettings(
        String namespace,
        String image,
        @JsonProperty("service_account") String serviceAccount,
        String secret,
        Store store,
        Driver driver,
        Executors executors,
        @JsonProperty("keep_seconds") Integer keepSeconds,
        @JsonProperty("user_id") Long userId,
        Map<String, String> spark) {

    /** What a specification without a {@code kubernetes} section gets. */
    public static final ClusterSettings DEFAULT =
            new ClusterSettings(null, null, null, null, null, null, null, null, null, null);

    public ClusterSettings {
        namespace = Names.check("namespace", namespace == null ? "default" : namespace);
        image = image == null ? "perihelion:0.1.0" : image;
        if (image.isBlank() || image.chars().anyMatch(Character::isWhitespace)) {
            throw new SettingsException(
                    "`image` is `" + image + "`; write an image's name, as `registry/perihelion:0.1.0`.");
        }
        if (serviceAccount != null) {
            Names.check("service_account", serviceAccount);
        }
        if (secret != null) {
            Names.check("secret", secret);
        }
        store = store == null ? new Store(null, null, null, null, null) : store;
        driver = driver == null ? new Driver(null, null) : driver;
        executors = executors == null ? new Executors(null, null, null, null, null, null, null) : executors;
        keepSeconds = atLeast("keep_seconds", keepSeconds == null ? 86_400 : keepSeconds, 0);
        userId = userId == null ? 1000L : userId;
        if (userId < 1) {
            throw new SettingsException("`user_id` is " + userId + "; nothing here needs root, so write 1 or more.");
        }
        spark = spark == null ? Map.of() : new TreeMap<>(spark);
        for (String key : spark.keySet()) {
            if (!key.startsWith("spark.")) {
                throw new SettingsException("`spark` has the key `" + key + "`; Spark's settings begin with `spark.`.");
            }
        }
    }

    /** The settings of a specification's {@code kubernetes} section; the defaults where it has none. */
    public static ClusterSettings fromSpecification(String yaml) {
        return SettingsReader.read(yaml);
    }

    /** The account that the driver runs as. */
    Optional<String> givenServiceAccount() {
        return Optional.ofNullable(serviceAccount);
    }

    /**
     * Where trials go: an object store's address, or a volume that only the driver mounts, as only it writes trials.
     *
     * @param uri an address such as {@code s3a://bucket/prefix}; null for a volume
     * @param claim a volume claim that exists; null makes one
     * @param mount the folder of the volume in the driver
     * @param size of the claim that is made, as {@code 10Gi}
     * @param storageClass of the claim that is made; null for the cluster's own choice
     */
    public record Store(
            String uri,
            String claim,
            String mount,
            String size,
            @JsonProperty("storage_class") String storageClass) {

        public Store {
            if (uri != null && (claim != null || mount != null || size != null || storageClass != null)) {
                throw new SettingsException("`store` has `uri` and settings of a volume; write one or the other.");
            }
            if (uri != null && !uri.matches("[a-z][a-z0-9+.-]*://.+")) {
                throw new SettingsException("`store.uri` is `" + uri + "`; write an address, as `s3a://bucket/prefix`,"
                        + " or leave it out to use a volume.");
            }
            if (claim != null) {
                Names.check("store.claim", claim);
            }
            mount = mount == null ? "/var/lib/perihelion" : mount;
            if (!mount.matches("/[^:\\s]+")) {
                throw new SettingsException(
                        "`store.mount` is `" + mount + "`; write an absolute path, as `/var/lib/perihelion`.");
            }
            size = size == null ? "10Gi" : size;
            bytes("store.size", size);
        }

        /** What the command's {@code --store} gets. */
        String location() {
            return uri == null ? mount + "/store" : uri;
        }

        /** Whether a claim has to be made. */
        boolean needsClaim() {
            return uri == null && claim == null;
        }
    }

    /**
     * The driver's pod.
     *
     * @param cores CPU cores
     * @param memory of the pod, as {@code 4Gi}; three quarters of it are the JVM's heap
     */
    public record Driver(Integer cores, String memory) {

        public Driver {
            cores = atLeast("driver.cores", cores == null ? 2 : cores, 1);
            memory = memory == null ? "4Gi" : memory;
            atLeastGibibyte("driver.memory", memory);
        }
    }

    /**
     * The executors' pods. Each owns its GPUs, and compiles on its cores while they measure; with no GPUs it only compiles.
     *
     * @param count pods
     * @param gpus of each pod
     * @param vendor of the GPUs, as in the resource's name {@code nvidia.com/gpu}
     * @param cores of each pod: so many kernels compile at once
     * @param memory of each pod; a quarter of it is the JVM's heap, the rest is for the Python workers
     * @param nodeSelector labels that a node must have
     * @param tolerations of the pods; null tolerates the usual taint of GPU nodes
     */
    public record Executors(
            Integer count,
            Integer gpus,
            String vendor,
            Integer cores,
            String memory,
            @JsonProperty("node_selector") Map<String, String> nodeSelector,
            List<Toleration> tolerations) {

        public Executors {
            count = atLeast("executors.count", count == null ? 1 : count, 1);
            gpus = atLeast("executors.gpus", gpus == null ? 1 : gpus, 0);
            vendor = vendor == null ? "nvidia.com" : vendor;
            if (!vendor.equals("nvidia.com") && !vendor.equals("amd.com")) {
                throw new SettingsException("`executors.vendor` is `" + vendor + "`; write `nvidia.com` or `amd.com`.");
            }
            cores = atLeast("executors.cores", cores == null ? 8 : cores, 1);
            memory = memory == null ? "16Gi" : memory;
            atLeastGibibyte("executors.memory", memory);
            nodeSelector = nodeSelector == null ? Map.of() : new TreeMap<>(nodeSelector);
            tolerations = tolerations == null ? usualTolerations(vendor, gpus) : List.copyOf(tolerations);
            for (Toleration toleration : tolerations) {
                if (!toleration.getAdditionalProperties().isEmpty()) {
                    throw new SettingsException("`executors.tolerations` has the unknown keys "
                            + toleration.getAdditionalProperties().keySet()
                            + "; a toleration has `key`, `operator`, `value`, `effect` and `tolerationSeconds`.");
                }
            }
        }

        private static List<Toleration> usualTolerations(String vendor, int gpus) {
            return gpus == 0
                    ? List.of()
                    : List.of(new TolerationBuilder()
                            .withKey(vendor + "/gpu")
                            .withOperator("Exists")
                            .withEffect("NoSchedule")
                            .build());
        }
    }

    /** Mebibytes of a quantity such as {@code 4Gi}, rounded down. */
    static long mebibytes(String setting, String quantity) {
        return bytes(setting, quantity) >> 20;
    }

    private static long bytes(String setting, String quantity) {
        try {
            long bytes = Quantity.getAmountInBytes(Quantity.parse(quantity)).longValueExact();
            if (bytes > 0) {
                return bytes;
            }
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw unreadableQuantity(setting, quantity);
        }
        throw unreadableQuantity(setting, quantity);
    }

    private static SettingsException unreadableQuantity(String setting, String quantity) {
        return new SettingsException("`" + setting + "` is `" + quantity + "`; write an amount, as `16Gi` or `500Mi`.");
    }

    private static void atLeastGibibyte(String setting, String quantity) {
        if (mebibytes(setting, quantity) < 1024) {
            throw new SettingsException("`" + setting + "` is `" + quantity + "`; at least `1Gi` is needed.");
        }
    }

    private static int atLeast(String setting, int value, int least) {
        if (value < least) {
            throw new SettingsException("`" + setting + "` is " + value + "; at least " + least + " is needed.");
        }
        return value;
    }
}
