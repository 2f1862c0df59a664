package dev.baton.sdk;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name under which a method of an interface is registered and called; without it that is the
 * interface's simple name, a dot and the method's. Calls under way know their function by name, so
 * whoever renames a method keeps the old name here.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface FunctionName {

  /** The name; not blank. */
  String value();
}
