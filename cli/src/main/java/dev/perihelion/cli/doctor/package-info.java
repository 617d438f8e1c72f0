/** What {@code perihelion doctor} looks at: facts are gathered first, and then judged by a list of checks. */
package dev.perihelion.cli.doctor;
