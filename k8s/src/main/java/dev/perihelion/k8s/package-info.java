/** Sweeps on Kubernetes: what a sweep needs there, as objects and as YAML. The only package that sees the Kubernetes client. */
package dev.perihelion.k8s;
