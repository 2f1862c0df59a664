/** Messages to http targets: whose turn it is, who may be reached, and what they answer. */
@NullMarked
package dev.baton.server.push;

import org.jspecify.annotations.NullMarked;
