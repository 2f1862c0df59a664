/** What has happened to tasks and workers lately, for whoever looks. */
@NullMarked
package dev.baton.server.record;

import org.jspecify.annotations.NullMarked;
