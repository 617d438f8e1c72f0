/** What happens in a sweep, as lines of JSON for programs. */
package dev.perihelion.sweep.events;
