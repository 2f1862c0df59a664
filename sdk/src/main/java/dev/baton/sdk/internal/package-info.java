/** How the SDK works inside; nothing here is for users. */
@NullMarked
package dev.baton.sdk.internal;

import org.jspecify.annotations.NullMarked;
