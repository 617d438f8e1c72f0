/** Which of several timed programs is faster, and how sure that is: statistics without input, output or clock. */
package dev.perihelion.sweep.truth;
