package dev.perihelion.compiler.space;

import dev.perihelion.search.space.ParameterName;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys of a configuration, as Helion's Config names them. */
public final class Keys {

    public static final String BLOCK_SIZES = "block_sizes";
    public static final String LOOP_ORDERS = "loop_orders";
    public static final String L2_GROUPINGS = "l2_groupings";
    public static final String REDUCTION_LOOPS = "reduction_loops";
    public static final String RANGE_UNROLL_FACTORS = "range_unroll_factors";
    public static final String RANGE_NUM_STAGES = "range_num_stages";
    public static final String RANGE_MULTI_BUFFERS = "range_multi_buffers";
    public static final String RANGE_FLATTENS = "range_flattens";
    public static final String LOAD_EVICTION_POLICIES = "load_eviction_policies";

    public static final ParameterName NUM_WARPS = ParameterName.scalar("num_warps");
    public static final ParameterName NUM_STAGES = ParameterName.scalar("num_stages");
    public static final ParameterName PID_TYPE = ParameterName.scalar("pid_type");
    public static final ParameterName NUM_SM_MULTIPLIER = ParameterName.scalar("num_sm_multiplier");
    public static final ParameterName MAXNREG = ParameterName.scalar("maxnreg");

    /** The program id types whose programs each run many tiles. */
    public static final Set<Object> PERSISTENT = Set.of("persistent_blocked", "persistent_interleaved");

    /** Keys of Helion's space that this version leaves at the meaning of their default. */
    static final Map<String, List<Object>> NEUTRAL = Map.of(
            "indexing", List.of("pointer"),
            "atomic_indexing", List.of("pointer"),
            "flatten_loops", List.of(false),
            "static_ranges", List.of(false),
            "range_warp_specializes", java.util.Arrays.asList(null, false));

    /** Spellings that set every element of a list-valued key. */
    static final Map<String, String> SINGULAR = Map.ofEntries(
            Map.entry("block_size", BLOCK_SIZES),
            Map.entry("loop_order", LOOP_ORDERS),
            Map.entry("l2_grouping", L2_GROUPINGS),
            Map.entry("reduction_loop", REDUCTION_LOOPS),
            Map.entry("flatten_loop", "flatten_loops"),
            Map.entry("range_unroll_factor", RANGE_UNROLL_FACTORS),
            Map.entry("range_num_stage", RANGE_NUM_STAGES),
            Map.entry("range_multi_buffer", RANGE_MULTI_BUFFERS),
            Map.entry("range_flatten", RANGE_FLATTENS),
            Map.entry("range_warp_specialize", "range_warp_specializes"),
            Map.entry("static_range", "static_ranges"));

    private Keys() {}

    /** Element {@code index} of a list-valued key. */
    public static ParameterName element(String key, int index) {
        return ParameterName.element(key, index);
    }
}
