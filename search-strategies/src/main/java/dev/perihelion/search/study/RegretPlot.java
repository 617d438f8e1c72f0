package dev.perihelion.search.study;

import dev.perihelion.search.sim.Landscape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/**
 * A space's regret curves as SVG: how far the incumbent is from the best known after so many evaluations, both on
 * logarithmic axes. A line is the median of the runs, the band around it reaches from the 10th to the 90th percentile.
 */
final class RegretPlot {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    private static final int LEFT = 60;
    private static final int RIGHT = 170;
    private static final int TOP = 36;
    private static final int BOTTOM = 44;
    private static final double LEAST_REGRET = 0.001;
    private static final double MOST_REGRET = 10;

    /** Told apart by people who do not see all colours (Okabe and Ito, 2008), then darker ones. */
    private static final List<String> COLOURS = List.of(
            "#000000", "#e69f00", "#56b4e9", "#009e73", "#d4b800", "#0072b2", "#d55e00", "#cc79a7", "#7f3f00",
            "#5f5f5f", "#4b0092", "#1a7f37");

    private final StudyResults results;
    private final Landscape space;

    RegretPlot(StudyResults results, Landscape space) {
        this.results = results;
        this.space = space;
    }

    String svg() {
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n"
                        + "<text x=\"%d\" y=\"22\" font-size=\"15\">%s: above the best known, by evaluations</text>%n",
                WIDTH,
                HEIGHT,
                LEFT,
                space.name()));
        grid(svg);
        List<String> strategies = results.plan().strategies();
        for (int i = 0; i < strategies.size(); i++) {
            curve(svg, strategies.get(i), i);
        }
        return svg.append("</svg>\n").toString();
    }

    private void grid(StringBuilder svg) {
        for (double regret : new double[] {0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10}) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>"
                            + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
                    LEFT,
                    WIDTH - RIGHT,
                    y(regret),
                    y(regret),
                    LEFT - 6,
                    y(regret) + 4,
                    regret <= LEAST_REGRET ? "best" : String.format(Locale.ROOT, "%.0f %%", regret * 100)));
        }
        for (long evaluations : steps()) {
            if (isLabel(evaluations)) {
                svg.append(String.format(
                        Locale.ROOT,
                        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>%n",
                        x(evaluations),
                        HEIGHT - BOTTOM + 18,
                        evaluations));
            }
        }
    }

    private void curve(StringBuilder svg, String strategy, int number) {
        String colour = COLOURS.get(number % COLOURS.size());
        List<Long> steps = steps();
        String median = points(steps, evaluations -> results.regret(space, strategy, (long) evaluations, 0.5));
        List<Long> back = new ArrayList<>(steps);
        java.util.Collections.reverse(back);
        String band = points(steps, evaluations -> results.regret(space, strategy, (long) evaluations, 0.1)) + " "
                + points(back, evaluations -> results.regret(space, strategy, (long) evaluations, 0.9));
        int line = TOP + 14 + number * 18;
        svg.append(String.format(
                Locale.ROOT,
                "<polygon points=\"%s\" fill=\"%s\" fill-opacity=\"0.06\"/>%n"
                        + "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\"/>%n"
                        + "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-width=\"3\"/>"
                        + "<text x=\"%d\" y=\"%d\">%s</text>%n",
                band,
                colour,
                median,
                colour,
                WIDTH - RIGHT + 12,
                WIDTH - RIGHT + 32,
                line,
                line,
                colour,
                WIDTH - RIGHT + 38,
                line + 4,
                strategy));
    }

    private String points(List<Long> steps, DoubleUnaryOperator regret) {
        StringBuilder points = new StringBuilder();
        for (long step : steps) {
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(step), y(regret.applyAsDouble(step))));
        }
        return points.toString().strip();
    }

    /** Evaluations at which curves have points: about twelve in each decade, and the budget. */
    private List<Long> steps() {
        List<Long> steps = new ArrayList<>();
        long budget = results.plan().budgetOf(space);
        double step = 1;
        while (step < budget) {
            long rounded = Math.round(step);
            if (steps.isEmpty() || rounded > steps.get(steps.size() - 1)) {
                steps.add(rounded);
            }
            step *= Math.pow(10, 1.0 / 12);
        }
        steps.add(budget);
        return steps;
    }

    private static boolean isLabel(long evaluations) {
        return Math.abs(Math.log10(evaluations) - Math.rint(Math.log10(evaluations))) < 1e-9;
    }

    private double x(double evaluations) {
        double share =
                Math.log(evaluations) / Math.log(Math.max(2, results.plan().budgetOf(space)));
        return LEFT + share * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double regret) {
        double clipped = Math.max(LEAST_REGRET, Math.min(MOST_REGRET, regret));
        double share = Math.log(clipped / LEAST_REGRET) / Math.log(MOST_REGRET / LEAST_REGRET);
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
    }
}
