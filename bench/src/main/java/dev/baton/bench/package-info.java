/**
 * The benchmark: measures a server of the protocol, beside what the machine allows, against goals.
 */
@NullMarked
package dev.baton.bench;

import org.jspecify.annotations.NullMarked;
