package dev.baton.sdk;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Tells a framework that the methods of this interface are durable functions: the bean that
 * implements it is registered as by {@link Resonate#register(Class, Object)} before the worker is
 * started. Without a framework it has no effect.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface DurableFunctions {}
