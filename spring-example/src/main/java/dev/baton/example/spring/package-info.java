/** An example: people who sign up and confirm their address within two days, over HTTP. */
@NullMarked
package dev.baton.example.spring;

import org.jspecify.annotations.NullMarked;
