/** What is done of Baton while a Quarkus application is built, in dev mode and in tests. */
@NullMarked
package dev.baton.quarkus.deployment;

import org.jspecify.annotations.NullMarked;
