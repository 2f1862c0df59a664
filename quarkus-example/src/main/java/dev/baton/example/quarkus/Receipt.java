package dev.baton.example.quarkus;

/**
 * What was bought.
 *
 * @param reservedBy the worker that reserved it
 * @param chargedBy the worker that charged for it, which may be another
 */
public record Receipt(
    String item, long cents, String reservedBy, String approvedBy, String chargedBy) {}
