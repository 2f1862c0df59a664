package dev.baton.server.process;

/** What waits for the engine. */
sealed interface Work permits CommandCall, ScriptCall {}
