package dev.perihelion.sweep;

/**
 * What a sweep did not spend of its tasks' budgets, because their searches brought nothing any more.
 *
 * @param tasks whose searches ended before their budgets
 * @param evaluations that their budgets still allowed; those of tasks that only a time limits are not counted
 * @param seconds of the machine that these would have taken at the pace of each task, or that its time limit still allowed
 */
public record Savings(int tasks, long evaluations, double seconds) {

    /** Nothing saved. */
    public static final Savings NONE = new Savings(0, 0, 0);

    /**
     * With one more task whose search ended early.
     *
     * @param budget of the task
     * @param told its trials
     * @param seconds of the machine that it used
     */
    public Savings with(Budget budget, long told, double seconds) {
        boolean counted = budget.evaluations() != Integer.MAX_VALUE;
        long left = counted ? Math.max(0, budget.evaluations() - told) : 0;
        double byPace = counted && told > 0 ? seconds / told * left : Double.POSITIVE_INFINITY;
        double byLimit = Math.max(0, budget.wallSeconds() - seconds);
        double saved = Math.min(byPace, byLimit);
        return new Savings(tasks + 1, evaluations + left, this.seconds + (Double.isFinite(saved) ? saved : 0));
    }
}
