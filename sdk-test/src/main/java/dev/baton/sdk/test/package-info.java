/** Tests of durable functions: the real SDK and the server's rules in one JVM, on virtual time. */
@NullMarked
package dev.baton.sdk.test;

import org.jspecify.annotations.NullMarked;
