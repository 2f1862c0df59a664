/**
 * What the Java SDK costs: a client and a worker in a process of their own, so that builds of the
 * SDK can be measured in turns.
 */
@NullMarked
package dev.baton.bench.sdk;

import org.jspecify.annotations.NullMarked;
