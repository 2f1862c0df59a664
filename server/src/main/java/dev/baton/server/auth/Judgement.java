package dev.baton.server.auth;

/** What is said of a request's token: a {@link Grant}, or a {@link Refusal}. */
public sealed interface Judgement permits Grant, Refusal {}
