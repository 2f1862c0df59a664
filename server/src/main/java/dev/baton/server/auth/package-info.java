/** Who may do what: tokens, and the ids that they open (protocol section 16). */
@NullMarked
package dev.baton.server.auth;

import org.jspecify.annotations.NullMarked;
