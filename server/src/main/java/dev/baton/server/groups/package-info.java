/** Groups as they stood a moment ago, for whoever looks, beside the engine. */
@NullMarked
package dev.baton.server.groups;

import org.jspecify.annotations.NullMarked;
