package dev.baton.example.quarkus;

/** What a person says to an order. */
public record Decision(boolean approved, String by) {}
