/** How requests and messages travel: the HTTP endpoint, the message channel, repetition. */
@NullMarked
package dev.baton.sdk.internal.wire;

import org.jspecify.annotations.NullMarked;
