/** Ways out: the best configurations in the forms that others load. */
package dev.perihelion.sweep.export;
