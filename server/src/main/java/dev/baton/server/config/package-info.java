/** Every configuration key of the server, its layers, and what the values must be. */
@NullMarked
package dev.baton.server.config;

import org.jspecify.annotations.NullMarked;
