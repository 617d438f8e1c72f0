package dev.perihelion.sweep.run;

import dev.perihelion.search.trial.Outcome;
import dev.perihelion.sweep.stage.CompileStage;
import dev.perihelion.sweep.stage.GenerateStage;
import dev.perihelion.sweep.stage.MeasureSlots;
import dev.perihelion.sweep.stage.MeasureStage;
import dev.perihelion.sweep.stage.StageContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;

/**
 * The Spark jobs of a sweep. Each answers with one report for each item, in the items' order, whatever happened; what our
 * machinery lost is tried once more.
 */
final class SparkStages {

    private final JavaSparkContext spark;
    private final String group;
    private final MeasureSlots slots;
    private final BooleanSupplier stopped;

    SparkStages(JavaSparkContext spark, String group, MeasureSlots slots, BooleanSupplier stopped) {
        this.spark = spark;
        this.group = group;
        this.slots = slots;
        this.stopped = stopped;
    }

    List<GenerateStage.Report> generate(StageContext context, List<GenerateStage.Item> items) {
        if (items.isEmpty()) {
            return List.of();
        }
        describe("compile", "generate " + context.taskId());
        return spark.parallelize(items, items.size())
                .map(item -> GenerateStage.run(context, item))
                .collect();
    }

    List<CompileStage.Report> compile(StageContext context, List<CompileStage.Item> items) {
        return twice(
                items,
                CompileStage.Item::number,
                CompileStage.Report::number,
                report -> report.outcome() == Outcome.INFRASTRUCTURE,
                item -> CompileStage.failed(item, "the compile job failed", 0),
                wanted -> {
                    describe("compile", "compile " + context.taskId());
                    return spark.parallelize(wanted, wanted.size())
                            .map(item -> CompileStage.run(context, item))
                            .collect();
                });
    }

    List<MeasureStage.Report> measure(
            StageContext context, MeasureSlots where, MeasureStage.Common common, List<MeasureStage.Item> items) {
        return twice(
                items,
                MeasureStage.Item::number,
                MeasureStage.Report::number,
                report -> report.outcome() == Outcome.INFRASTRUCTURE,
                item -> MeasureStage.lost(item, "the measure job failed"),
                wanted -> measureOnce(context, where, common, wanted));
    }

    /** One round without a second try, for jobs whose items may share a number. */
    List<MeasureStage.Report> measureOnce(
            StageContext context, MeasureSlots where, MeasureStage.Common common, List<MeasureStage.Item> items) {
        describe("measure", (where.gpu() ? "measure " : "check ") + context.taskId());
        int partitions = Math.max(1, Math.min(where.count(), items.size()));
        JavaRDD<MeasureStage.Item> rdd = spark.parallelize(dealt(items, partitions), partitions);
        if (where.fromSpark()) {
            rdd = rdd.withResources(oneGpu());
        }
        return rdd.mapPartitionsWithIndex(
                        (partition, part) -> MeasureStage.run(context, where, common, partition, part), false)
                .collect();
    }

    MeasureSlots slots() {
        return slots;
    }

    /** Ends the running jobs; their callers get a {@link CancellationException}. */
    void cancel() {
        spark.sc().cancelJobGroup(group);
    }

    private static ResourceProfile oneGpu() {
        return new ResourceProfileBuilder()
                .require(new TaskResourceRequests().cpus(1).resource("gpu", 1))
                .build();
    }

    /** Neighbours in the answer are cut into partitions; dealing the items round evens out slow and fast ones. */
    private static <T> List<T> dealt(List<T> items, int partitions) {
        List<T> dealt = new ArrayList<>();
        for (int hand = 0; hand < partitions; hand++) {
            for (int i = hand; i < items.size(); i += partitions) {
                dealt.add(items.get(i));
            }
        }
        return dealt;
    }

    private void describe(String pool, String description) {
        if (stopped.getAsBoolean()) {
            throw new CancellationException("The sweep was stopped.");
        }
        spark.setLocalProperty("spark.scheduler.pool", pool);
        spark.sc().setJobGroup(group, description, true);
    }

    /** A job of Spark's. */
    private interface Job<I, R> {
        List<R> run(List<I> items) throws Exception;
    }

    private <I, R> List<R> twice(
            List<I> items,
            ToLongFunction<I> itemNumber,
            ToLongFunction<R> reportNumber,
            java.util.function.Predicate<R> again,
            Function<I, R> lost,
            Job<I, R> job) {
        Map<Long, R> reports = new TreeMap<>();
        List<I> wanted = items;
        for (int attempt = 0; attempt < 2 && !wanted.isEmpty(); attempt++) {
            for (R report : once(wanted, lost, job)) {
                reports.put(reportNumber.applyAsLong(report), report);
            }
            wanted = items.stream()
                    .filter(item -> again.test(reports.get(itemNumber.applyAsLong(item))))
                    .toList();
        }
        return List.copyOf(reports.values());
    }

    private <I, R> List<R> once(List<I> items, Function<I, R> lost, Job<I, R> job) {
        try {
            return job.run(items);
        } catch (CancellationException e) {
            throw e;
        } catch (Exception e) {
            // Spark's API throws SparkException without declaring it: an executor was lost too often, or we were
            // stopped.
            if (stopped.getAsBoolean()) {
                CancellationException cancelled = new CancellationException("The sweep was stopped.");
                cancelled.initCause(e);
                throw cancelled;
            }
            if (!(e instanceof SparkException) && e instanceof RuntimeException programming) {
                throw programming;
            }
            return items.stream().map(lost).toList();
        }
    }
}
