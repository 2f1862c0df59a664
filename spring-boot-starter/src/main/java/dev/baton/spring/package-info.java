/**
 * Baton in a Spring Boot application: a {@link dev.baton.sdk.Resonate} bean that is set up by
 * {@code baton.*} properties and works for its group while the application runs.
 */
@NullMarked
package dev.baton.spring;

import org.jspecify.annotations.NullMarked;
