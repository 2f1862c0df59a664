/**
 * Baton in a Quarkus application: a {@link dev.baton.sdk.Resonate} bean that is set up by {@code
 * quarkus.baton.*} and works for its group while the application runs.
 */
@NullMarked
package dev.baton.quarkus;

import org.jspecify.annotations.NullMarked;
