package dev.perihelion.search.strategy;

record GuidedSettings(int minStart, double startPerParameter, int anywhereEvery, double likenessPenalty, boolean products, double growth, int stale) {
    int startSize(int parameters) { return (int) Math.min(64, Math.max(minStart, startPerParameter * parameters)); }
    int patience(int trials) { return (int) Math.max(1, Math.min(64, growth * trials)); }
    int drawsPerStart() { return 8; }
    boolean looksAnywhere(int index, int stale) { return anywhereEvery > 0 && index % (this.stale > 0 && stale > this.stale ? 2 : anywhereEvery) == 0; }
    static GuidedSettings standard() { return new GuidedSettings(16, 1, 6, 0.5, false, 0.05, 0); }
}
