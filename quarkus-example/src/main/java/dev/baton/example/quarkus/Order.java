package dev.baton.example.quarkus;

/** What is wanted. */
public record Order(String item, int count) {}
