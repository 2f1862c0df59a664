/** The Java SDK: what users may touch. */
@NullMarked
package dev.baton.sdk;

import org.jspecify.annotations.NullMarked;
