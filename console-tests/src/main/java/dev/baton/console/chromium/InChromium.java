package dev.baton.console.chromium;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Skipped where there is no Chromium, unless {@code BATON_REQUIRE_BROWSER} is true; a parameter of
 * type {@code Browser} is the one browser of all tests.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(Chromium.class)
public @interface InChromium {}
