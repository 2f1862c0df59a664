package dev.baton.sdk.test;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A JUnit test with a {@link BatonKit} of its own. Its parameters may be of the types {@link
 * BatonKit}, {@link dev.baton.sdk.Resonate} (the kit's client) and {@link WorkerBuilder}. On a
 * class it does the same for each test of the class, whatever annotation makes it one. If the test
 * fails, what waits in the server, and why, is told with the failure.
 */
@Target({ElementType.METHOD, ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(BatonExtension.class)
@Test
public @interface BatonTest {}
