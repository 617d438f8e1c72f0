package dev.perihelion.search.strategy;

import java.util.Arrays;

/** Experimental: GP on forest features, lengths from importances. */
final class GaussianProcess {
    final double[][] x; final double[] y, weight; final double noise, mean, sd;
    double[] alpha; double[][] l; double logLik, amp;

    GaussianProcess(double[][] x, double[] raw, double[] weight, double noise, double[][] d2) {
        this.x = x; this.weight = weight; this.noise = noise;
        double m = Arrays.stream(raw).average().orElse(0), s = 0;
        for (double v : raw) s += (v - m) * (v - m);
        mean = m; sd = Math.sqrt(s / raw.length) + 1e-9;
        y = Arrays.stream(raw).map(v -> (v - mean) / sd).toArray();
        int n = x.length;
        l = new double[n][n];
        for (int i = 0; i < n; i++) for (int j = 0; j <= i; j++) {
            double k = i == j ? 1 + noise : kernel(d2[i][j]);
            for (int q = 0; q < j; q++) k -= l[i][q] * l[j][q];
            l[i][j] = i == j ? Math.sqrt(Math.max(k, 1e-10)) : k / l[j][j];
        }
        double[] z = new double[n]; double quad = 0;
        for (int i = 0; i < n; i++) {
            double v = y[i];
            for (int q = 0; q < i; q++) v -= l[i][q] * z[q];
            z[i] = v / l[i][i]; quad += z[i] * z[i]; logLik -= Math.log(l[i][i]);
        }
        amp = quad / n;
        logLik -= 0.5 * n * Math.log(amp + 1e-12);
        alpha = new double[n];
        for (int i = n - 1; i >= 0; i--) {
            double v = z[i];
            for (int q = i + 1; q < n; q++) v -= l[q][i] * alpha[q];
            alpha[i] = v / l[i][i];
        }
    }
    static double kernel(double r2) { double a = Math.sqrt(3 * r2); return (1 + a) * Math.exp(-a); }
    static double dist(double[] a, double[] b, double[] w) { double d = 0; for (int i = 0; i < w.length; i++) { double e = a[i] - b[i]; d += e * e * w[i]; } return d; }

    static GaussianProcess fit(double[][] x, double[] y, double[] importance) {
        int n = x.length, w = x[0].length;
        double[] base = new double[w]; double max = Arrays.stream(importance).max().orElse(1) + 1e-12;
        double eps = Double.parseDouble(System.getProperty("eps", "0.02"));
        for (int f = 0; f < w; f++) { int g = f; double lo = Arrays.stream(x).mapToDouble(r -> r[g]).min().getAsDouble(), hi = Arrays.stream(x).mapToDouble(r -> r[g]).max().getAsDouble();
            base[f] = hi > lo ? (eps + importance[f] / max) / ((hi - lo) * (hi - lo)) : 0; }
        double[][] raw = new double[n][n];
        for (int i = 0; i < n; i++) for (int j = 0; j < i; j++) raw[i][j] = dist(x[i], x[j], base);
        GaussianProcess best = null;
        for (double s : new double[] {0.05, 0.2, 1, 4, 16}) {
            double[][] d2 = new double[n][n];
            for (int i = 0; i < n; i++) for (int j = 0; j < i; j++) d2[i][j] = raw[i][j] * s;
            for (double noise : new double[] {1e-4, 1e-2}) {
                GaussianProcess g = new GaussianProcess(x, y, Arrays.stream(base).map(v -> v * s).toArray(), noise, d2);
                if (best == null || g.logLik > best.logLik) best = g;
            }
        }
        return best;
    }
    void predict(double[][] at, double[] means, double[] vars) {
        int n = x.length; double[] k = new double[n];
        for (int c = 0; c < at.length; c++) {
            double m = 0;
            for (int i = 0; i < n; i++) { k[i] = kernel(dist(at[c], x[i], weight)); m += k[i] * alpha[i]; }
            double v = 1;
            for (int i = 0; i < n; i++) { double t = k[i]; double[] li = l[i]; for (int q = 0; q < i; q++) t -= li[q] * k[q]; t /= li[i]; k[i] = t; v -= t * t; }
            means[c] = mean + sd * m; vars[c] = Math.max(v, 1e-9) * sd * sd * amp;
        }
    }
}
