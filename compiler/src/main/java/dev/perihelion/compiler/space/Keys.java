package dev.perihelion.compiler.space;

import dev.perihelion.search.space.ParameterName;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The keys of a configuration, as Helion's Config names them. */
public final class Keys {

    public static final String BLOCK_SIZES = "block_sizes";
    public static final String LOOP_ORDERS = "loop_orders";
    public static final String FLATTEN_LOOPS = "flatten_loops";
    public static final String L2_GROUPINGS = "l2_groupings";
    public static final String REDUCTION_LOOPS = "reduction_loops";
    public static final String RANGE_UNROLL_FACTORS = "range_unroll_factors";
    public static final String RANGE_WARP_SPECIALIZES = "range_warp_specializes";
    public static final String RANGE_NUM_STAGES = "range_num_stages";
    public static final String RANGE_MULTI_BUFFERS = "range_multi_buffers";
    public static final String RANGE_FLATTENS = "range_flattens";
    public static final String STATIC_RANGES = "static_ranges";
    public static final String INDEXING = "indexing";
    public static final String ATOMIC_INDEXING = "atomic_indexing";
    public static final String LOAD_EVICTION_POLICIES = "load_eviction_policies";

    public static final ParameterName NUM_WARPS = ParameterName.scalar("num_warps");
    public static final ParameterName NUM_STAGES = ParameterName.scalar("num_stages");
    public static final ParameterName PID_TYPE = ParameterName.scalar("pid_type");
    public static final ParameterName XCD_REMAP = ParameterName.scalar("xcd_remap");
    public static final ParameterName NUM_SM_MULTIPLIER = ParameterName.scalar("num_sm_multiplier");
    public static final ParameterName WAVES_PER_EU = ParameterName.scalar("waves_per_eu");
    public static final ParameterName MATRIX_INSTR_NONKDIM = ParameterName.scalar("matrix_instr_nonkdim");
    public static final ParameterName MAXNREG = ParameterName.scalar("maxnreg");

    /** Into how many pieces what is done with a product is cut before it is stored; users give it, the search does not. */
    public static final ParameterName EPILOGUE_SUBTILE = ParameterName.scalar("epilogue_subtile");

    /** A file of controls for {@code ptxas}; users give it, the search does not. */
    public static final ParameterName ADVANCED_CONTROLS_FILE = ParameterName.scalar("advanced_controls_file");

    public static final String FLAT = "flat";
    public static final String XYZ = "xyz";
    public static final String PERSISTENT_BLOCKED = "persistent_blocked";
    public static final String PERSISTENT_INTERLEAVED = "persistent_interleaved";

    public static final String POINTER = "pointer";
    public static final String BLOCK_POINTER = "block_ptr";
    public static final String TENSOR_DESCRIPTOR = "tensor_descriptor";

    /** The program id types, in the order of the space's choices. */
    static final List<String> PID_TYPES = List.of(FLAT, XYZ, PERSISTENT_BLOCKED, PERSISTENT_INTERLEAVED);

    /** The program id types whose programs each run many tiles. */
    public static final Set<Object> PERSISTENT = Set.of(PERSISTENT_BLOCKED, PERSISTENT_INTERLEAVED);

    /** The keys with one entry for each loop that {@code tl.range} prints. */
    static final List<String> RANGES = List.of(
            RANGE_UNROLL_FACTORS, RANGE_WARP_SPECIALIZES, RANGE_NUM_STAGES, RANGE_MULTI_BUFFERS, RANGE_FLATTENS);

    /** Every list-valued key, in the order of the space. */
    static final List<String> LISTS = List.of(
            BLOCK_SIZES,
            LOOP_ORDERS,
            FLATTEN_LOOPS,
            L2_GROUPINGS,
            REDUCTION_LOOPS,
            RANGE_UNROLL_FACTORS,
            RANGE_WARP_SPECIALIZES,
            RANGE_NUM_STAGES,
            RANGE_MULTI_BUFFERS,
            RANGE_FLATTENS,
            STATIC_RANGES,
            INDEXING,
            ATOMIC_INDEXING,
            LOAD_EVICTION_POLICIES);

    /** The keys whose elements belong to accesses: one string is for all of them, and what is too much is ignored. */
    static final Set<String> FOR_ACCESSES = Set.of(INDEXING, ATOMIC_INDEXING, LOAD_EVICTION_POLICIES);

    /** Spellings that set the first element of a list-valued key. */
    static final Map<String, String> SINGULAR = Map.ofEntries(
            Map.entry("block_size", BLOCK_SIZES),
            Map.entry("loop_order", LOOP_ORDERS),
            Map.entry("l2_grouping", L2_GROUPINGS),
            Map.entry("reduction_loop", REDUCTION_LOOPS),
            Map.entry("flatten_loop", FLATTEN_LOOPS),
            Map.entry("range_unroll_factor", RANGE_UNROLL_FACTORS),
            Map.entry("range_num_stage", RANGE_NUM_STAGES),
            Map.entry("range_multi_buffer", RANGE_MULTI_BUFFERS),
            Map.entry("range_flatten", RANGE_FLATTENS),
            Map.entry("range_warp_specialize", RANGE_WARP_SPECIALIZES),
            Map.entry("static_range", STATIC_RANGES));

    private Keys() {}

    /** Element {@code index} of a list-valued key. */
    public static ParameterName element(String key, int index) {
        return ParameterName.element(key, index);
    }
}
