/**
 * An example: orders that a person approves, behind an HTTP interface that answers at once and is
 * asked for the result later.
 */
@NullMarked
package dev.baton.example.quarkus;

import org.jspecify.annotations.NullMarked;
