package dev.perihelion.search.sim;

import dev.perihelion.search.space.Configuration;
import dev.perihelion.search.strategy.SearchStrategy;
import dev.perihelion.search.strategy.Suggestion;
import dev.perihelion.search.trial.LookAhead;
import dev.perihelion.search.trial.Trial;
import dev.perihelion.search.trial.TrialResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.PriorityQueue;
import java.util.Set;

/** One simulated search: a queue of what ends when, and what it leads to. */
final class SimulatedRun {

    /** The most that a tuning task asks for in one call. */
    private static final int ASK_SIZE = 8;

    private static final double MILLIS_PER_SECOND = 1e3;

    private final Simulator simulator;
    private final SearchStrategy strategy;
    private final long seed;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Deque<Flight> toCompile = new ArrayDeque<>();
    private final Deque<Flight> ready = new ArrayDeque<>();
    private final Map<Configuration, Flight> flights = new LinkedHashMap<>();
    private final Set<Configuration> told = new HashSet<>();

    /** By program: the one that is tried for all, and those that wait for it. */
    private final Map<String, Program> programs = new HashMap<>();

    private final SimulatedLedger ledger;
    private final LookAhead lookAhead;
    private int compiling;
    private int measuring;
    private long asked;
    private long started;
    private long sequence;
    private double now;

    SimulatedRun(Simulator simulator, SearchStrategy strategy, long seed) {
        this.simulator = simulator;
        this.strategy = strategy;
        this.seed = seed;
        this.ledger = new SimulatedLedger(simulator.landscape().bestNanos());
        this.lookAhead =
                new LookAhead(simulator.machine().gpus(), simulator.machine().compileCores());
    }

    /** A trial on its way. */
    private record Flight(long number, Configuration configuration, String origin, RecordedRow row) {}

    /** The end of a compilation or of a measurement; of two at one moment, the one that began first. */
    private record Event(double millis, long sequence, boolean compiled, Flight flight) implements Comparable<Event> {

        @Override
        public int compareTo(Event other) {
            int byTime = Double.compare(millis, other.millis);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    private static final class Program {

        private final List<Flight> waiting = new ArrayList<>();
        private TrialResult result;
    }

    Trajectory run() {
        take(new Suggestion(simulator.landscape().space().defaultConfiguration(), "default"));
        while (true) {
            ask();
            dispatch();
            Event event = events.poll();
            if (event == null) {
                return ledger.trajectory(isTimeOver() ? "time" : "exhausted");
            }
            now = event.millis();
            if (event.compiled()) {
                compiling--;
                if (event.flight().row().endedInCompiler()) {
                    end(event.flight());
                } else {
                    ready.add(event.flight());
                }
            } else {
                measuring--;
                end(event.flight());
            }
            if (simulator.limits().stopAtBest() && ledger.isNew() && !canImprove()) {
                return ledger.trajectory("best");
            }
            if (ledger.evaluations() >= simulator.limits().evaluations()) {
                return ledger.trajectory("budget");
            }
        }
    }

    private void ask() {
        while (true) {
            int room = room();
            if (room == 0) {
                return;
            }
            List<Suggestion> answer = strategy.ask(Math.min(ASK_SIZE, room), List.copyOf(flights.keySet()));
            if (answer.isEmpty()) {
                return;
            }
            answer.forEach(this::take);
        }
    }

    private boolean canImprove() {
        if (simulator.landscape() instanceof RecordedTable table) {
            return new Prospects(table, simulator.noise(), seed)
                    .canImprove(ledger.incumbentNanos(), ledger.shownNanos());
        }
        return ledger.incumbentNanos() > simulator.landscape().bestNanos();
    }

    private int room() {
        if (isTimeOver()) {
            return 0;
        }
        long free = Math.min(simulator.machine().inFlight(), lookAhead.trials()) - flights.size();
        long left = simulator.limits().evaluations() - started;
        return (int) Math.max(0, Math.min(free, left));
    }

    private boolean isTimeOver() {
        return now / MILLIS_PER_SECOND >= simulator.limits().seconds();
    }

    private void take(Suggestion suggestion) {
        Configuration configuration = suggestion.configuration();
        if (told.contains(configuration) || flights.containsKey(configuration)) {
            throw new IllegalStateException("The strategy `" + strategy.name() + "` proposed " + configuration
                    + " again, which it " + (told.contains(configuration) ? "was told of." : "waits for."));
        }
        RecordedRow row = simulator.landscape().at(configuration);
        Flight flight = new Flight(asked++, configuration, suggestion.origin(), row);
        Program known = row.program().isEmpty() ? null : programs.get(row.program());
        if (known != null && known.result != null) {
            share(flight, known.result);
            return;
        }
        flights.put(configuration, flight);
        if (known != null) {
            known.waiting.add(flight);
            return;
        }
        if (!row.program().isEmpty()) {
            programs.put(row.program(), new Program());
        }
        started++;
        toCompile.add(flight);
    }

    private void dispatch() {
        while (compiling < simulator.machine().compileCores() && !toCompile.isEmpty()) {
            compiling++;
            Flight flight = toCompile.poll();
            events.add(new Event(now + flight.row().compileMillis(), sequence++, true, flight));
        }
        while (measuring < simulator.machine().gpus() && !ready.isEmpty()) {
            measuring++;
            Flight flight = ready.poll();
            events.add(new Event(now + flight.row().measureMillis(), sequence++, false, flight));
        }
    }

    private void end(Flight flight) {
        RecordedRow row = flight.row();
        TrialResult result = row.latencyNanos().isPresent()
                ? new TrialResult(
                        row.outcome(), OptionalDouble.of(simulator.noise().latencyNanos(row, seed)), "")
                : TrialResult.failed(row.outcome(), row.reason());
        boolean recorded = simulator.landscape().isRecorded(flight.configuration());
        ledger.add(row, result, recorded, now / MILLIS_PER_SECOND);
        lookAhead.add(row.compileMillis(), row.endedInCompiler() ? 0 : row.measureMillis());
        tell(flight, result);
        Program program = programs.get(row.program());
        if (program != null) {
            program.result = result;
            program.waiting.forEach(waiting -> share(waiting, result));
            program.waiting.clear();
        }
    }

    private void share(Flight flight, TrialResult result) {
        ledger.addDuplicate();
        tell(flight, TrialResult.duplicate(result, "an earlier trial"));
    }

    private void tell(Flight flight, TrialResult result) {
        flights.remove(flight.configuration());
        told.add(flight.configuration());
        strategy.tell(new Trial(flight.number(), flight.configuration(), flight.origin(), result));
    }
}
