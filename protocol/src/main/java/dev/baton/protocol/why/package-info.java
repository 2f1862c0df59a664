/** Why a promise is as it is, in a sentence; whoever knows the facts can ask. */
@NullMarked
package dev.baton.protocol.why;

import org.jspecify.annotations.NullMarked;
