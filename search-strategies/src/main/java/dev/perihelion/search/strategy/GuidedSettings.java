package dev.perihelion.search.strategy;

/**
 * The numbers of a {@link GuidedSearch}.
 *
 * @param openingPoints measured points before the model is asked; in spaces with more parameters, one for each
 * @param nearEvery each so manyth proposal is the best step from the fastest known
 * @param anywhereEvery each so manyth proposal is the best of points drawn from the whole space
 * @param likenessPenalty how much of its promise a candidate loses by a trial under way in the same leaves
 * @param products whether the model sees the products of sizes as well
 * @param growth the model learns again when the trials have grown by this fraction
 * @param poolSize candidates drawn from the whole space; about as many descend from the best trials
 * @param trees of the model of speed
 */
record GuidedSettings(
        int openingPoints,
        int nearEvery,
        int anywhereEvery,
        double likenessPenalty,
        boolean products,
        double growth,
        int poolSize,
        int trees) {

    /** However large the space, a model has learnt something from so many. */
    private static final int LONGEST_OPENING = 64;

    /** However many trials, the model learns again after so many. */
    private static final int MOST_PATIENCE = 64;

    /** Measured points before the model is asked. */
    int opening(int parameters) {
        return Math.min(LONGEST_OPENING, Math.max(openingPoints, parameters));
    }

    /** How many trials are awaited before the model learns again. */
    int patience(int trials) {
        return (int) Math.max(1, Math.min(MOST_PATIENCE, growth * trials));
    }

    /** Where the proposal at this position, counted over the whole search, comes from. */
    Origin origin(int position) {
        if (position % nearEvery == 1) {
            return Origin.NEAR;
        }
        return position % anywhereEvery == 0 ? Origin.ANYWHERE : Origin.MODEL;
    }
}
