package dev.perihelion.sweep.run;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;
import scala.Function0;
import scala.Function1;
import scala.Function2;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.concurrent.ExecutionContext;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;
import scala.util.Try;

/**
 * Small Spark jobs of one tuning task, each result told when its task ends: there is no barrier at a job's end. Results and
 * failures are told on Spark's threads, one at a time for each job; whoever listens must not wait there.
 */
final class SparkJobs {

    private final JavaSparkContext spark;
    /** The scheduler's pool of jobs that compile. */
    static final String COMPILE = "compile";

    /** The scheduler's pool of jobs that measure or check. */
    static final String MEASURE = "measure";

    /** The scheduler's pool of a task's last comparison, which should not wait behind the compilations of others. */
    static final String FINALS = "finals";

    private static final String MEASURING = "/measure";

    private final String group;
    private final ResourceProfile oneGpu = new ResourceProfileBuilder()
            .require(new TaskResourceRequests().cpus(1).resource("gpu", 1))
            .build();

    /**
     * @param group names the jobs, so that they can be cancelled together; those that measure have a group of their own
     */
    SparkJobs(JavaSparkContext spark, String group) {
        this.spark = spark;
        this.group = group;
    }

    /** What a Spark task does with its item. */
    interface Work<I, R> extends Serializable {
        R apply(I item) throws InterruptedException;
    }

    /**
     * Runs a Spark task for each item.
     *
     * @param pool of the scheduler
     * @param description for people who look at Spark
     * @param onGpu whether each task needs a GPU that Spark hands out
     * @param work what a task does; its failure fails the job
     * @param result gets each result with its item's place
     * @param lost gets the places of the items without result, where the job failed or was cancelled, and why
     */
    <I extends Serializable, R> void submit(
            String pool,
            String description,
            boolean onGpu,
            List<I> items,
            Work<I, R> work,
            ObjIntConsumer<R> result,
            BiConsumer<List<Integer>, String> lost) {
        spark.setLocalProperty("spark.scheduler.pool", pool);
        spark.sc().setJobGroup(pool.equals(MEASURE) ? group + MEASURING : group, description, true);
        JavaRDD<I> rdd = spark.parallelize(new ArrayList<>(items), items.size());
        if (onGpu) {
            rdd = rdd.withResources(oneGpu);
        }
        List<Object> partitions = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            partitions.add(i);
        }
        Seq<Object> wanted = CollectionConverters.asScala(partitions).toSeq();
        BitSet finished = new BitSet();
        Function1<Iterator<I>, R> task = first(work);
        Function2<Object, R, BoxedUnit> handler = (place, answer) -> {
            synchronized (finished) {
                finished.set((Integer) place);
            }
            result.accept(answer, (Integer) place);
            return BoxedUnit.UNIT;
        };
        Function0<Object> end = () -> null;
        SimpleFutureAction<Object> action = spark.sc().submitJob(rdd.rdd(), task, wanted, handler, end);
        onEnd(action, outcome -> {
            if (outcome.isFailure()) {
                List<Integer> missing = new ArrayList<>();
                synchronized (finished) {
                    for (int i = finished.nextClearBit(0); i < items.size(); i = finished.nextClearBit(i + 1)) {
                        missing.add(i);
                    }
                }
                lost.accept(missing, String.valueOf(outcome.failed().get().getMessage()));
            }
        });
    }

    private static <I, R> Function1<Iterator<I>, R> first(Work<I, R> work) {
        return (Function1<Iterator<I>, R> & Serializable) items -> {
            try {
                return work.apply(items.next());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("The task was stopped.", e);
            }
        };
    }

    private static void onEnd(SimpleFutureAction<Object> action, Consumer<Try<Object>> listener) {
        Function1<Try<Object>, Object> callback = outcome -> {
            listener.accept(outcome);
            return BoxedUnit.UNIT;
        };
        action.onComplete(callback, ExecutionContext.fromExecutor(Runnable::run));
    }

    /** Sends a value to every process that needs it, once. */
    <T> Broadcast<T> share(T value) {
        return spark.broadcast(value);
    }

    /** Ends the running jobs; their tasks are interrupted, and what they held is lost. */
    void cancel() {
        cancelCompiling();
        spark.sc().cancelJobGroup(group + MEASURING);
    }

    /** Ends the running jobs but those that measure: a GPU's worker that is interrupted dies, with the inputs of all tasks. */
    void cancelCompiling() {
        spark.sc().cancelJobGroup(group);
    }
}
