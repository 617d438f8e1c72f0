/** The perihelion command: one class for each subcommand. Its behaviour is fixed in docs/cli.md. */
package dev.perihelion.cli;
